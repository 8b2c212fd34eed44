"""A whole month of the demo year, reconciled and closed by keyboard alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest
import time_machine
from playwright.sync_api import Page, expect

from kkpd.core.config import Settings
from kkpd.core.db.session import EVERY_OPD, writing
from kkpd.demo import bills as demo_bills
from kkpd.demo import flow as alur
from kkpd.demo import ground as demo_ground
from kkpd.demo import script as demo_script
from kkpd.demo.year import LAST_MONTH, plan_year
from kkpd.organisation.passwords import hash_password
from kkpd.web.globals import engine
from kkpd.web.stores import penerbit, store
from tests.browser.conftest import OpenPage, served
from tests.client import DEMO_LOGIN_WORD
from tests.databases import SqliteDatabases, nothing
from tests.program import leave, program

SAAT: Final = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
AREA: Final = "/dinkes/2026-10"
_FOKUS: Final = "() => (document.activeElement.innerText || '').trim()"


class Month:
    """October of the demo's Dinas Kesehatan: all of it recorded and billed, nothing decided."""

    def __init__(self, databases: SqliteDatabases, instance: Path) -> None:
        url = databases.new(nothing)
        given = {"KKPD_INSTANCE": str(instance), "KKPD_DATABASE_URL": url, "KKPD_DEMO": "1"}
        self.app = program(Settings.load(given))
        with self.app.app_context(), writing(engine(), EVERY_OPD) as session:
            opds, across = demo_ground.lay(session, 2026, hash_password(DEMO_LOGIN_WORD))
            opd = next(one for one in opds if one.slug == "dinkes")
            plans = [
                plan
                for plan in plan_year(opd, demo_script.thing(), 2026)
                if plan.bulan == LAST_MONTH
            ]
            demo_ground.issue_spd(session, across["admin"], opd, LAST_MONTH)
            watch = across["bud"], across["inspektur"]
            self.life = alur.LivedYear(opd, plans, 2026, store(), penerbit(), *watch)
            for plan in plans:
                if plan.special_story != "lupa":
                    self.life.record(session, plan)
            demo_bills.entry(session, self.life, LAST_MONTH)

    def settle(self) -> None:
        """What the others do: checked, tested, on a DPT, paid."""
        with self.app.app_context(), writing(engine(), EVERY_OPD) as session:
            self.life._settle(session, LAST_MONTH)


@pytest.fixture
def bulan(sqlite_databases: SqliteDatabases, tmp_path: Path) -> Iterator[Month]:
    """The month, at an hour in November."""
    with time_machine.travel(SAAT, tick=True):
        found = Month(sqlite_databases, tmp_path / "instance")
        yield found
        leave(found.app)


@pytest.fixture
def address(bulan: Month) -> Iterator[str]:
    """Where `open_page` goes."""
    with served(bulan.app) as found:
        yield found


def press(page: Page, words: str) -> None:
    """Tab to what begins with these words, then Enter."""
    page.locator("main").focus()
    for _step in range(200):
        page.keyboard.press("Tab")
        if page.evaluate(_FOKUS).startswith(words):
            page.keyboard.press("Enter")
            page.wait_for_load_state()
            return
    raise AssertionError(f"{words!r} cannot be reached by keyboard")


def decide(page: Page) -> None:
    """Settle the focused line: its first candidate, or an explanation."""
    page.wait_for_load_state()  # `count` does not wait, and keys need the page's script
    if page.locator("form[data-first]").count():
        page.keyboard.press("Enter")
        return
    page.keyboard.press("j")
    page.keyboard.press("Tab")
    note = page.get_by_label("Catatan: mengapa")
    expect(note).to_be_focused()
    if not note.input_value():
        page.keyboard.type("Ditanyakan kepada pemegang kartu.")
    for _step in range(4):
        page.keyboard.press("Tab")
        if page.evaluate(_FOKUS).startswith("Simpan penjelasan"):
            break
    page.keyboard.press("Enter")


def test_a_whole_month_by_keyboard_alone(
    bulan: Month, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_page("citra", f"{AREA}/cocok/")
    press(page, "Terima")
    expect(page.get_by_role("heading", level=1)).to_contain_text("pasangan pasti")
    press(page, "Terima semua")
    zero = re.compile(r"^Selisih Rp.0$")
    heading = page.get_by_role("heading", level=1)
    for _line in range(40):
        if zero.search(heading.inner_text()):
            break
        before = page.locator("#pilihan h2").inner_text()
        decide(page)
        expect(page.locator("#pilihan h2").filter(has_text=before)).to_have_count(0)
    expect(heading).to_have_text(zero)
    monkeypatch.setattr(alur.LivedYear, "_close", lambda *_given: None)  # that is Citra's to do
    bulan.settle()
    page.goto(f"{AREA}/cocok/")
    press(page, "Tutup periode")
    expect(heading).to_have_text("Tutup Oktober 2026")
    press(page, "Tutup periode")
    expect(heading).to_have_text("Penutupan Oktober 2026")
    expect(page.get_by_role("link", name="0001/BAR-KKPD/DINKES/X/2026").first).to_be_visible()
