"""After a session nothing of it is left in the browser, in any of its tabs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from kkpd.core.config import Settings
from tests.browser.conftest import PATIENCE, log_in, served
from tests.databases import SqliteDatabases
from tests.program import leave, program
from tests.worlds import office

FORM = "/dinkes/2026-10/belanja/baru"
STORED = "() => JSON.stringify([{...localStorage}, {...sessionStorage}])"

LOG_OUT = """() => fetch("/keluar", {
  method: "POST",
  body: new URLSearchParams({csrf_token: document.querySelector("[name=csrf_token]").value}),
})"""


@pytest.fixture
def page(chromium: Browser, sqlite_databases: SqliteDatabases, tmp_path: Path) -> Iterator[Page]:
    """The purchase form of a treasurer."""
    environ = {
        "KKPD_INSTANCE": str(tmp_path),
        "KKPD_DATABASE_URL": sqlite_databases.new(office.fill),
        "KKPD_DEMO": "1",
    }
    app = program(Settings.load(environ))
    with served(app) as address:
        context = chromium.new_context(base_url=address, locale="id-ID")
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        log_in(page, "citra")
        page.goto(FORM)
        yield page
        context.close()
    leave(app)


def test_a_draft_ends_with_its_session_and_holds_no_long_number(page: Page) -> None:
    asked: list[Request] = []
    page.on("request", lambda one: asked.append(one))
    page.locator("[name=uraian]").fill("Kertas rahasia")
    page.locator("input[name=merchant]").fill("TOKO 4111 1111 1111 1111")
    expect(page.locator("[data-draf-kabar]")).to_contain_text("Tersimpan sebagai draf")
    page.wait_for_function("() => Object.values(sessionStorage).join().includes('rahasia')")
    assert "4111" not in page.evaluate(STORED)
    assert page.evaluate("() => localStorage.length") == 0
    page.reload()
    expect(page.locator("[name=uraian]")).to_have_value("Kertas rahasia")
    weighed = [one for one in asked if one.url.endswith("/timbang")]
    assert {one.method for one in weighed} == {"POST"}
    assert not any("rahasia" in one.url or "TOKO" in one.url for one in asked)

    other = page.context.new_page()
    other.goto("/sandi")
    other.evaluate(LOG_OUT)
    other.goto("/masuk")
    page.wait_for_url(lambda url: "/masuk" in url)
    for one in (page, other):
        assert one.evaluate(STORED) == "[{},{}]"


def test_after_a_refusal_the_page_shows_what_was_sent(page: Page) -> None:
    """Sent before the draft was due, and again with a draft of before in the tab."""
    for wrong in ("abc", "12x"):
        page.locator("[name=uraian]").fill(f"Kertas {wrong}")
        page.locator("[name=nilai]").fill(wrong)
        page.get_by_role("button", name="Simpan").first.click()
        expect(page.locator("[data-error-summary]")).to_be_visible()
        expect(page.locator("[name=nilai]")).to_have_value(wrong)
        expect(page.locator("[name=uraian]")).to_have_value(f"Kertas {wrong}")
    kept = page.evaluate(STORED)
    assert "kunci_kirim" not in kept
    assert "Kertas 12x" in kept


def test_a_search_word_with_a_card_number_never_leaves_whole(page: Page) -> None:
    asked: list[str] = []
    page.goto("/dinkes/2026-10/belanja/")
    page.on("request", lambda one: asked.append(one.url))
    page.locator("form[method=get] input[name=cari]").first.fill("4111 1111 1111 1111")
    page.locator("form[method=get] input[name=cari]").first.press("Enter")
    page.wait_for_url("**cari=****1111**")
    assert not any("4111" in url for url in asked)
