"""The desk by keyboard: 16 lines in at most 20 keys."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from kkpd.core.db.session import EVERY_OPD, reading, writing
from kkpd.models import Transaksi
from kkpd.web.globals import engine
from tests.browser.conftest import OpenPage
from tests.browser.kantor import AREA, Kantor, kantor_baru
from tests.databases import SqliteDatabases
from tests.worlds.desk import waiting

DESK = f"{AREA}/persetujuan/"


@pytest.fixture
def kantor(sqlite_databases: SqliteDatabases, tmp_path: Path) -> Iterator[Kantor]:
    """A small office of its own."""
    with kantor_baru(sqlite_databases, tmp_path) as office:
        yield office


@pytest.fixture
def address(kantor: Kantor) -> str:
    """Where its pages are."""
    return kantor.alamat


def lived(kantor: Kantor, folder: Path, read: int, pictures: int, *, checked: bool = True) -> None:
    with kantor.app.app_context(), writing(engine(), EVERY_OPD) as session:
        waiting(session, folder, read, pictures, checked=checked)


def left(kantor: Kantor, status: str) -> int:
    with kantor.app.app_context(), reading(engine(), EVERY_OPD) as session:
        found = select(func.count()).where(Transaksi.status == status)
        return session.scalar(found) or 0


class Keys:
    """Presses keys and counts them."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def __call__(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.count += 1


def test_sixteen_lines_in_at_most_twenty_keys(
    kantor: Kantor, open_page: OpenPage, tmp_path: Path
) -> None:
    """Pictures that nobody read: each line is looked at and approved by one key, then signed."""
    lived(kantor, tmp_path / "instance", 0, 16)
    dewi = open_page("dewi", DESK)
    expect(dewi.locator("input[type=radio]:checked")).to_have_count(0)
    keys = Keys(dewi)
    keys(*["s"] * 16, "p")
    expect(dewi.get_by_role("heading", level=1)).to_contain_text("Tandatangani: 16 baris")
    assert left(kantor, "diperiksa") == 16, "nothing is written before the signature"
    keys("Enter")
    expect(dewi.get_by_role("status")).to_contain_text("16 disetujui, 0 ditolak")
    assert keys.count <= 20
    assert left(kantor, "disetujui") == 16


def test_lines_without_exception_in_one_act(
    kantor: Kantor, open_page: OpenPage, tmp_path: Path
) -> None:
    """14 whose evidence was read are one act; the 2 pictures wait for a look."""
    lived(kantor, tmp_path / "instance", 14, 2)
    dewi = open_page("dewi", DESK)
    expect(dewi.get_by_role("button", name="Setujui 14 baris tanpa catatan")).to_be_visible()
    keys = Keys(dewi)
    keys("a")
    expect(dewi.get_by_role("heading", level=1)).to_contain_text("Tandatangani: 14 baris")
    keys("Enter")
    expect(dewi.get_by_role("status")).to_contain_text("14 disetujui")
    assert keys.count == 2
    assert left(kantor, "diperiksa") == 2


def test_the_pptk_signs_by_keys_and_returns_one(
    kantor: Kantor, open_page: OpenPage, tmp_path: Path
) -> None:
    lived(kantor, tmp_path / "instance", 0, 4, checked=False)
    budi = open_page("budi", DESK)
    keys = Keys(budi)
    keys("s", "j", "k", "t")
    budi.keyboard.type("Nota tidak terbaca, s dan p juga huruf")
    expect(budi.locator("textarea:focus")).to_have_value("Nota tidak terbaca, s dan p juga huruf")
    budi.locator("a.line").nth(2).click()
    keys("s", "s", "?", "z")
    expect(budi.locator("details[data-bantuan]")).to_have_attribute("open", "")
    expect(budi.locator(".preview.zoom")).to_have_count(1)
    keys("Escape", "p")
    expect(budi.get_by_role("heading", level=1)).to_contain_text("Tandatangani: 4 baris")
    expect(budi.get_by_role("main")).to_contain_text("Nota tidak terbaca, s dan p juga huruf")
    keys("Enter")
    expect(budi.get_by_role("status")).to_contain_text("1 DPR ditandatangani")
    assert (left(kantor, "diperiksa"), left(kantor, "berbukti")) == (3, 1)


def test_keys_can_be_switched_off(kantor: Kantor, open_page: OpenPage, tmp_path: Path) -> None:
    lived(kantor, tmp_path / "instance", 0, 2)
    dewi = open_page("dewi", DESK)
    dewi.get_by_text("Tombol", exact=False).first.click()
    dewi.get_by_role("button", name="Matikan tombol tunggal").click()
    dewi.wait_for_load_state()
    dewi.keyboard.press("s")
    expect(dewi.locator("input[type=radio]:checked")).to_have_count(0)
