"""The evidence inbox: files dropped, offered, attached, moved and discarded."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from kkpd.belanja import verbs as belanja_verbs
from kkpd.belanja.inbox import reads
from kkpd.core.db.session import EVERY_OPD, reading, writing
from kkpd.models import Bukti, BuktiMasuk, Event, Transaksi
from kkpd.records import quotas
from kkpd.records.quotas import Quota
from kkpd.web.globals import engine as engine_of
from kkpd.web.globals import now
from tests.cast import ACTORS, DINKES, ORANG
from tests.client import PageClient
from tests.databases import Fill
from tests.worlds import office as worlds

BASIS = "/dinkes/2026-10/kotak-bukti"
MASUK = Callable[[str], PageClient]


@pytest.fixture(scope="module")
def database_fill() -> Fill:
    """Every database here begins with the small world."""
    return worlds.fill


@pytest.fixture
def purchases(app: Flask) -> list[int]:
    """Three purchases on Ani's card, recorded by the treasurer."""
    shops = (
        ("Toko Sumber Rejeki", 750_000),
        ("Fotokopi Deli", 121_500),
        ("Komputer Link", 515_000),
    )
    with app.app_context(), writing(engine_of(), EVERY_OPD) as session:
        return [
            belanja_verbs.record(
                session,
                ACTORS["citra"],
                worlds.belanja(kunci_kirim=shop, merchant=shop, rupiah=amount),
                now(),
            ).id
            for shop, amount in shops
        ]


def drop(client: PageClient, *files: tuple[bytes, str], status: int = 303) -> PageClient:
    """Send these files to the inbox."""
    page = client.get(f"{BASIS}/")
    client.submit(page, f"{BASIS}/", status, berkas=list(files))
    return client


def test_sure_ones_are_attached_in_one_act(entry: MASUK, app: Flask, purchases: list[int]) -> None:
    citra = entry("citra")
    drop(
        citra,
        (worlds.foto(shade=20), "struk 750000 sumber rejeki.jpg"),
        (worlds.pdf("FOTOKOPI DELI", "Tanggal 14/10/2026", "Total Rp 121.500"), "invoice.pdf"),
        (worlds.foto(shade=90), "IMG_0001.jpg"),
    )
    page = citra.get(f"{BASIS}/")
    assert page.h1 == "Kotak bukti: 3 berkas menunggu"
    assert "Sama: jumlah Rp 750.000 (nama berkas), penyedia Toko Sumber Rejeki" in page.text
    assert "Sama: jumlah Rp 121.500 (isi berkas), hari 14 Okt 2026 (isi berkas)" in page.text
    page = citra.follow(citra.submit(page, f"{BASIS}/pasti", pasangan=["1:1", "2:2"]))
    assert page.h1 == "Kotak bukti: 1 berkas menunggu"
    with app.app_context(), reading(engine_of(), EVERY_OPD) as session:
        assert session.execute(select(Bukti.transaksi_id, Bukti.berkas_id)).all() == [
            (1, 1),
            (2, 2),
        ]
        assert session.get_one(Transaksi, 1).status == "berbukti"
        kinds = list(
            session.scalars(select(Event.jenis).where(Event.jenis.like("belanja:kotak:%")))
        )
        assert kinds == ["belanja:kotak:terima"] * 3


def test_what_nothing_tells_is_attached_by_one_button(entry: MASUK, purchases: list[int]) -> None:
    ani = drop(entry("ani"), (worlds.foto(), "IMG_0001.jpg"))
    page = ani.get(f"{BASIS}/?cari=deli")
    assert page.tree.xpath("//button[@name='transaksi']/@value") == ["2"]
    assert ani.get(page.tree.xpath("//figure//img/@src")[0]).body == worlds.foto()
    after = ani.follow(ani.submit(page, f"{BASIS}/1/pasang", transaksi="2"))
    assert "Terlampir pada belanja nomor 2." in after.text
    assert "Tidak ada berkas yang menunggu" in after.text
    ani.post(f"{BASIS}/1/pasang", {"transaksi": "3"}, 409)


def test_the_same_file_again_is_told(entry: MASUK, purchases: list[int]) -> None:
    ani, photo = entry("ani"), (worlds.foto(), "nota.jpg")
    drop(ani, photo)
    page = ani.submit(ani.get(f"{BASIS}/"), f"{BASIS}/", 422, berkas=[photo])
    assert "sudah menunggu di kotak bukti Ani Pemegang" in page.text
    ani.post(f"{BASIS}/1/pasang", {"transaksi": "1"})
    page = ani.submit(ani.get(f"{BASIS}/"), f"{BASIS}/", 422, berkas=[photo])
    assert "sudah menjadi bukti belanja nomor 1 (Toko Sumber Rejeki, Rp 750.000)" in page.text


def test_good_files_are_kept_where_others_are_refused(entry: MASUK) -> None:
    ani = entry("ani")
    card = worlds.pdf("Kartu 4111 1111 1111 1111")
    files = [(worlds.foto(), "nota.jpg"), (b"x", "surat.doc"), (card, "struk.pdf")]
    page = ani.submit(ani.get(f"{BASIS}/"), f"{BASIS}/", 200, berkas=files)
    assert "1 berkas diterima, 2 tidak:" in page.text
    assert "surat.doc bukan foto atau PDF" in page.text
    assert "memuat nomor kartu utuh" in page.text
    assert page.h1 == "Kotak bukti: 1 berkas menunggu"
    ani.submit(page, f"{BASIS}/", 400, berkas=None)


def test_each_has_the_own_inbox_and_the_treasurer_all(entry: MASUK, purchases: list[int]) -> None:
    citra = drop(entry("citra"), (worlds.foto(), "nota.jpg"))
    ani = entry("ani")
    assert "Tidak ada berkas yang menunggu" in ani.get(f"{BASIS}/").text
    ani.get(f"{BASIS}/1/isi", 404)
    for act in ("pasang", "pindah", "buang"):
        ani.post(f"{BASIS}/1/{act}", {}, 404)
    page = citra.get(f"{BASIS}/")
    citra.submit(page, f"{BASIS}/1/pindah", pemilik=str(ORANG["ani"]))
    assert "nota.jpg" in ani.get(f"{BASIS}/").text
    assert "Ani Pemegang, masuk hari ini" in citra.get(f"{BASIS}/").text
    assert "Lampirkan 1 berkas dalam kotak bukti" in ani.get("/perlu/").text
    citra.post(f"{BASIS}/1/pindah", {"pemilik": str(ORANG["eko"])}, 422)


def test_a_file_is_discarded_with_a_reason(entry: MASUK, app: Flask) -> None:
    ani = drop(entry("ani"), (worlds.foto(), "kucing.jpg"))
    page = ani.get(f"{BASIS}/")
    refused = ani.submit(page, f"{BASIS}/1/buang", 422, alasan="x")
    assert "sedikitnya 5 huruf" in refused.text
    ani.submit(refused, f"{BASIS}/1/buang", alasan="Foto keluarga")
    with app.app_context(), reading(engine_of(), EVERY_OPD) as session:
        row = session.get_one(BuktiMasuk, 1)
        assert (row.alasan, row.selesai_oleh_id) == ("Foto keluarga", ORANG["ani"])
        assert reads.waiting_count(session, DINKES) == 0
        assert reads.waiting_count(session, DINKES, ORANG["ani"]) == 0
    drop(ani, (worlds.foto(), "kucing.jpg"))


def test_each_file_counts_against_the_quota(entry: MASUK, monkeypatch: pytest.MonkeyPatch) -> None:
    ani = entry("ani")
    page = ani.get(f"{BASIS}/")
    monkeypatch.setattr(quotas, "QUOTAS", {**quotas.QUOTAS, "unggah": Quota("unggahan", 2, 9)})
    files = [(worlds.foto(shade=shade), f"{shade}.jpg") for shade in (10, 80, 160)]
    page = ani.submit(page, f"{BASIS}/", 200, berkas=files)
    assert "2 berkas diterima, 1 tidak" in page.text
    assert "sudah 2 kali dalam satu jam" in page.text


def test_too_many_files_at_once_are_refused(entry: MASUK) -> None:
    ani = entry("ani")
    files = [(worlds.foto(), f"{number}.jpg") for number in range(61)]
    page = ani.submit(ani.get(f"{BASIS}/"), f"{BASIS}/", 413, berkas=files)
    assert "Paling banyak 60 berkas sekaligus" in page.text
