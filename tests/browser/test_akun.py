"""Invitation, a password of one's own and reset, in real Chromium."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.cast import ORANG

Snapshot = Callable[[Page, str], None]
_CODE = re.compile(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}")


def _code(page: Page) -> str:
    found = _CODE.search(page.locator("main").inner_text())
    assert found is not None
    return found[0]


def _set_password(page: Page, nama: str, code: str, word: str) -> None:
    page.get_by_role("link", name="Saya punya kode sekali pakai").click()
    page.get_by_label("Nama masuk").fill(nama)
    page.get_by_label("Kode", exact=True).fill(code.lower())
    page.get_by_label("Kata sandi baru", exact=True).fill(word)
    page.get_by_label("Kata sandi baru, sekali lagi").fill(word)
    page.get_by_role("button", name="Simpan kata sandi").click()
    expect(page.get_by_role("status")).to_contain_text("Kata sandi Anda sudah disimpan")


def _log_in(page: Page, nama: str, word: str) -> None:
    page.get_by_label("Nama masuk").fill(nama)
    page.get_by_label("Kata sandi").fill(word)
    page.get_by_role("button", name="Masuk", exact=True).click()
    page.wait_for_url(lambda url: "/masuk" not in url)


def test_invited_then_a_password_of_one_s_own_then_reset(
    open_page: OpenPage, snapshot: Snapshot
) -> None:
    joko = open_page("joko", "/admin/pengguna/baru")
    joko.locator("#nama").fill("Wira Contoh")
    joko.get_by_role("button", name="Simpan").click()
    joko.get_by_role("link", name="Wira Contoh").click()
    person = joko.url
    joko.locator("#nama_masuk").fill("wira")
    joko.get_by_role("button", name="Undang").click()
    snapshot(joko, "kode")
    wira = open_page(None, "/masuk")
    _set_password(wira, "wira", _code(joko), "perahu kuning sore hari")
    _log_in(wira, "wira", "perahu kuning sore hari")
    wira.goto("/akun/")
    expect(wira.get_by_text("yang ini")).to_be_visible()
    joko.goto(person)
    joko.get_by_text("Beri kode baru…").click()
    snapshot(joko, "orang")
    joko.get_by_role("button", name="Beri kode", exact=True).click()
    wira.reload()
    expect(wira.get_by_text("Sesi Anda sudah berakhir")).to_be_visible()
    _set_password(wira, "wira", _code(joko), "gerobak hijau pagi buta")
    _log_in(wira, "wira", "gerobak hijau pagi buta")


def test_the_account_pages_on_a_phone_and_a_desk(open_page: OpenPage, snapshot: Snapshot) -> None:
    for width in (375, 1280):
        for who, path in (
            (None, "/masuk"),
            (None, "/kode"),
            (None, "/lupa"),
            ("citra", "/akun/"),
            ("citra", "/akun/kalender"),
            ("joko", f"/admin/pengguna/{ORANG['citra']}"),
        ):
            page = open_page(who, path)
            page.set_viewport_size({"width": width, "height": 800})
            wide = page.evaluate("() => document.documentElement.scrollWidth")
            assert wide <= width, path
            snapshot(page, f"{path.strip('/').replace('/', '-')}-{width}")
