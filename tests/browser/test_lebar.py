"""No page scrolls sideways and no column is cut, from 375 to 1,920 pixels, in both languages.

`HALAMAN` is the one list of addresses by role; a page that is added there is measured.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal

import pytest
from playwright.sync_api import Page

from kkpd.core.db.session import EVERY_OPD, writing
from kkpd.web.globals import engine, settings
from tests.browser.bulan import jalani
from tests.browser.conftest import OpenPage
from tests.browser.kantor import AREA, kantor_baru
from tests.databases import SqliteDatabases

WIDTHS: Final = (375, 768, 1024, 1280, 1920)
SCHEMES: Final[tuple[Literal["light", "dark"], ...]] = ("light", "dark")
#: role -> the addresses that it opens
HALAMAN: Final = {
    "citra": (
        f"{AREA}/bulan-ini/",
        f"{AREA}/cocok/",
        f"{AREA}/cocok/?tampil=semua&urut=-nilai",
        f"{AREA}/cocok/?cari=tidak+ada",
        f"{AREA}/cocok/terima",
        f"{AREA}/cocok/kelompok",
        f"{AREA}/cocok/tautan?jenis=semua",
        f"{AREA}/cocok/tutup",
        f"{AREA}/cocok/aturan/",
        f"{AREA}/tagihan/",
        f"{AREA}/tagihan/1",
        f"{AREA}/tagihan/unggah",
        f"{AREA}/tagihan/riwayat",
        f"{AREA}/penutupan/",
    ),
    "fitri": ("/periode/", f"{AREA}/cocok/"),
}
#: What stands outside the window, and every box that hides a part of what it holds.
CUT: Final = """() => {
    const width = document.documentElement.clientWidth, found = [];
    const name = (el) => `${el.tagName.toLowerCase()}.${el.className}`;
    for (const el of document.querySelectorAll('details')) el.open = !el.closest('.top');
    if (document.documentElement.scrollWidth > width) found.push('the page scrolls sideways');
    for (const el of document.querySelectorAll('main *, .top *, .context *')) {
        const box = el.getBoundingClientRect();
        if (!el.checkVisibility() || box.width < 2) continue;
        if (el.closest('.vh, .me, .menu, option')) continue;
        if (box.right > width + 1) found.push(`${name(el)} ends at ${Math.round(box.right)}`);
        const hides = getComputedStyle(el).overflowX !== 'visible' && !el.matches('input, select');
        if (hides && el.scrollWidth > el.clientWidth + 1 && el.clientWidth > 20)
            found.push(`${name(el)} hides ${el.scrollWidth - el.clientWidth}`);
    }
    return [...new Set(found)].slice(0, 5);
}"""


@pytest.fixture(scope="module")
def address(
    sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """An office with its month half done."""
    with kantor_baru(sqlite_databases, tmp_path_factory.mktemp("instance")) as office:
        with office.app.app_context(), writing(engine(), EVERY_OPD) as session:
            jalani(session, settings().instance)
        yield office.alamat


def speak(page: Page, language: str) -> None:
    """Choose the language in the menu of the person."""
    button = page.locator(f"button[name='bahasa'][value='{language}']").first
    with page.expect_navigation():
        button.evaluate("button => button.form.requestSubmit(button)")


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("entry", HALAMAN)
def test_nothing_is_cut_at_any_width(open_page: OpenPage, entry: str, language: str) -> None:
    page = open_page(entry, "/")
    speak(page, language)
    found = {}
    for path in HALAMAN[entry]:
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            for scheme in SCHEMES:
                page.emulate_media(color_scheme=scheme)
                cut = page.evaluate(CUT)
                if cut:
                    found[path, width, scheme] = cut
    assert found == {}
