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
from tests.worlds import office as worlds
from tests.worlds.office import ATK, PAD, SUB

BASIS = "/dinkes/2026-10/belanja"
MASUK = Callable[[str], PageClient]
KEY = f"{SUB}|{ATK}|{PAD}"


@pytest.fixture(scope="module")
def database_fill() -> Fill:
    """Every database here begins with the small world."""
    return worlds.fill


@pytest.fixture
def one_item(app: Flask) -> Callable[..., int]:
    """Record a purchase of October 2026 and give its number."""

    def record(**changes: object) -> int:
        with app.app_context(), writing(engine_of(), EVERY_OPD) as session:
            return belanja_verbs.record(
                session, ACTORS["citra"], worlds.belanja(**changes), now()
            ).id

    return record


def test_evidence_added_and_withdrawn_on_the_page(
    entry: MASUK, one_item: Callable[..., int]
) -> None:
    number = one_item()
    citra = entry("citra")
    page = citra.get(f"{BASIS}/{number}")
    refused = citra.submit(page, f"{BASIS}/{number}/bukti", 422)
    assert "Pilih atau ambil fotonya" in refused.text
    big = citra.submit(
        page, f"{BASIS}/{number}/bukti", 413, berkas=[(b"x" * (20 * 1024 * 1024), "b.jpg")]
    )
    assert "lebih besar dari 10 MB" in big.text
    citra.submit(page, f"{BASIS}/{number}/bukti", berkas=[(worlds.foto(), "n.jpg")])
    page = citra.get(f"{BASIS}/{number}")
    assert "Berbukti" in page.text
    twice = citra.submit(page, f"{BASIS}/{number}/bukti", 409, berkas=[(worlds.foto(), "n2.jpg")])
    assert "sudah dilampirkan" in twice.text
    citra.submit(page, f"{BASIS}/{number}/bukti/1/cabut", alasan="Foto toko lain")
    assert "Belum ada bukti" in citra.get(f"{BASIS}/{number}").text
    citra.get(f"{BASIS}/bukti/1", 404)


def test_evidence_is_for_the_opd_only(entry: MASUK, one_item: Callable[..., int]) -> None:
    number = one_item()
    citra = entry("citra")
    page = citra.get(f"{BASIS}/{number}")
    citra.submit(page, f"{BASIS}/{number}/bukti", berkas=[(worlds.foto(), "n.jpg")])
    eko = entry("eko")
    eko.get(f"{BASIS}/bukti/1", 404)
    eko.get("/disdik/2026-10/belanja/bukti/1", 404)
    eko.get(f"/disdik/2026-10/belanja/{number}", 404)
    for who in ("dewi", "gilang"):
        assert entry(who).get(f"{BASIS}/bukti/1").body == worlds.foto()
    entry("joko").get(f"{BASIS}/bukti/1", 403)
    citra.post(f"{BASIS}/99/bukti/1/cabut", {"alasan": "Foto toko lain"}, 404)


def test_the_class_is_taken_or_changed(entry: MASUK, one_item: Callable[..., int]) -> None:
    number = one_item()
    budi = entry("budi")
    page = budi.get(f"{BASIS}/{number}")
    refused = budi.submit(page, f"{BASIS}/{number}/kelas", 422, kelas="modal", alasan="")
    assert "Tulis alasan singkat" in refused.text
    page = budi.follow(budi.submit(page, f"{BASIS}/{number}/kelas", kelas="operasi"))
    assert "menurut Budi Teknis" in page.text
    page = budi.follow(
        budi.submit(page, f"{BASIS}/{number}/kelas", kelas="modal", alasan="Rak arsip tetap")
    )
    assert "Ganti rekeningnya sebelum diajukan" in page.text


def test_bulk_review_and_how_well_it_does(entry: MASUK, one_item: Callable[..., int]) -> None:
    citra = entry("citra")
    assert "Semua kelas sudah jelas" in citra.get(f"{BASIS}/kelas").text
    assert "belum dapat diukur" in citra.get(f"{BASIS}/kelas/ketelitian").text
    first, second = (
        one_item(
            uraian=goods, rupiah=price, volume=1, harga_satuan=Rupiah.of(price), kunci_kirim=goods
        )
        for goods, price in (("Laptop 14 inci", 4_850_000), ("Printer laser", 3_000_000))
    )
    page = citra.get(f"{BASIS}/kelas")
    assert page.h1 == "2 kelas perlu ditinjau"
    assert page.text.index("Laptop") < page.text.index("Printer")
    nothing = citra.submit(page, f"{BASIS}/kelas", 422)
    assert "Belum ada kelas yang dipilih" in nothing.text
    refused = citra.submit(page, f"{BASIS}/kelas", 422, **{f"kelas-{first}": "modal"})
    assert "Tulis alasan" in refused.text
    words: dict[str, Any] = {f"kelas-{n}": "modal" for n in (first, second)}
    reasons: dict[str, Any] = {
        f"alasan-{first}": "Dipakai lebih dari setahun",
        "alasan": "Sama dengan tahun lalu",
    }
    citra.submit(page, f"{BASIS}/kelas", **words, **reasons)
    page = citra.get(f"{BASIS}/kelas/ketelitian")
    assert "Laptop".lower() in page.text.lower()
    assert page.tree.xpath("//form[contains(@action, '/ingatan/')]")
    assert page.tree.xpath("//table[caption='Program dan orang']")
    file = citra.get(f"{BASIS}/kelas/koreksi.csv")
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
    entry: MASUK, one_item: Callable[..., int]
) -> None:
    """A refusal loses no choice, and a row that somebody else settled is never passed over."""
    first, second = (
        one_item(
            uraian=goods, rupiah=price, volume=1, harga_satuan=Rupiah.of(price), kunci_kirim=goods
        )
        for goods, price in (("Laptop 14 inci", 4_850_000), ("Printer laser", 3_000_000))
    )
    citra, budi = entry("citra"), entry("budi")
    page = citra.get(f"{BASIS}/kelas")
    chosen: dict[str, Any] = {f"kelas-{first}": "modal", f"kelas-{second}": "operasi"}
    reason: dict[str, Any] = {f"alasan-{first}": "Dipakai sendiri"}
    refused = citra.submit(page, f"{BASIS}/kelas", 422, **chosen, **reason)
    assert f"Belanja nomor {second}: Tulis alasan" in refused.text
    kept = refused.tree.xpath("//select[starts-with(@name, 'kelas-')][option[@selected]]/@name")
    assert sorted(kept) == sorted(chosen)
    assert refused.tree.xpath(f"//input[@name='alasan-{first}']/@value") == ["Dipakai sendiri"]
    single = budi.get(f"{BASIS}/{first}")
    budi.submit(single, f"{BASIS}/{first}/kelas", kelas="operasi", alasan="Untuk diserahkan")
    late = citra.submit(page, f"{BASIS}/kelas", 409, **chosen, **reason, alasan="Habis pakai")
    assert f"Belanja nomor {first} sudah ditetapkan" in late.text
    assert "Untuk diserahkan" in citra.get(f"{BASIS}/{first}").text
    rest: dict[str, Any] = {f"kelas-{second}": "operasi", "alasan": "Habis pakai"}
    citra.submit(page, f"{BASIS}/kelas", **rest)
    empty = citra.submit(page, f"{BASIS}/kelas", 409, **rest)
    assert empty.h1 == "Semua kelas sudah jelas"
    assert f"Belanja nomor {second} sudah ditetapkan" in empty.text


def test_a_refund_has_no_class_of_its_own(entry: MASUK, one_item: Callable[..., int]) -> None:
    origin = one_item(
        uraian="Laptop 14 inci", rupiah=4_850_000, volume=1, harga_satuan=Rupiah.of(4_850_000)
    )
    refund = one_item(
        uraian="Laptop 14 inci", rupiah=-850_000, asal_id=origin, kunci_kirim="kembali"
    )
    citra = entry("citra")
    page = citra.get(f"{BASIS}/kelas")
    assert page.h1 == "1 kelas perlu ditinjau"
    own = citra.get(f"{BASIS}/{refund}")
    assert not own.tree.xpath("//form[contains(@action, '/kelas')]")
    source = citra.get(f"{BASIS}/{origin}")
    citra.submit(source, f"{BASIS}/{origin}/kelas", kelas="operasi", alasan="Untuk diserahkan")
    assert f"Pengembalian belanja nomor {origin}" in citra.get(f"{BASIS}/{refund}").text
