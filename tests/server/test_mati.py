"""The power goes out in the middle of an import: nothing is half-written, nothing lost or doubled.

The server is killed (SIGKILL, its workers too) while its transaction is open, started again, and
the same file taken in once more; both where the page waits and where the worker takes long files.
"""

from __future__ import annotations

import contextlib
import re
import sqlite3
import threading
import time
from datetime import timedelta
from http.client import HTTPException

import pytest
import sqlalchemy as sa
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from kkpd.cli import main
from kkpd.core.db.engine import create_engine
from kkpd.core.db.session import EVERY_OPD, reading, writing
from kkpd.models import BarisBank, Impor, ImporTagihan, Pekerjaan, Tagihan, Temuan
from tests.server.conftest import Server
from tests.server.orang import Orang
from tests.worlds.bills import KOPI, csv

AREA = "/dinkes/2026-10/tagihan"
_PATIENCE_SECONDS = 300


def bill(lines: int) -> bytes:
    """A list of equal purchases at as many shops."""
    return csv([(*KOPI[:3], f"TOKO {number:05d}", *KOPI[4:]) for number in range(lines)])


def counts(session: Session) -> dict[str, int]:
    """How many rows an import leaves."""
    tables = (BarisBank, Impor, ImporTagihan, Tagihan, Temuan)
    return {
        table.__name__: session.scalars(select(func.count()).select_from(table)).one()
        for table in tables
    }


def upload(citra: Orang, data: bytes, area: str = AREA) -> str:
    """As far as the check; the path that takes the file in."""
    citra.get(f"{area}/unggah")
    sent = citra.kirim(
        f"{area}/unggah", {"profil": "", "jenis": ""}, ("berkas", "tagihan.csv", data)
    )
    assert sent.status == 303, sent.teks
    place, give_up = sent.location, time.monotonic() + _PATIENCE_SECONDS
    while "/pekerjaan/" in place:  # a long file is read by the worker
        assert time.monotonic() < give_up, "the worker never came"
        time.sleep(0.2)
        looked = citra.get(place)
        place = looked.location if looked.status == 303 else place
    found = re.search(r"/berkas/(\d+)/", place)
    assert found, place
    assert citra.get(place).status == 200
    return f"{area}/berkas/{found[1]}/ambil"


def freeze_while_writing(server: Server, engine: sa.Engine) -> None:
    """Return when the server has been writing for a while, is frozen, and has not committed."""
    give_up, seen = time.monotonic() + _PATIENCE_SECONDS, 0
    while True:
        assert time.monotonic() < give_up, "nobody writes"
        seen = seen + 1 if _somebody_writes(engine) else 0
        if seen >= 5:
            server.tahan()
            if _somebody_writes(engine):
                return
            server.let_go()
        time.sleep(0.01)


def _somebody_writes(engine: sa.Engine) -> bool:
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            busy = connection.exec_driver_sql(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() AND backend_xid IS NOT NULL"
            )
            return bool(busy.scalar_one())
    with sqlite3.connect(str(engine.url.database), timeout=0, isolation_level=None) as probe:
        try:
            probe.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return True
        probe.execute("ROLLBACK")
        return False


def _click(citra: Orang, path: str) -> None:
    with contextlib.suppress(HTTPException, OSError):  # the server dies while it answers
        citra.kirim(path, {})


@pytest.mark.parametrize(
    ("database_kind", "lines", "by_worker"),
    [("sqlite", 4_000, False), ("postgres", 4_000, False), ("sqlite", 20_500, True)],
)
def test_killed_in_the_middle_of_an_import(
    server: Server, monkeypatch: pytest.MonkeyPatch, lines: int, by_worker: bool
) -> None:
    server.mulai()
    engine = create_engine(server.database)
    citra = server.orang("citra")
    path = upload(citra, bill(lines))
    with reading(engine, EVERY_OPD) as session:
        before = counts(session)
    clicking = threading.Thread(target=_click, args=(citra, path))
    clicking.start()
    freeze_while_writing(server, engine)
    server.bunuh()
    clicking.join()
    with reading(engine, EVERY_OPD) as session:
        assert counts(session) == before, "nothing is half-written"
        assert before["BarisBank"] == 0
    server.mulai()
    again = server.orang("citra")
    again.get(f"{AREA}/berkas/1/periksa")
    done = again.kirim(path, {})
    assert done.status == 303
    if by_worker:
        _finish_by_worker(engine, again, done.location)
    with reading(engine, EVERY_OPD) as session:
        whole = counts(session)
        assert session.scalars(select(func.count(BarisBank.kunci_dasar.distinct()))).one() == lines
    assert (whole["BarisBank"], whole["Impor"], whole["Tagihan"]) == (lines, 1, 1)
    third = again.kirim(path, {})
    assert third.status == 303
    with reading(engine, EVERY_OPD) as session:
        assert counts(session) == whole, "a third time adds nothing"
    engine.dispose()
    monkeypatch.setenv("KKPD_INSTANCE", str(server.instance))
    monkeypatch.setenv("KKPD_DATABASE_URL", server.database)
    assert main(["verify", "log"]) == 0


def _finish_by_worker(engine: sa.Engine, citra: Orang, place: str) -> None:
    """The dead worker is known by its silence; then the next look at the page wakes another."""
    with writing(engine, EVERY_OPD) as session:
        row = session.scalars(select(Pekerjaan).where(Pekerjaan.jenis == "impor")).one()
        assert row.status == "berjalan"
        long_ago = row.at - timedelta(hours=1)
        session.execute(update(Pekerjaan).where(Pekerjaan.id == row.id).values(detak_at=long_ago))
    give_up = time.monotonic() + _PATIENCE_SECONDS
    while citra.get(place).status != 303:
        assert time.monotonic() < give_up, "the worker never came"
        time.sleep(0.2)
