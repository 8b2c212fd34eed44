"""Many people at once, and people who stay away too long, on a server with two processes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from kkpd.cli import main
from kkpd.core.db.engine import create_engine
from kkpd.core.db.session import EVERY_OPD, reading, writing
from kkpd.models import BarisBank, Sesi
from tests.cast import DINKES, DISDIK
from tests.server.conftest import Server
from tests.server.test_mati import upload
from tests.worlds.bills import KOPI, csv

#: Who works at once, in which OPD, on which lines of its export: they overlap.
ORANG_SEKALIGUS = [
    (nama, opd, first)
    for first in (0, 10, 20, 30)
    for nama, opd in ((("citra", "kartika")[first // 10 % 2], "dinkes"), ("eko", "disdik"))
]
BARIS_SEORANG = 25


def export(kartu: str, first: int) -> bytes:
    """Lines `first` and following of an OPD's month: of whole days, two of each shop are equal."""
    shops = [number // 2 for number in range(first, first + BARIS_SEORANG + 1)]
    days = [f"{shop + 1:02d}/10/2026" for shop in shops]
    rows = [
        (day, day, kartu, f"TOKO {shop:03d}", *KOPI[4:])
        for shop, day in zip(shops, days, strict=True)
    ]
    return csv(rows)


def test_eight_people_of_two_opds_at_once(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """All take in overlapping exports at the same time: the books hold each line once."""

    server.mulai(workers=2)

    def works(nama: str, opd: str, first: int) -> list[int]:
        orang, area = server.orang(nama), f"/{opd}/2026-10/tagihan"
        path = upload(orang, export("4821" if opd == "dinkes" else "7730", first), area)
        done = orang.kirim(path, {})
        other = "disdik" if opd == "dinkes" else "dinkes"
        pages = [
            orang.get(one).status
            for one in (done.location, f"{area}/", f"/{other}/2026-10/tagihan/")
        ]
        return [done.status, *pages]

    with ThreadPoolExecutor(len(ORANG_SEKALIGUS)) as pool:
        found = list(pool.map(lambda one: works(*one), ORANG_SEKALIGUS))
    assert found == [[303, 200, 200, 404]] * len(ORANG_SEKALIGUS)
    engine = create_engine(server.database)
    with reading(engine, EVERY_OPD) as session:
        for opd_id in (DINKES, DISDIK):
            lines = session.execute(
                select(BarisBank.keterangan, func.count())
                .where(BarisBank.opd_id == opd_id)
                .group_by(BarisBank.keterangan)
            ).all()
            assert sorted(map(tuple, lines)) == [(f"TOKO {n:03d}", 2) for n in range(28)]
    engine.dispose()
    monkeypatch.setenv("KKPD_INSTANCE", str(server.instance))
    monkeypatch.setenv("KKPD_DATABASE_URL", server.database)
    assert main(["verify", "log"]) == 0


#: Since the session was seen last, and since it was made.
TERLALU_LAMA = [
    (timedelta(minutes=31), timedelta(hours=1)),
    (timedelta(0), timedelta(hours=12, minutes=1)),
]


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_session_ends_whoever_holds_its_cookie(server: Server) -> None:
    """By idle time and by absolute time; the others' sessions go on."""
    server.mulai()
    other = server.orang("kartika")
    engine = create_engine(server.database)
    for seen, made in TERLALU_LAMA:
        citra = server.orang("citra")
        assert citra.get("/sandi").status == 200
        with writing(engine, EVERY_OPD) as session:
            row = session.scalars(select(Sesi).order_by(Sesi.id.desc())).first()
            assert row is not None
            aged = {"terlihat_at": row.terlihat_at - seen, "dibuat_at": row.dibuat_at - made}
            session.execute(update(Sesi).where(Sesi.id == row.id).values(**aged))
        away = citra.get("/sandi")
        assert (away.status, away.location) == (303, "/masuk?lanjut=/sandi")
        assert "Sesi Anda sudah berakhir" in citra.get(away.location).teks
        assert citra.kirim("/sandi", {"lama": "x", "baru": "y", "ulang": "y"}).status == 303
    engine.dispose()
    assert other.get("/sandi").status == 200
