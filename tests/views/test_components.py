"""The components: one page with all of them passes every page check, with good and bad input."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from tests import gallery
from tests.client import PageClient

ADDRESS = "/dinkes/2026-10/contoh/"
BAIK = {
    "tanggal": "24/11/2026",
    "nilai": "1.234.567,50",
    "merchant": "Toko",
    "kanal": "lain",
    "keputusan": "tolak",
}


@pytest.fixture
def app(app: Flask) -> Flask:
    """With the gallery in it."""
    gallery.add_to(app)
    return app


@pytest.fixture
def citra(app: Flask, entry: Callable[[str], PageClient]) -> PageClient:
    return entry("citra")


def test_the_gallery_is_a_good_page(citra: PageClient) -> None:
    page = citra.get(ADDRESS)
    assert "Rp 48.310.500" in page.text
    assert "minus −Rp 250.000" in page.text
    assert "24 Nov 2026 14.05 WIB" in page.text
    assert "5.1.02.01.01.0024" in page.text


def test_what_is_typed_is_read(citra: PageClient) -> None:
    page = citra.submit(citra.get(ADDRESS), ADDRESS, 200, **BAIK, bukti=(b"x", "nota.jpg"))
    assert "1.234.567,50 pada 2026-11-24, 1 berkas" in page.text


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("tanggal", "31/02/2026", "“31/02/2026” bukan tanggal yang ada"),
        ("tanggal", "", "Tanggal transaksi: Isian ini wajib"),
        ("nilai", "1,234.5.6", "“1,234.5.6” bukan nilai rupiah"),
        ("merchant", " ", "Di mana: Isian ini wajib"),
        ("keputusan", "entah", "Keputusan: Pilihan tidak dikenal"),
        ("bukti", (b"", "nota.jpg"), "Berkas “nota.jpg” kosong"),
        ("bukti", (b"x" * 1025, "nota.jpg"), "Berkas “nota.jpg” lebih dari"),
    ],
)
def test_what_is_wrong_stands_on_top_and_at_the_field(
    citra: PageClient, field: str, value: object, sentence: str
) -> None:
    form = {**BAIK, field: value}
    page = citra.post(ADDRESS, form, 422)
    assert len(page.errors()) == 1 + (field == "bukti")  # the file must be chosen again
    assert sentence in page.errors()[0]
    assert page.tree.xpath("//p[@class='error']")


def test_sort_links_keep_the_rest_of_the_address(citra: PageClient) -> None:
    page = citra.get(f"{ADDRESS}?q=hotel&urut=nilai&sesudah=9")
    assert page.links["Nilai ▲"] == f"{ADDRESS}?q=hotel&urut=-nilai"
    assert page.links["Tanggal"] == f"{ADDRESS}?q=hotel&urut=tanggal"
    assert page.links["Ke awal"] == f"{ADDRESS}?q=hotel&urut=nilai"
