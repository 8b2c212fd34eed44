"""The year-end pages: check, open, and open again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import time_machine
from sqlalchemy import Engine

from kkpd.belanja import verbs as belanja_verbs
from kkpd.core.db.session import EVERY_OPD, writing
from tests.cast import ACTORS
from tests.client import PageClient
from tests.databases import Fill
from tests.worlds import office as belanja_dunia

LoggedIn = Callable[[str], PageClient]
DESEMBER = datetime(2026, 12, 20, 3, 0, tzinfo=UTC)
JANUARI = datetime(2027, 1, 5, 3, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The small world of purchases."""
    return belanja_dunia.fill


def test_checked_in_december_opened_in_january(entry: LoggedIn, engine: Engine) -> None:
    with writing(engine, EVERY_OPD) as session:
        belanja_verbs.record(session, ACTORS["citra"], belanja_dunia.belanja(), belanja_dunia.NOW)
    with time_machine.travel(DESEMBER, tick=False):
        joko = entry("joko")
        page = joko.get("/akhir-tahun/")
        assert "Dibuka mulai 1 Januari 2027." in page.tree.text_content()
        early = joko.post("/akhir-tahun/2027/buka", status=409)
        assert "mulai 1 Januari 2027" in early.tree.text_content()
    with time_machine.travel(JANUARI, tick=False):
        joko = entry("joko")
        page = joko.get("/akhir-tahun/?tahun=2027")
        done = joko.follow(joko.submit(page, "/akhir-tahun/2027/buka"))
        assert "1 batas kartu dan 1 baris dibawa" in done.tree.text_content()
        assert "Bawa yang menyusul" in done.tree.text_content()
        citra = entry("citra")
        own = citra.get("/akhir-tahun/2027/dinkes/")
        assert "Masih terbuka, 1 baris" in own.tree.text_content()
        for link in own.tree.xpath("//main//table//a/@href"):
            citra.get(link)
        citra.get("/akhir-tahun/2027/disdik/", status=404)
        citra.get("/akhir-tahun/1999/dinkes/", status=404)
