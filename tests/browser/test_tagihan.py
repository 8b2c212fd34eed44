"""An unknown layout is recognised in part, corrected by a person and kept as a profile."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import overflow, violations
from tests.browser.conftest import LOOKS, Look, OpenPage

AREA = "/dinkes/2026-10/tagihan"
ASING = (
    "Kapan;Apa;Banyaknya;Kartu\n"
    "13/10/2026;KOPI DELI;25.000,00;4821\n14/10/2026;NASI;18.500,00;4821\n"
)


def _send(page: Page, folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.write_text(text)
    page.goto(f"{AREA}/unggah")
    page.get_by_label("Berkas dari bank").set_input_files(path)
    page.get_by_role("button", name="Unggah dan periksa").click()


def test_an_unknown_layout_is_corrected_and_kept(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page("citra", f"{AREA}/")
    _send(page, tmp_path, "rekap.csv", ASING)
    expect(page.locator("[data-error-summary]")).to_contain_text("Tidak ada tabel transaksi")
    page.get_by_role("link", name="Tunjukkan kolomnya", exact=True).click()
    assert violations(page) == []
    page.get_by_label("Kapan").select_option("transaction_date")
    page.get_by_label("Apa", exact=True).select_option("description")
    page.get_by_label("Banyaknya").select_option("amount")
    page.get_by_label("Kartu", exact=True).select_option("card")
    page.get_by_label("Nama bentuk berkas").fill("Rekap kantor")
    page.get_by_label("Nama pendek").fill("rekap_kantor")
    page.get_by_role("button", name="Simpan dan baca ulang").click()
    expect(page.get_by_role("status")).to_contain_text("Bentuk berkas disimpan")
    expect(page.locator("main")).to_contain_text("KOPI DELI")
    page.get_by_role("button", name="Ambil 2 baris baru").click()
    expect(page.get_by_role("status")).to_contain_text("2 baris baru")
    _send(page, tmp_path, "lagi.csv", ASING + "15/10/2026;ATK;7.500,00;4821\n")
    expect(page.locator("main")).to_contain_text("Sekarang dibaca sebagai: rekap_kantor")
    expect(page.locator("main")).to_contain_text("1 baru, 2 sudah dikenal")


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_the_check_is_good_to_look_at(open_page: OpenPage, tmp_path: Path, look: Look) -> None:
    page = open_page("citra", f"{AREA}/", look)
    _send(page, tmp_path, "tanya.csv", "Tanggal,Uraian,Jumlah\n03/04/2026,KOPI DELI,25.000\n")
    expect(page.get_by_role("heading", level=1)).to_have_text("Periksa tanya.csv")
    assert violations(page) == []
    assert overflow(page) <= 0
