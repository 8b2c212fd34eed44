"""The administrator's step in real Chromium: an office from its name to its first login."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.kantor import kantor_baru
from tests.databases import SqliteDatabases


@pytest.fixture
def address(sqlite_databases: SqliteDatabases, tmp_path: Path) -> Iterator[str]:
    """An office of this test's own."""
    with kantor_baru(sqlite_databases, tmp_path / "instance") as found:
        yield found.alamat


def test_the_administrator_opens_an_office(open_page: OpenPage) -> None:
    """An OPD, a person with a login and a dated role, a card through its life, a setting."""
    joko = open_page("joko", "/admin/opd/baru")
    _fill(joko, {"kode": "1.06.0.00", "slug": "dinsos", "nama": "Dinas Sosial"})
    joko.get_by_role("button", name="Simpan").click()
    expect(joko.get_by_role("link", name="Dinas Sosial")).to_be_visible()
    joko.goto("/admin/pengguna/baru")
    _fill(joko, {"nama": "Wira Contoh, S.E."})
    joko.locator("#opd_id").select_option(label="Dinas Sosial")
    joko.get_by_role("button", name="Simpan").click()
    joko.get_by_role("link", name="Wira Contoh, S.E.").click()
    word = "kalimat sandi yang panjang"
    _fill(joko, {"nama_masuk": "wira"})
    joko.get_by_role("button", name="Undang").click()
    found = re.search(r"[2-9A-Z]{4}(?:-[2-9A-Z]{4}){2}", joko.locator("main").inner_text())
    assert found is not None
    joko.goto("/admin/penugasan")
    joko.get_by_text("Usulkan penugasan…").click()
    joko.locator("#orang_id").select_option(label="Wira Contoh, S.E.")
    joko.locator("#peran").select_option("bendahara")
    joko.locator("#opd_id").select_option(label="Dinas Sosial")
    _fill(joko, {"mulai": "01/10/2026", "sampai": "31/12/2026", "dasar": "SK 7",
                 "tanggal_dasar": "01/10/2026",
                 "alasan_mundur": "SK terlambat diterima"})  # fmt: skip
    joko.get_by_role("button", name="Simpan usulan").click()
    mira = open_page("mira", "/perlu/")
    mira.get_by_role("link", name="Konfirmasi atau tolak 1 usulan penugasan").click()
    mira.get_by_role("button", name="Konfirmasi").click()
    expect(mira.get_by_role("row").filter(has_text="Wira")).to_contain_text("31 Des 2026")
    _a_card_lives(joko, mira)
    joko.goto("/admin/setelan")
    joko.get_by_text("Tetapkan nilai baru…").click()
    joko.locator("#kunci").select_option(label="Batas kapitalisasi aset")
    _fill(joko, {"nilai": "2.000.000",
                 "mulai": "01/11/2026", "dasar_hukum": "Perbup 9/2026"})  # fmt: skip
    joko.get_by_role("button", name="Simpan setelan").click()
    expect(joko.get_by_text("Riwayat dan yang belum berlaku (1)")).to_be_visible()
    wira = open_page(None, "/kode")
    _fill(wira, {"nama": "wira", "kode": found[0], "baru": word, "ulang": word})
    wira.get_by_role("button", name="Simpan kata sandi").click()
    _log_in_new(wira, "wira", word)
    expect(wira.get_by_role("heading", level=1)).to_contain_text("selisih")
    expect(wira.locator(".trail")).to_contain_text("Dinas Sosial")


def _a_card_lives(joko: Page, mira: Page) -> None:
    """Proposed by one, decided by another, issued, handed over, active, lost: each with its paper.

    A treasurer holds a travel card only.
    """
    joko.goto("/admin/kartu")
    joko.get_by_text("Usulkan kartu…").click()
    joko.locator("#opd_id").select_option(label="Dinas Sosial")
    joko.get_by_label("perjalanan dinas").check()
    joko.locator("#pemegang_id").select_option(label="Wira Contoh, S.E.")
    _fill(joko, {"nomor_akhir": "5150", "bank": "Bank Sumut", "limit": "20.000.000",
                 "tanggal": "02/10/2026", "nomor_dokumen": "USUL/1"})  # fmt: skip
    joko.get_by_role("button", name="Simpan usulan").click()
    for day, status in enumerate(("ditetapkan", "terbit", "diserahkan", "aktif", "hilang"), 5):
        mira.goto("/admin/kartu")
        mira.get_by_role("link", name=re.compile("5150")).click()
        mira.locator("#status").select_option(status)
        mira.locator("#tanggal").fill(f"{day:02d}/10/2026")
        mira.locator("#nomor_dokumen").fill(f"BA/{day}")
        mira.get_by_role("button", name="Catat").click()
    joko.goto("/admin/kartu")
    expect(joko.get_by_role("row").filter(has_text="5150")).to_contain_text("hilang")


def _fill(page: Page, fields: dict[str, str]) -> None:
    for name, value in fields.items():
        page.locator(f"#{name}").fill(value)


def _log_in_new(page: Page, entry: str, sandi: str) -> None:
    page.get_by_label("Nama masuk").fill(entry)
    page.get_by_label("Kata sandi").fill(sandi)
    page.get_by_role("button", name="Masuk", exact=True).click()
    page.wait_for_url(lambda url: "/masuk" not in url)
