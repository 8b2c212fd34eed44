"""An unknown layout is recognised in part, corrected by a person and kept as a profile."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from kkpd.views.tagihan import upload as pekerjaan
from kkpd.worker import loop as pekerja
from kkpd.worker import take_in as penerimaan
from tests.browser.axe import overflow, violations
from tests.browser.conftest import LOOKS, Look, OpenPage

AREA = "/dinkes/2026-10/tagihan"
ASING = (
    "Kapan;Apa;Banyaknya;Plastik\n"
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
    expect(page.get_by_role("heading", level=1)).to_have_text("Kolom rekap.csv")
    assert violations(page) == []
    expect(page.get_by_label("Kapan")).to_have_value("transaction_date")
    expect(page.get_by_label("Banyaknya")).to_have_value("amount")
    expect(page.get_by_label("Urutan tanggal")).to_have_value("dmy")
    page.get_by_label("Apa", exact=True).select_option("merchant")
    page.get_by_label("Plastik").select_option("card")
    page.get_by_label("Nama bentuk berkas").fill("Rekap kantor")
    page.get_by_role("button", name="Simpan dan baca ulang").click()
    expect(page.get_by_role("status")).to_contain_text("Bentuk berkas disimpan")
    expect(page.locator("main")).to_contain_text("KOPI DELI")
    page.get_by_role("button", name="Ambil 2 baris baru").click()
    expect(page.get_by_role("status")).to_contain_text("2 baris baru")
    _send(page, tmp_path, "lagi.csv", ASING + "15/10/2026;ATK;7.500,00;4821\n")
    expect(page.locator("main")).to_contain_text("Sekarang dibaca sebagai: Rekap kantor")
    expect(page.locator("main")).to_contain_text("1 baru, 2 sudah dikenal")


def test_a_long_file_is_read_while_the_lid_is_closed(
    open_page: OpenPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(penerimaan, "LONG_ROW_COUNT", 20)
    page = open_page("citra", f"{AREA}/", LOOKS[2], java_script_enabled=False)
    rows = "".join(f"19/10/2026,TOKO {n:02d},{n + 41}.700\n" for n in range(40))
    _send(page, tmp_path, "panjang.csv", f"Tanggal,Uraian,Jumlah\n{rows}")
    expect(page.get_by_role("heading", level=1)).to_have_text(
        re.compile(r"Membaca berkas|Periksa panjang\.csv")
    )
    page.close()
    back = open_page("citra", f"{AREA}/", LOOKS[2], java_script_enabled=False)
    back.get_by_role("link", name="Periksa lalu ambil panjang.csv").click()
    back.wait_for_load_state()  # `is_visible` does not wait
    if back.get_by_role("button", name="Baca berkas").is_visible():
        back.get_by_role("button", name="Baca berkas").click()
    # the page of progress looks again by itself
    expect(back.get_by_role("button", name="Ambil 40 baris baru")).to_be_visible()


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_reading_a_long_file_is_good_to_look_at(
    open_page: OpenPage, tmp_path: Path, look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(penerimaan, "LONG_ROW_COUNT", 1)
    monkeypatch.setattr(pekerja, "wake_worker", lambda *_given: None)
    monkeypatch.setattr(pekerjaan, "REFRESH_SECONDS", 600)  # not while it is being looked at
    page = open_page("citra", f"{AREA}/", look)
    _send(
        page, tmp_path, f"{look.name}.csv", f"Tanggal,Uraian,Jumlah\n03/04/2026,{look.name},1,5\n"
    )
    expect(page.get_by_role("heading", level=1)).to_have_text("Membaca berkas")
    assert violations(page) == []
    assert overflow(page) <= 0
    page.goto(f"{AREA}/")
    page.get_by_role("link", name=f"Periksa lalu ambil {look.name}.csv").click()
    expect(page.get_by_role("button", name="Baca berkas")).to_be_visible()
    assert violations(page) == []
    assert overflow(page) <= 0


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_the_check_is_good_to_look_at(open_page: OpenPage, tmp_path: Path, look: Look) -> None:
    page = open_page("citra", f"{AREA}/", look)
    _send(page, tmp_path, "tanya.csv", "Tanggal,Uraian,Jumlah\n03/04/2026,KOPI DELI,25.000\n")
    expect(page.get_by_role("heading", level=1)).to_have_text("Periksa tanya.csv")
    assert violations(page) == []
    assert overflow(page) <= 0


@pytest.mark.parametrize("look", LOOKS[1:3], ids=lambda look: look.name)
def test_an_import_is_taken_out_again(open_page: OpenPage, tmp_path: Path, look: Look) -> None:
    """The check, the reason, the history that says so; on the telephone without JavaScript."""
    script = look.width > 400
    page = open_page("citra", f"{AREA}/", look, java_script_enabled=script)
    name = f"keluar-{look.name}.csv"
    rows = "".join(f"{day}/10/2026;{look.name};{day}.000,00\n" for day in range(13, 18))
    _send(page, tmp_path, name, f"Tanggal;Uraian;Jumlah\n{rows}")
    page.get_by_role("button", name="Ambil 5 baris baru").click()
    page.goto(f"{AREA}/riwayat")
    page.get_by_role("link", name=name).click()
    page.get_by_role("link", name="Keluarkan", exact=True).click()
    expect(page.locator("main")).to_contain_text("5 baris, Rp")
    _good(page, script=script)
    page.get_by_label("Mengapa dikeluarkan").fill("Tanda desimal salah dijawab")
    page.get_by_role("button", name="Keluarkan 5 baris").click()
    expect(page.locator("main")).to_contain_text("Tanda desimal salah dijawab")
    _good(page, script=script)
    page.get_by_role("button", name="Ambil lagi berkas ini").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Periksa {name}")


def test_a_wrong_file_is_thrown_away_with_its_reason(open_page: OpenPage, tmp_path: Path) -> None:
    """Without JavaScript too: refused without a reason, where it stands; then offered no more."""
    page = open_page("citra", f"{AREA}/", LOOKS[2], java_script_enabled=False)
    _send(page, tmp_path, "keliru.csv", "Tanggal;Uraian;Jumlah\n21/10/2026;SALAH KIRIM;9.000,00\n")
    page.goto(f"{AREA}/")
    row = page.get_by_role("row").filter(has_text="keliru.csv")
    row.get_by_text("Buang…").click()
    row.get_by_role("button", name="Buang berkas").click()
    field = page.get_by_role("row").filter(has_text="keliru.csv").get_by_label("Mengapa dibuang")
    expect(field).to_be_visible()
    expect(field).to_have_attribute("aria-invalid", "true")
    field.fill("Tagihan milik OPD lain")
    page.get_by_role("row").filter(has_text="keliru.csv").get_by_role("button").click()
    expect(page.get_by_role("status")).to_contain_text("Berkas dibuang")
    expect(page.get_by_role("row").filter(has_text="keliru.csv")).to_have_count(0)


def _good(page: Page, *, script: bool) -> None:
    assert not script or violations(page) == []
    assert overflow(page) <= 0
