"""No page scrolls sideways, is cut, runs on without end or breaks WCAG, for anybody who opens it.

Everybody walks from their own first screen (tests/browser/crawl.py) through a month half done, at
five widths, in both languages and themes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pytest
from playwright.sync_api import Browser

from kkpd.core.db.session import EVERY_OPD, writing
from kkpd.web.globals import engine, settings
from tests.browser.bulan import jalani
from tests.browser.conftest import PATIENCE, log_in
from tests.browser.crawl import Crawl
from tests.browser.kantor import AREA, Kantor, kantor_baru
from tests.databases import SqliteDatabases

#: person -> where the walk begins
ENTRIES: Final = {
    "citra": ("/", f"{AREA}/cocok/", f"{AREA}/tagihan/1"),
    "dewi": ("/", f"{AREA}/persetujuan/", f"{AREA}/persetujuan/terbit"),
    "ani": ("/", f"{AREA}/belanja-saya/"),
    "budi": ("/", f"{AREA}/persetujuan/"),
    "hana": ("/", f"{AREA}/pembayaran/"),
    "fitri": ("/", "/papan/", "/tindak-lanjut/"),
    "gilang": ("/", "/laporan/"),
    "lukman": ("/", f"{AREA}/pembayaran/"),
    "joko": ("/", "/admin/"),
}


@pytest.fixture(scope="module")
def office(
    sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Kantor]:
    """An office with its month half done."""
    with kantor_baru(sqlite_databases, tmp_path_factory.mktemp("instance")) as found:
        with found.app.app_context(), writing(engine(), EVERY_OPD) as session:
            jalani(session, settings().instance)
        yield found


def test_every_page_of_everybody(chromium: Browser, office: Kantor) -> None:
    crawl = Crawl(office.app.url_map.bind("127.0.0.1"), office.alamat)
    for entry, starts in ENTRIES.items():
        context = chromium.new_context(
            base_url=office.alamat, locale="id-ID", reduced_motion="reduce"
        )
        context.set_default_timeout(PATIENCE)
        log_in(context.new_page(), entry)
        crawl.walk(context, entry, starts)
        context.close()
    assert crawl.faults == []
