"""The board by keyboard: a chart's table leads to the page that shows the same figure."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from kkpd.core.db.session import EVERY_OPD, writing
from kkpd.engines.watch.shapes import Hit
from kkpd.oversight.cases import open_from_hits
from kkpd.web.globals import engine
from tests.browser.axe import overflow, violations
from tests.browser.conftest import LOOKS, OpenPage
from tests.browser.kantor import Kantor, address, kantor
from tests.cast import DINKES
from tests.worlds.chain_steps import baris_bank
from tests.worlds.office import NOW

__all__ = ["address", "kantor"]


def test_a_chart_leads_by_keyboard_to_the_same_figure(kantor: Kantor, open_page: OpenPage) -> None:
    with kantor.app.app_context(), writing(engine(), EVERY_OPD) as session:
        (line,) = baris_bank(session, 4_500_000)
        hit = Hit("judi", "salah", (line.id,), line.nilai, "kartu:1/judi", "Kata.", "-", "UU 1")
        open_from_hits(session, DINKES, [hit], NOW)
    for look in LOOKS:
        fitri = open_page("fitri", "/papan/", look)
        assert overflow(fitri) <= 0
        assert violations(fitri) == []
    for title in ("Yang jatuh tempo, menurut minggu", "Umur selisih terbuka, hari"):
        fitri.goto("/papan/")
        figure = fitri.locator("section").filter(has=fitri.get_by_role("heading", name=title))
        figure.locator("summary").focus()
        fitri.keyboard.press("Enter")
        cell = figure.get_by_role("link", name=re.compile("4.500.000"))
        cell.focus()
        fitri.keyboard.press("Enter")
        told = fitri.locator("#sorot")
        expect(told.get_by_role("heading", level=2)).to_contain_text("Rp 4.500.000")
        assert overflow(fitri) <= 0
        assert violations(fitri) == []
        told.get_by_role("link", name="Dinas Kesehatan").click()
        expect(fitri.get_by_text(re.compile(r"Rp.4\.500\.000")).first).to_be_visible()
