"""The guided month walked from its page by all its people: nine steps, nine ticks."""

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
from kkpd.demo import ground as demo_ground
from kkpd.demo import guided_month as demo_guided
from kkpd.demo import script as demo_script
from kkpd.demo.flow import LivedYear
from kkpd.organisation.passwords import hash_password
from kkpd.organisation.setup.demo_logins import DEMO_LOGIN_WORD
from kkpd.oversight.guided_month import ALL_RECEIPTS, BILL, FILES, GUIDED_OPD
from kkpd.web.globals import engine
from kkpd.web.stores import penerbit, store
from tests.browser.axe import overflow, violations
from tests.browser.conftest import OpenPage, served
from tests.databases import SqliteDatabases, nothing
from tests.program import leave, program

SAAT: Final = datetime(2026, 12, 2, 2, 0, tzinfo=UTC)
GUIDE: Final = "/panduan/bulan/"


@pytest.fixture
def instance(tmp_path: Path) -> Path:
    """The folder of the program, with the month's files."""
    return tmp_path / "instance"


@pytest.fixture
def address(sqlite_databases: SqliteDatabases, instance: Path) -> Iterator[str]:
    """A demo with nothing in it but the guided month."""
    url = sqlite_databases.new(nothing)
    given = {"KKPD_INSTANCE": str(instance), "KKPD_DATABASE_URL": url, "KKPD_DEMO": "1"}
    with time_machine.travel(SAAT, tick=True):
        app = program(Settings.load(given))
        with app.app_context(), writing(engine(), EVERY_OPD) as session:
            opds, across = demo_ground.lay(session, 2026, hash_password(DEMO_LOGIN_WORD))
            opd = next(one for one in opds if one.slug == GUIDED_OPD)
            demo_ground.issue_spd(session, across["admin"], opd, 10)
            watch = across["bud"], across["inspektur"]
            life = LivedYear(opd, [], 2026, store(), penerbit(), *watch)
            demo_guided.prepare(session, life, demo_script.thing(), instance / FILES)
        with served(app) as found:
            yield found
        leave(app)


def enter(page: Page, step: int, who: str) -> None:
    """From the guide: the step is the current one, and its primary act is this person's."""
    page.goto(GUIDE)
    card = page.locator("li[aria-current=step]")
    expect(card.get_by_role("heading")).to_contain_text(f"{step}. ")
    button = card.locator("button.primary")
    expect(button).to_contain_text(f"Masuk sebagai {who}")
    button.click()
    page.wait_for_url(re.compile("/dinkes/2026-11/"))


def ticked(page: Page, count: int) -> None:
    """So many steps are done."""
    page.goto(GUIDE)
    expect(page.get_by_role("heading", level=1)).to_have_text(
        f"Bulan terpandu: {count} dari 9 langkah selesai"
    )


def said(page: Page, words: str) -> None:
    """The program answered so."""
    expect(page.get_by_role("status").filter(has_text=words)).to_be_visible()


def test_all_nine_steps_are_walked_and_ticked(open_page: OpenPage, instance: Path) -> None:
    page = open_page(None, GUIDE)
    assert (overflow(page), violations(page)) == (0, [])
    ticked(page, 0)
    the_bill_is_taken_in_and_matched(page, instance / FILES / BILL)
    the_missing_purchases_are_recorded(page)
    the_receipts_find_their_purchases(page, instance / FILES)
    everybody_signs(page)
    the_bank_is_paid(page)
    enter(page, 9, "Citra Contoh")
    page.get_by_role("button", name="Tutup periode").click()
    said(page, "Periode ditutup")
    ticked(page, 9)
    expect(page.locator("li[aria-current=step]")).to_have_count(0)


def the_bill_is_taken_in_and_matched(page: Page, bill: Path) -> None:
    """Steps 1 and 2: the certain pairs are made by themselves, the surcharge waits for a person."""
    enter(page, 1, "Citra Contoh")
    page.get_by_label("Berkas dari bank").set_input_files(bill)
    page.get_by_role("button", name="Unggah dan periksa").click()
    page.get_by_role("button", name=re.compile(r"Ambil \d+ baris baru")).click()
    expect(page.get_by_text("7 baris langsung cocok")).to_be_visible()
    enter(page, 2, "Citra Contoh")
    page.get_by_role("link", name=re.compile(r"\+3,0%")).click()
    page.get_by_role("button", name="Pasangkan", exact=True).click()
    expect(page.get_by_role("button", name="Urungkan")).to_be_visible()


def the_missing_purchases_are_recorded(page: Page) -> None:
    """Step 3: each shop as proposed, and the stamp duty explained as proposed."""
    enter(page, 3, "Citra Contoh")
    heading = page.get_by_role("heading", level=1)
    for left in (4, 0):
        page.get_by_role("button", name=re.compile("^Catat dan pasangkan")).first.click()
        expect(heading).to_have_text(f"{left} baris tanpa belanja")
    page.get_by_role("link", name="Kembali ke pencocokan").first.click()
    page.get_by_text("Jelaskan, atau belum dapat diputuskan…").click()
    page.get_by_role("button", name="Simpan penjelasan").click()
    expect(heading).to_have_text(re.compile("^Selisih Rp.0$"))


def the_receipts_find_their_purchases(page: Page, folder: Path) -> None:
    """Step 4: all at once, each by amount and day in its name."""
    enter(page, 4, "Citra Contoh")
    receipts = [one for one in folder.iterdir() if one.name not in (BILL, ALL_RECEIPTS)]
    page.get_by_label("Kirim bukti").set_input_files(receipts)
    page.get_by_text("Lampirkan 12 yang jelas…").click()
    page.get_by_role("button", name="Ya, lampirkan 12 berkas").click()
    said(page, "12 bukti terlampir")


def everybody_signs(page: Page) -> None:
    """Steps 5 to 7."""
    enter(page, 5, "Citra Contoh")
    page.get_by_role("button", name="Ajukan kepada PPTK").click()
    said(page, "16 belanja diajukan")
    enter(page, 5, "Budi Contoh")
    all_is_signed(page)
    ticked(page, 5)
    enter(page, 6, "dr. Dewi Contoh")
    all_is_signed(page)
    enter(page, 7, "dr. Dewi Contoh")
    page.get_by_role("button", name="Terbitkan DPT KKPD").click()
    said(page, "Terbit")


def all_is_signed(page: Page) -> None:
    """What is without exception in one act, the others by keys."""
    page.get_by_role("button", name=re.compile(r"^Setujui \d+ baris tanpa catatan")).click()
    page.get_by_role("button", name=re.compile("Tandatangani .* putusan")).click()
    expect(page.get_by_role("status")).to_be_visible()
    for _line in page.locator("a.line").all():
        page.keyboard.press("s")
    page.keyboard.press("p")
    page.get_by_role("button", name=re.compile("Tandatangani .* putusan")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("tidak ada yang menunggu")


def the_bank_is_paid(page: Page) -> None:
    """Step 8: six acts of four people, each when it is theirs."""
    issued(page, "dr. Dewi Contoh", "NPD")
    issued(page, "Citra Contoh", "SPP-GU")
    enter(page, 8, "Hana Contoh")
    page.get_by_role("link", name="Uji SPP-GU").click()
    page.get_by_role("button", name="Ambil jawaban program").click()
    for group in page.get_by_role("group").filter(has=page.get_by_role("radio")).all():
        if not group.locator(":checked").count():
            group.get_by_label("Ya").check()
    page.get_by_role("button", name="Verifikasi SPP-GU").click()
    said(page, "SPP-GU diverifikasi")
    issued(page, "dr. Dewi Contoh", "SPM-GU")
    for who, number in (("Maya Teladan", "SP2D/001/2026"), ("Citra Contoh", "DEBET-77812")):
        enter(page, 8, who)
        page.get_by_label("Nomor").fill(number)
        page.get_by_label("Tanggal").fill("02/12/2026")
        page.get_by_role("button", name="Catat").click()
        said(page, "Dicatat.")


def issued(page: Page, who: str, paper: str) -> None:
    """The next paper of the one DPT."""
    enter(page, 8, who)
    page.get_by_role("button", name=f"Terbitkan {paper}").click()
    said(page, "Terbit:")
