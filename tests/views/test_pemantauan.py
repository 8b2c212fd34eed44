"""The monitoring pages: one's own part, down to the lines, and what is not checked."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Engine

from kkpd.core.db import facts as db_facts
from kkpd.core.db.session import EVERY_OPD, writing
from tests.client import PageClient
from tests.databases import Fill
from tests.worlds import office as belanja_dunia

LoggedIn = Callable[[str], PageClient]


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The small world of purchases."""
    return belanja_dunia.fill


def test_the_inspector_sees_all_and_the_pa_the_own_part(entry: LoggedIn, engine: Engine) -> None:
    with writing(engine, EVERY_OPD) as session:
        belanja_dunia.setelan(session, "low_use_threshold", "75%")
        db_facts.carried(session)
    everyone = entry("fitri").get("/pemantauan/?tahun=2026").tree.text_content()
    assert "Dinas Pendidikan" in everyone
    assert "Bulan berturut-turut pemakaian rendah" in everyone
    assert "Batas pemakaian rendah" not in everyone
    browser = entry("dewi")
    own = browser.get("/pemantauan/?tahun=2026")
    assert "Dinas Pendidikan" not in own.tree.text_content()
    page = browser.get("/dinkes/2026-10/pemantauan/")
    assert "75%" in page.tree.text_content()
    for link in set(page.tree.xpath("//main//table//a/@href")):
        browser.get(link)
    assert browser.get("/disdik/2026-10/pemantauan/", status=404)


def test_the_table_is_a_file(entry: LoggedIn) -> None:
    browser = entry("lukman")
    assert b"Pemakaian UP KKPD" in browser.get("/pemantauan/unduh.csv?tahun=2026").body
    assert browser.get("/pemantauan/unduh.xlsx?tahun=2026").body[:2] == b"PK"
