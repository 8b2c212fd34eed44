"""Forty bank lines without a purchase, of four shops, by keyboard: at most sixty keys."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from kkpd.core.db.session import EVERY_OPD, reading, writing
from kkpd.models import Cocok
from kkpd.reconciliation import batch
from kkpd.reconciliation.batch import RecordLine
from kkpd.records import event_log
from kkpd.web.globals import engine
from tests.browser.axe import violations
from tests.browser.conftest import OpenPage
from tests.browser.kantor import AREA, Kantor, kantor_baru
from tests.cast import ACTORS, DINKES
from tests.databases import SqliteDatabases
from tests.worlds.chain_steps import baris_bank
from tests.worlds.office import ATK, NOW, SUB

#: Two shops that are known from before, two of which nobody knows anything.
SHOPS = {"FOTOKOPI DELI": 14, "KANTIN SINAR": 12, "RM SEDERHANA": 8, "BENGKEL JAYA": 6}
KNOWN = ("FOTOKOPI DELI", "KANTIN SINAR")
MOST_KEYS = 60


@pytest.fixture
def kantor(sqlite_databases: SqliteDatabases, tmp_path: Path) -> Iterator[Kantor]:
    """An office whose bank asks for forty purchases that nobody recorded."""
    with kantor_baru(sqlite_databases, tmp_path / "instance") as office:
        with office.app.app_context(), writing(engine(), EVERY_OPD) as session:
            for at, (text, count) in enumerate(SHOPS.items(), 1):
                amounts = range(11_000, 11_000 + 1_000 * count, 1_000)
                baris_bank(session, *amounts, merchant=text, keterangan=text, kejadian=at)
            for at, text in enumerate(KNOWN, 101):
                given = {"merchant": text, "keterangan": text, "kejadian": at}
                (line,) = baris_bank(session, 99_000, **given)
                made = RecordLine(line.id, None, text.title(), "Untuk rapat", SUB, ATK, "PAD")
                batch.record_lines(session, ACTORS["citra"], DINKES, [made], NOW)
            event_log.record(session, None, None, "uji:baris:tulis", "uji", now=NOW, opd_id=DINKES)
        yield office


@pytest.fixture
def address(kantor: Kantor) -> str:
    """Where `open_page` goes."""
    return kantor.alamat


class Keys:
    """A keyboard that counts what is pressed."""

    def __init__(self, page: Page) -> None:
        self.page, self.pressed = page, 0

    def press(self, *names: str) -> None:
        for name in names:
            self.page.keyboard.press(name)
            self.pressed += 1

    def type(self, text: str) -> None:
        self.press(*text)


def links(kantor: Kantor) -> int:
    with kantor.app.app_context(), reading(engine(), EVERY_OPD) as session:
        return session.scalar(select(func.count()).select_from(Cocok)) or 0


def test_forty_lines_of_four_shops_by_keyboard(kantor: Kantor, open_page: OpenPage) -> None:
    page = open_page("citra", f"{AREA}/cocok/")
    keys = Keys(page)
    heading = page.get_by_role("heading", level=1)
    keys.press("k")
    expect(heading).to_have_text("40 baris tanpa belanja")
    assert violations(page) == []
    for left in (26, 14):  # the known ones: look, Enter
        expect(page.get_by_role("button", name="Catat dan pasangkan").first).to_be_focused()
        keys.press("Enter")
        expect(heading).to_have_text(f"{left} baris tanpa belanja")
    for left, bought in ((6, "Makan rapat"), (0, "Oli mesin")):
        expect(page.get_by_label("Untuk apa", exact=True).first).to_be_focused()
        keys.type(bought)
        keys.press("Tab")
        keys.type("alat")  # the account by its own name
        keys.press("Enter")
        expect(heading).to_have_text(f"{left} baris tanpa belanja")
    assert links(kantor) == 42
    assert keys.pressed <= MOST_KEYS, keys.pressed
    print(f"keys pressed: {keys.pressed}")


def test_other_groups_keep_what_is_typed(kantor: Kantor, open_page: OpenPage) -> None:
    page = open_page("citra", f"{AREA}/cocok/kelompok")
    third = page.locator("form[data-kelompok]").nth(2)
    third.get_by_label("Untuk apa", exact=True).fill("Snack rapat")
    page.get_by_role("button", name="Catat dan pasangkan").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("26 baris tanpa belanja")
    expect(page.locator("#kabar")).to_contain_text("14 belanja tercatat dan dipasangkan")
    second = page.locator("form[data-kelompok]").nth(1)
    expect(second.get_by_label("Untuk apa", exact=True)).to_have_value("Snack rapat")
    second.get_by_role("button", name="Catat dan pasangkan").click()  # no charge yet
    expect(second.locator("[data-error-summary]")).to_be_focused()
    expect(second.get_by_label("Untuk apa", exact=True)).to_have_value("Snack rapat")
    assert violations(page) == []


def test_arrows_move_and_the_cell_above_is_copied(kantor: Kantor, open_page: OpenPage) -> None:
    page = open_page("citra", f"{AREA}/cocok/kelompok")
    cells = page.locator("form[data-kelompok]").first.locator("tbody tr td:nth-child(4) input")
    cells.nth(0).focus()
    page.keyboard.press("=")
    expect(cells.nth(0)).to_have_value("Untuk rapat")
    cells.nth(0).fill("Map arsip")
    page.keyboard.press("ArrowDown")
    expect(cells.nth(1)).to_be_focused()
    page.keyboard.press("=")
    expect(cells.nth(1)).to_have_value("Map arsip")
    page.keyboard.press("ArrowUp")
    expect(cells.nth(0)).to_be_focused()
