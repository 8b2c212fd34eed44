"""Every main page of every role: WCAG 2.2 AA, no sideways scrolling, all by keyboard.

The pages show a month in the middle of its work (tests/browser/bulan.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Final

import pdfplumber
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from kkpd.core.db.session import EVERY_OPD, writing
from kkpd.web.globals import engine, settings
from tests.browser.axe import overflow, violations
from tests.browser.bulan import jalani
from tests.browser.conftest import LOOKS, PATIENCE, OpenPage, log_in
from tests.browser.kantor import AREA, Kantor, kantor_baru
from tests.databases import SqliteDatabases

#: page -> who looks, where; {words} are keys of the month
HALAMAN: Final = {
    "bulan-ini": ("citra", f"{AREA}/bulan-ini/"),
    "tagihan": ("citra", f"{AREA}/tagihan/"),
    "tagihan-rinci": ("citra", f"{AREA}/tagihan/1"),
    "unggah": ("citra", f"{AREA}/tagihan/unggah"),
    "belanja": ("citra", f"{AREA}/belanja/"),
    "belanja-baru": ("citra", f"{AREA}/belanja/baru"),
    "belanja-rinci": ("citra", f"{AREA}/belanja/{{belanja}}"),
    "tinjau": ("citra", f"{AREA}/belanja/kelas"),
    "cocok": ("citra", f"{AREA}/cocok/"),
    "cocok-semua": ("citra", f"{AREA}/cocok/?tampil=semua"),
    "tutup": ("citra", f"{AREA}/cocok/tutup"),
    "dpr": ("citra", f"{AREA}/dpr/"),
    "pembayaran": ("citra", f"{AREA}/pembayaran/"),
    "belanja-saya": ("ani", f"{AREA}/belanja-saya/"),
    "belanja-saya-baru": ("ani", f"{AREA}/belanja-saya/baru"),
    "pptk": ("budi", f"{AREA}/persetujuan/"),
    "persetujuan": ("dewi", f"{AREA}/persetujuan/"),
    "uji": ("dewi", f"{AREA}/persetujuan/#baris-{{uji}}"),
    "terbit": ("dewi", f"{AREA}/persetujuan/terbit"),
    "pagu": ("hana", f"{AREA}/pagu/"),
    "perlu": ("citra", "/perlu/"),
    "pemantauan": ("fitri", "/pemantauan/"),
    "pemantauan-rinci": ("citra", f"{AREA}/pemantauan/"),
    "akhir-tahun": ("fitri", "/akhir-tahun/"),
    "akhir-tahun-rinci": ("citra", "/akhir-tahun/2027/dinkes/"),
    "papan": ("fitri", "/papan/"),
    "kasus": ("fitri", "/tindak-lanjut/"),
    "laporan": ("gilang", "/laporan/"),
    "dokumen": ("gilang", "/dokumen/{dokumen}"),
    "periksa": ("gilang", "/periksa/"),
    "admin": ("joko", "/admin/"),
    "admin-opd": ("joko", "/admin/opd"),
    "admin-orang": ("joko", "/admin/pengguna"),
    "admin-penugasan": ("joko", "/admin/penugasan"),
    "admin-kartu": ("joko", "/admin/kartu"),
    "admin-setelan": ("joko", "/admin/setelan"),
    "admin-acuan": ("joko", "/admin/acuan"),
}
JUDGED: Final = (LOOKS[0], LOOKS[3])
#: The money of a row is on the screen: no table hides a column on a phone.
HIDDEN: Final = """() => [...document.querySelectorAll('.table-box')]
    .filter(box => box.scrollWidth > box.clientWidth + 1)
    .map(box => box.getAttribute('aria-label'))"""
#: What can be pressed in the page's own part, radios as one group.
PRESSABLE: Final = """() => {
    const seen = new Set();
    const kinds = ['a[href]', 'button', 'input', 'select', 'textarea', 'summary'];
    return [...document.querySelectorAll(kinds.map(kind => `main ${kind}`).join())]
        .filter(el => el.checkVisibility() && !el.disabled && el.type !== 'hidden')
        .filter(el => el.type !== 'radio' || (!seen.has(el.name) && seen.add(el.name))).length;
}"""
INSIDE: Final = (
    "() => document.activeElement.closest('main') !== null && document.activeElement.id !== 'isi'"
)


@pytest.fixture(scope="module")
def bulan(
    sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Kantor, dict[str, int]]]:
    """An office with its month half done, and the keys that addresses need."""
    with kantor_baru(sqlite_databases, tmp_path_factory.mktemp("instance")) as office:
        with office.app.app_context(), writing(engine(), EVERY_OPD) as session:
            keys = jalani(session, settings().instance)
        yield office, keys


@pytest.fixture(scope="module")
def address(bulan: tuple[Kantor, dict[str, int]]) -> str:
    """Where `open_page` goes."""
    return bulan[0].alamat


@pytest.fixture(scope="module")
def browser_of(chromium: Browser, address: str) -> Iterator[Callable[[str], BrowserContext]]:
    """One browser a person, logged in once."""
    contexts: dict[str, BrowserContext] = {}

    def of(entry: str) -> BrowserContext:
        if entry not in contexts:
            contexts[entry] = chromium.new_context(
                base_url=address, locale="id-ID", reduced_motion="reduce"
            )
            contexts[entry].set_default_timeout(PATIENCE)
            log_in(contexts[entry].new_page(), entry)
        return contexts[entry]

    yield of
    for context in contexts.values():
        context.close()


@pytest.mark.parametrize("name", HALAMAN)
def test_a_page_for_everybody(
    bulan: tuple[Kantor, dict[str, int]],
    browser_of: Callable[[str], BrowserContext],
    snapshot: Callable[[Page, str], None],
    name: str,
) -> None:
    entry, path = HALAMAN[name]
    page = browser_of(entry).new_page()
    answer = page.goto(path.format(**bulan[1]))
    assert answer is not None
    assert answer.status == 200
    for look in LOOKS:  # each width and each scheme is judged by axe once, each look by its width
        page.set_viewport_size({"width": look.width, "height": look.height})
        page.emulate_media(color_scheme=look.scheme)
        snapshot(page, f"{name}-{look.name}")
        if look in JUDGED:
            assert violations(page) == [], look.name
        assert overflow(page) == 0, look.name
        if look.width < 600:
            assert page.evaluate(HIDDEN) == [], look.name
    page.close()


@pytest.mark.parametrize("name", ["cocok", "uji", "dpr", "belanja-baru", "perlu", "admin-kartu"])
def test_everything_is_reached_by_tab(
    bulan: tuple[Kantor, dict[str, int]],
    browser_of: Callable[[str], BrowserContext],
    name: str,
) -> None:
    entry, path = HALAMAN[name]
    page = browser_of(entry).new_page()
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(path.format(**bulan[1]))
    page.locator("main").focus()
    wanted, reached = page.evaluate(PRESSABLE), 0
    for _press in range(wanted + 40):
        page.keyboard.press("Tab")
        if not page.evaluate(INSIDE):
            break
        reached += page.evaluate(
            "() => document.activeElement.matches('a, button, input, select, textarea, summary')"
        )
    page.close()
    assert reached == wanted


def test_keys_of_the_reconciliation(open_page: OpenPage) -> None:
    """Arrows move, `/` opens the split, none acts while typing, and all can be switched off."""
    page = open_page("citra", f"{AREA}/cocok/")
    lines = page.locator("a.line")
    first, second = lines.nth(0), lines.nth(1)
    expect(first).to_have_attribute("aria-current", "true")
    expect(first).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(second).to_have_attribute("aria-current", "true")
    expect(second).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(first).to_have_attribute("aria-current", "true")
    page.keyboard.press("/")
    split = page.locator("details[data-tombol='/']")
    expect(split).to_have_attribute("open", "")
    note = split.get_by_label("Catatan")
    note.fill("")
    note.press("n")
    expect(note).to_have_value("n")
    page.get_by_role("button", name="Matikan tombol tunggal").click()
    expect(page.locator("html")).to_have_attribute("data-tombol", "mati")
    page.locator("main").focus()
    page.keyboard.press("/")
    expect(page.locator("details[data-tombol='/']")).not_to_have_attribute("open", "")
    page.reload()
    page.get_by_role("button", name="Hidupkan tombol tunggal").click()
    expect(page.locator("html")).to_have_attribute("data-tombol", "hidup")


def test_a_month_prints_its_work_only(open_page: OpenPage) -> None:
    page = open_page("citra", f"{AREA}/cocok/?tampil=semua")
    page.emulate_media(media="print")
    expect(page.locator(".top")).to_be_hidden()
    expect(page.locator("a.line").first).to_be_visible()
    expect(page.get_by_role("button", name="Pasangkan").first).to_be_hidden()


@pytest.mark.parametrize(
    ("path", "amounts"),
    [(f"{AREA}/cocok/?tampil=semua", "a.line .line-sum"), (f"{AREA}/belanja/", "tbody .num")],
)
def test_a_printed_page_holds_every_amount_on_a4(
    open_page: OpenPage, path: str, amounts: str
) -> None:
    page = open_page("citra", path)
    shown = {text.split()[-1] for text in page.locator(amounts).all_inner_texts()}
    assert shown
    with pdfplumber.open(BytesIO(page.pdf(prefer_css_page_size=True))) as paper:
        text = " ".join(one.extract_text() for one in paper.pages)
        words = [word for one in paper.pages for word in one.extract_words()]
        assert {(round(one.width), round(one.height)) for one in paper.pages} == {(595, 842)}
    assert {amount for amount in shown if amount not in text} == set()
    assert [word["text"] for word in words if word["x1"] > 595 - 35] == []
    assert "Catat belanja" not in text
