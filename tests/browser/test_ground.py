"""The ground in a real browser: no axe violation, no sideways scrolling, all by keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import overflow, violations
from tests.browser.conftest import LOOKS, Look, OpenPage, log_in

CONTOH = "/dinkes/2026-10/contoh/"
PHONE = LOOKS[2]
PAGES = {
    "masuk": (None, "/masuk"),
    "sandi": ("citra", "/sandi"),
    "galat": ("citra", "/tidak-ada"),
    "contoh": ("citra", CONTOH),
}


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
@pytest.mark.parametrize("name", PAGES)
def test_no_axe_violation_and_no_sideways_scrolling(
    open_page: OpenPage, snapshot: Callable[[Page, str], None], name: str, look: Look
) -> None:
    entry, path = PAGES[name]
    page = open_page(entry, path, look)
    snapshot(page, f"{name}-{look.name}")
    assert violations(page) == []
    assert overflow(page) == 0


@pytest.mark.parametrize("look", [LOOKS[0], LOOKS[3]], ids=lambda look: look.name)
@pytest.mark.parametrize("entry", ["ani", "budi", "citra", "dewi", "fitri", "gilang", "joko"])
def test_the_first_screen_of_a_new_office(
    open_page: OpenPage, snapshot: Callable[[Page, str], None], entry: str, look: Look
) -> None:
    """Nothing is there yet: the page says what to do first, and is as easy to use as a full one."""
    page = open_page(entry, "/", look)
    snapshot(page, f"awal-{entry}-{look.name}")
    assert violations(page) == []
    assert overflow(page) == 0


@pytest.mark.parametrize("look", [LOOKS[0], LOOKS[3]], ids=lambda look: look.name)
def test_a_form_with_errors(
    open_page: OpenPage, snapshot: Callable[[Page, str], None], look: Look
) -> None:
    page = open_page("citra", CONTOH, look)
    page.get_by_label("Nilai").fill("1,234.5.6")
    page.get_by_role("button", name="Simpan dan periksa").click()
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    snapshot(page, f"galat-isian-{look.name}")
    assert violations(page) == []
    summary.get_by_role("link", name="Nilai:").click()
    expect(page.get_by_label("Nilai")).to_be_focused()


def test_open_menus(open_page: OpenPage, snapshot: Callable[[Page, str], None]) -> None:
    page = open_page("citra", CONTOH, PHONE)
    page.get_by_text("☰ Menu").click()
    expect(page.get_by_role("link", name="Cocokkan", exact=True)).to_be_visible()
    snapshot(page, "menu-telepon")
    # an open menu covers parts of the page: what it covers is not meant to be pressed meanwhile
    assert violations(page, apart_from="target-size") == []
    page.locator("summary", has_text="Citra Bendahara").click()
    expect(page.get_by_role("link", name="Cocokkan", exact=True)).to_be_hidden()
    expect(page.get_by_role("button", name="Keluar")).to_be_visible()
    snapshot(page, "diri-telepon")
    assert violations(page, apart_from="target-size") == []
    assert overflow(page) == 0
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Keluar")).to_be_hidden()


def test_first_tab_skips_to_the_content(open_page: OpenPage) -> None:
    page = open_page("citra", CONTOH)
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Lompat ke isi")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_another_period_is_one_choice_away(open_page: OpenPage) -> None:
    page = open_page("citra", CONTOH)
    page.get_by_label("Periode").select_option("2026-09")
    page.wait_for_url("**/dinkes/2026-09/contoh/")


def test_a_consequential_act_asks_in_a_dialog(open_page: OpenPage) -> None:
    page = open_page("citra", CONTOH)
    page.get_by_text("Tutup periode…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    assert violations(page) == []
    dialog.get_by_role("button", name="Batal").click()
    expect(dialog).to_be_hidden()
    page.get_by_text("Tutup periode…").press("Enter")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_everything_works_without_javascript(open_page: OpenPage) -> None:
    page = open_page(None, "/masuk", PHONE, java_script_enabled=False)
    log_in(page, "citra")
    page.goto(CONTOH)
    page.get_by_label("Periode").select_option("2026-09")
    page.get_by_role("button", name="Tampilkan").click()
    page.wait_for_url("**/dinkes/2026-09/contoh/")
    page.get_by_text("Tutup periode…").click()
    expect(page.get_by_role("button", name="Ya, tutup")).to_be_visible()
    page.get_by_text("☰ Menu").click()
    page.get_by_role("link", name="Tagihan", exact=True).click()
    page.wait_for_url(re.compile("/dinkes/2026-09/.*tagihan"))
    page.locator("summary", has_text="Citra Bendahara").click()
    page.get_by_role("button", name="Gelap").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "gelap")
    page.locator("summary", has_text="Citra Bendahara").click()
    page.get_by_role("button", name="Keluar").click()
    page.wait_for_url("**/masuk")


def test_the_chosen_theme_wins_over_the_device(open_page: OpenPage) -> None:
    page = open_page("citra", "/sandi", LOOKS[0])
    page.locator("summary", has_text="Citra Bendahara").click()
    page.get_by_role("button", name="Gelap").click()
    expect(page.locator("body")).to_have_css("background-color", "rgb(15, 23, 25)")
    assert violations(page) == []


def test_nothing_is_refused_by_the_content_policy(open_page: OpenPage) -> None:
    page = open_page("citra", "/sandi")
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(CONTOH)
    page.goto("/tidak-ada")
    assert [text for text in said if "404" not in text] == []


def test_print_shows_the_work_only(
    open_page: OpenPage, snapshot: Callable[[Page, str], None]
) -> None:
    page = open_page("citra", CONTOH, LOOKS[1])
    page.emulate_media(media="print")
    snapshot(page, "cetak")
    expect(page.locator(".top")).to_be_hidden()
    expect(page.locator("table").first).to_be_visible()
    expect(page.locator("body")).to_have_css("background-color", "rgb(255, 255, 255)")
