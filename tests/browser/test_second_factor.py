"""Passkey and app in real Chromium, with its virtual authenticator, on desk and phone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.conftest import LOOKS, Look, OpenPage
from tests.browser.kantor import kantor_baru
from tests.client import DEMO_LOGIN_WORD
from tests.databases import SqliteDatabases
from tests.second_factors import code

Snapshot = Callable[[Page, str], None]


@pytest.fixture
def address(sqlite_databases: SqliteDatabases, tmp_path: Path) -> Iterator[str]:
    """An office of this test's own; passkeys belong to a name, not to a number."""
    with kantor_baru(sqlite_databases, tmp_path / "instance") as found:
        yield found.alamat.replace("127.0.0.1", "localhost")


def with_authenticator(page: Page) -> None:
    """Give this browser a device that verifies its holder."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    device = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": device})


def first_step(page: Page) -> None:
    """Log out, and log in with the password."""
    page.context.clear_cookies()
    page.goto("/masuk")
    page.get_by_label("Nama masuk").fill("citra")
    page.get_by_label("Kata sandi").fill(DEMO_LOGIN_WORD)
    page.get_by_role("button", name="Masuk", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Faktor kedua")


def prove(page: Page) -> None:
    """Open the changes with the password."""
    page.get_by_label("Kata sandi sekarang").fill(DEMO_LOGIN_WORD)
    page.get_by_role("button", name="Buktikan", exact=True).click()
    expect(page.get_by_role("heading", name="Daftarkan kunci sandi")).to_be_visible()


@pytest.mark.parametrize("look", [LOOKS[0], LOOKS[2]], ids=lambda look: look.name)
def test_a_passkey_is_registered_and_logs_in_both_ways(
    open_page: OpenPage, snapshot: Snapshot, look: Look
) -> None:
    page = open_page("citra", "/cara-masuk/", look)
    with_authenticator(page)
    snapshot(page, f"faktor-1-{look.name}")
    prove(page)
    assert violations(page) == []
    snapshot(page, f"faktor-2-{look.name}")
    page.get_by_label("Nama kunci sandi").fill("Laptop kantor")
    page.get_by_role("button", name="Daftarkan kunci sandi").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Kode pemulihan")
    snapshot(page, f"faktor-3-{look.name}")
    first_step(page)
    assert violations(page) == []
    snapshot(page, f"faktor-4-{look.name}")
    page.get_by_role("button", name="Pakai kunci sandi").click()
    page.wait_for_url(lambda url: "/masuk" not in url)
    page.context.clear_cookies()
    page.goto("/masuk")
    snapshot(page, f"faktor-5-{look.name}")
    page.get_by_role("button", name="Masuk dengan kunci sandi").click()
    page.get_by_role("button", name="Pakai kunci sandi").click()
    page.wait_for_url(lambda url: "/masuk" not in url)
    page.goto("/cara-masuk/")
    expect(page.get_by_text("Kunci sandi: Laptop kantor")).to_be_visible()
    snapshot(page, f"faktor-6-{look.name}")


def test_a_device_without_a_passkey_is_told_so(open_page: OpenPage) -> None:
    page = open_page(None, "/masuk")
    with_authenticator(page)  # it holds none
    page.get_by_role("button", name="Masuk dengan kunci sandi").click()
    expect(page.locator("[data-passkey-message]")).to_be_hidden()
    page.get_by_role("button", name="Pakai kunci sandi").click()
    expect(page.get_by_role("alert")).to_contain_text("Coba lagi atau pakai cara lain")


def test_an_app_works_without_javascript(open_page: OpenPage) -> None:
    page = open_page("citra", "/cara-masuk/", LOOKS[0], java_script_enabled=False)
    prove(page)
    seed = page.locator("code.seed").inner_text().replace(" ", "")
    page.get_by_label("Kode pertama dari aplikasi").fill(code(seed, datetime.now(UTC)))
    page.get_by_role("button", name="Pasang aplikasi").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Kode pemulihan")
    recovery = page.locator("ul.codes code").first.inner_text()
    first_step(page)
    page.get_by_label("Kode", exact=True).fill("000000")
    page.get_by_role("button", name="Lanjutkan").click()
    expect(page.get_by_role("alert")).to_contain_text("tidak benar")
    page.get_by_label("Kode", exact=True).fill(recovery)
    page.get_by_role("button", name="Lanjutkan").click()
    page.wait_for_url(lambda url: "/masuk" not in url)
