"""The bulk review with rows in it, and a purchase with everything opened: no sideways scrolling."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

import pytest
from playwright.sync_api import Page

from kkpd.belanja import verbs as belanja_verbs
from kkpd.core.config import Settings
from kkpd.core.db.session import EVERY_OPD, writing
from kkpd.core.money import Rupiah
from kkpd.web.globals import engine, now
from tests.browser.axe import overflow, violations
from tests.browser.conftest import LOOKS, OpenPage, served
from tests.browser.kantor import nota
from tests.cast import ACTORS
from tests.databases import SqliteDatabases
from tests.program import leave, program
from tests.worlds import office as worlds

AREA: Final = "/dinkes/2026-10/belanja"
BARANG: Final = (
    ("Laptop 14 inci", 4_850_000),
    ("Lampu jalan tenaga surya", 2_500_000),
    ("Hand tractor kelompok tani", 4_500_000),
    ("Alatserbaguna merk Kwikpro-XJ900/super-panjang-tanpa-spasi-sekali", 1_750_000),
)


@pytest.fixture(scope="module")
def address(
    sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """An office with purchases whose class is in doubt."""
    given = {
        "KKPD_INSTANCE": str(tmp_path_factory.mktemp("instance")),
        "KKPD_DATABASE_URL": sqlite_databases.new(worlds.fill),
        "KKPD_DEMO": "1",
    }
    app = program(Settings.load(given))
    with app.app_context(), writing(engine(), EVERY_OPD) as session:
        for goods, price in BARANG:
            amount = Rupiah.of(price)
            row = worlds.belanja(
                uraian=goods, rupiah=price, volume=1, harga_satuan=amount, kunci_kirim=goods[:60]
            )
            belanja_verbs.record(session, ACTORS["citra"], row, now())
    with served(app) as found:
        yield found
    leave(app)


@pytest.mark.parametrize("path", ["kelas", "1"])
def test_doubtful_classes_fit_a_phone_with_everything_open(
    open_page: OpenPage, snapshot: Callable[[Page, str], None], path: str
) -> None:
    page = open_page("citra", f"{AREA}/{path}")
    if path == "1":  # a proof's hash in the history is one word of 64 letters
        page.set_input_files("input[type=file]", nota("nota.jpg"))
        page.get_by_role("button", name="Lampirkan").click()
        page.get_by_text("Bukti dilampirkan").first.wait_for()
    for look in (LOOKS[0], LOOKS[3]):
        page.set_viewport_size({"width": look.width, "height": look.height})
        page.emulate_media(color_scheme=look.scheme)
        page.evaluate("document.querySelectorAll('main details').forEach(d => { d.open = true })")
        snapshot(page, f"tinjau-{path}-{look.name}")
        assert violations(page) == [], look.name
        assert overflow(page) == 0, look.name
    if path == "kelas":
        assert page.locator("tbody tr").count() >= 2
        for one in page.locator("tbody tr select, tbody tr .amount").all():  # phone: all in sight
            box = one.bounding_box()
            assert box is not None
            assert box["x"] + box["width"] <= LOOKS[3].width
