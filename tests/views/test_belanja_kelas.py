"""Evidence and class on the purchase's page, and the classes in bulk."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from kkpd.belanja import verbs as belanja_verbs
from kkpd.core.db.session import EVERY_OPD, writing
from kkpd.core.money import Rupiah
from kkpd.web.globals import engine as engine_of
from kkpd.web.globals import now
from tests.cast import ACTORS
from tests.client import PageClient
from tests.databases import Fill
from tests.services import belanja_dunia as dunia
from tests.services.belanja_dunia import ATK, PAD, SUB

DASAR = "/dinkes/2026-10/belanja"
MASUK = Callable[[str], PageClient]
KUNCI = f"{SUB}|{ATK}|{PAD}"


@pytest.fixture(scope="module")
def database_fill() -> Fill:
    """Every database here begins with the small world."""
    return dunia.fill


@pytest.fixture
def satu(app: Flask) -> Callable[..., int]:
    """Record a purchase of October 2026 and give its number."""

    def record(**changes: object) -> int:
        with app.app_context(), writing(engine_of(), EVERY_OPD) as session:
            return belanja_verbs.catat(session, ACTORS["citra"], dunia.belanja(**changes), now()).id

    return record


def test_evidence_added_and_withdrawn_on_the_page(masuk: MASUK, satu: Callable[..., int]) -> None:
    number = satu()
    citra = masuk("citra")
    page = citra.get(f"{DASAR}/{number}")
    refused = citra.submit(page, f"{DASAR}/{number}/bukti", 400)
    assert "Pilih atau ambil fotonya" in refused.text
    big = citra.submit(
        page, f"{DASAR}/{number}/bukti", 413, berkas=[(b"x" * (20 * 1024 * 1024), "b.jpg")]
    )
    assert "lebih besar dari 10 MB" in big.text
    citra.submit(page, f"{DASAR}/{number}/bukti", berkas=[(dunia.foto(), "n.jpg")])
    page = citra.get(f"{DASAR}/{number}")
    assert "Berbukti" in page.text
    twice = citra.submit(page, f"{DASAR}/{number}/bukti", 409, berkas=[(dunia.foto(), "n2.jpg")])
    assert "sudah dilampirkan" in twice.text
    citra.submit(page, f"{DASAR}/{number}/bukti/1/cabut", alasan="Foto toko lain")
    assert "Belum ada bukti" in citra.get(f"{DASAR}/{number}").text
    citra.get(f"{DASAR}/bukti/1", 404)


def test_evidence_is_for_the_opd_only(masuk: MASUK, satu: Callable[..., int]) -> None:
    number = satu()
    citra = masuk("citra")
    page = citra.get(f"{DASAR}/{number}")
    citra.submit(page, f"{DASAR}/{number}/bukti", berkas=[(dunia.foto(), "n.jpg")])
    eko = masuk("eko")
    eko.get(f"{DASAR}/bukti/1", 404)
    eko.get("/disdik/2026-10/belanja/bukti/1", 404)
    eko.get(f"/disdik/2026-10/belanja/{number}", 404)
    masuk("gilang").get(f"{DASAR}/bukti/1", 403)
    assert masuk("dewi").get(f"{DASAR}/bukti/1").body == dunia.foto()
    citra.post(f"{DASAR}/99/bukti/1/cabut", {"alasan": "Foto toko lain"}, 404)


def test_the_class_is_taken_or_changed(masuk: MASUK, satu: Callable[..., int]) -> None:
    number = satu()
    budi = masuk("budi")
    page = budi.get(f"{DASAR}/{number}")
    refused = budi.submit(page, f"{DASAR}/{number}/kelas", 400, kelas="modal", alasan="")
    assert "Tulis alasan singkat" in refused.text
    page = budi.follow(budi.submit(page, f"{DASAR}/{number}/kelas", kelas="operasi"))
    assert "menurut Budi Teknis" in page.text
    page = budi.follow(
        budi.submit(page, f"{DASAR}/{number}/kelas", kelas="modal", alasan="Rak arsip tetap")
    )
    assert "Ganti rekeningnya sebelum diajukan" in page.text


def test_bulk_review_and_how_well_it_does(masuk: MASUK, satu: Callable[..., int]) -> None:
    citra = masuk("citra")
    assert "Semua kelas sudah jelas" in citra.get(f"{DASAR}/kelas").text
    assert "belum dapat diukur" in citra.get(f"{DASAR}/kelas/ketelitian").text
    first, second = (
        satu(uraian=goods, rupiah=price, volume=1, harga_satuan=Rupiah.of(price), kunci_kirim=goods)
        for goods, price in (("Laptop 14 inci", 4_850_000), ("Printer laser", 3_000_000))
    )
    page = citra.get(f"{DASAR}/kelas")
    assert page.h1 == "2 kelas perlu ditinjau"
    assert page.text.index("Laptop") < page.text.index("Printer")
    nothing = citra.submit(page, f"{DASAR}/kelas", 422)
    assert "Belum ada kelas yang dipilih" in nothing.text
    refused = citra.submit(page, f"{DASAR}/kelas", 400, **{f"kelas-{first}": "modal"})
    assert "Tulis alasan" in refused.text
    words: dict[str, Any] = {f"kelas-{n}": "modal" for n in (first, second)}
    reasons: dict[str, Any] = {
        f"alasan-{first}": "Dipakai lebih dari setahun",
        "alasan": "Sama dengan tahun lalu",
    }
    citra.submit(page, f"{DASAR}/kelas", **words, **reasons)
    page = citra.get(f"{DASAR}/kelas/ketelitian")
    assert "Laptop".lower() in page.text.lower()
    assert page.tree.xpath("//form[contains(@action, '/ingatan/')]")
    assert page.tree.xpath("//table[caption='Program dan orang']")
    file = citra.get(f"{DASAR}/kelas/koreksi.csv")
    heads, *rows = csv.reader(io.StringIO(file.body.decode("utf-8-sig")))
    assert heads[:8] == [
        *("uraian", "satuan", "volume", "harga", "nilai"),
        *("merchant", "kode_rekening", "label"),
    ]
    assert [row[7] for row in rows] == ["modal", "modal"]
    reason = heads.index("alasan")
    assert [row[reason] for row in rows] == [
        "Dipakai lebih dari setahun",
        "Sama dengan tahun lalu",
    ]
    action = page.tree.xpath("//form[contains(@action, '/ingatan/')]/@action")[0]
    assert "dicabut" in citra.follow(citra.submit(page, action)).text


def test_bulk_review_keeps_what_was_typed_and_names_the_row(
    masuk: MASUK, satu: Callable[..., int]
) -> None:
    """A refusal loses no choice, and a row that somebody else settled is never passed over."""
    first, second = (
        satu(uraian=goods, rupiah=price, volume=1, harga_satuan=Rupiah.of(price), kunci_kirim=goods)
        for goods, price in (("Laptop 14 inci", 4_850_000), ("Printer laser", 3_000_000))
    )
    citra, budi = masuk("citra"), masuk("budi")
    page = citra.get(f"{DASAR}/kelas")
    chosen: dict[str, Any] = {f"kelas-{first}": "modal", f"kelas-{second}": "operasi"}
    reason: dict[str, Any] = {f"alasan-{first}": "Dipakai sendiri"}
    refused = citra.submit(page, f"{DASAR}/kelas", 400, **chosen, **reason)
    assert f"Belanja nomor {second}: Tulis alasan" in refused.text
    kept = refused.tree.xpath("//select[starts-with(@name, 'kelas-')][option[@selected]]/@name")
    assert sorted(kept) == sorted(chosen)
    assert refused.tree.xpath(f"//input[@name='alasan-{first}']/@value") == ["Dipakai sendiri"]
    single = budi.get(f"{DASAR}/{first}")
    budi.submit(single, f"{DASAR}/{first}/kelas", kelas="operasi", alasan="Untuk diserahkan")
    late = citra.submit(page, f"{DASAR}/kelas", 409, **chosen, **reason, alasan="Habis pakai")
    assert f"Belanja nomor {first} sudah ditetapkan" in late.text
    assert "Untuk diserahkan" in citra.get(f"{DASAR}/{first}").text
    rest: dict[str, Any] = {f"kelas-{second}": "operasi", "alasan": "Habis pakai"}
    citra.submit(page, f"{DASAR}/kelas", **rest)
    empty = citra.submit(page, f"{DASAR}/kelas", 409, **rest)
    assert empty.h1 == "Semua kelas sudah jelas"
    assert f"Belanja nomor {second} sudah ditetapkan" in empty.text


def test_a_refund_has_no_class_of_its_own(masuk: MASUK, satu: Callable[..., int]) -> None:
    origin = satu(
        uraian="Laptop 14 inci", rupiah=4_850_000, volume=1, harga_satuan=Rupiah.of(4_850_000)
    )
    refund = satu(uraian="Laptop 14 inci", rupiah=-850_000, asal_id=origin, kunci_kirim="kembali")
    citra = masuk("citra")
    page = citra.get(f"{DASAR}/kelas")
    assert page.h1 == "1 kelas perlu ditinjau"
    own = citra.get(f"{DASAR}/{refund}")
    assert not own.tree.xpath("//form[contains(@action, '/kelas')]")
    source = citra.get(f"{DASAR}/{origin}")
    citra.submit(source, f"{DASAR}/{origin}/kelas", kelas="operasi", alasan="Untuk diserahkan")
    assert f"Pengembalian belanja nomor {origin}" in citra.get(f"{DASAR}/{refund}").text
