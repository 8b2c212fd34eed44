"""A small real office behind a real server, and how its people act in their browsers.

`Kantor` is a fresh program on a copied database with accounts, one DPA and ceilings; the clock
stands in October 2026, the month that is open. Each helper is one thing a person does on a page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Final

import pytest
import time_machine
from flask import Flask
from playwright.sync_api import FilePayload, Locator, Page, expect
from sqlalchemy import select

from kkpd.core.config import Settings
from kkpd.core.db.session import EVERY_OPD, reading
from kkpd.models import Event
from kkpd.web.globals import engine
from tests.browser.conftest import served
from tests.databases import Databases, SqliteDatabases
from tests.engines.reading.bills import BillSheet, Item
from tests.program import leave, program
from tests.worlds import office as belanja_dunia
from tests.worlds.office import ATK, LAPTOP, foto

AREA: Final = "/dinkes/2026-10"
SAAT: Final = datetime(2026, 10, 28, 2, 0, tzinfo=UTC)
#: What the bank bills: two exact, one with a surcharge, one nobody logged, stamp duty.
TAGIHAN: Final = BillSheet(
    [
        Item(date(2026, 10, 14), Decimal(750_000), "SUMBER REJEKI MEDAN ID", card="4821"),
        Item(date(2026, 10, 15), Decimal(12_875_000), "KOMPUTER LINK JAKARTA", card="4821"),
        Item(date(2026, 10, 16), Decimal(121_500), "FOTOKOPI DELI", card="4821"),
        Item(date(2026, 10, 20), Decimal(65_000), "KANTIN SINAR LESTARI", card="4821"),
        Item(date(2026, 10, 25), Decimal(10_000), "BEA METERAI", card="4821"),
    ],
    bill_date=date(2026, 10, 25),
    due_date=date(2026, 11, 14),
    card="4821",
    stamp_duty=Decimal(10_000),
    extra=[["", "", "", "", "CATATAN: SIMPAN BUKTI ANDA", "", "", "", ""]],
)


@dataclass(frozen=True)
class Kantor:
    """The program, and where it answers."""

    app: Flask
    alamat: str

    def log_events(self, jenis: str) -> list[Event]:
        """The events of this kind, oldest first."""
        with self.app.app_context(), reading(engine(), EVERY_OPD) as session:
            rows = session.scalars(select(Event).where(Event.jenis == jenis).order_by(Event.id))
            return list(rows)


@contextmanager
def kantor_baru(databases: Databases, instance: Path) -> Iterator[Kantor]:
    """A program of its own, served for as long as the block lasts."""
    config = Settings.load(
        {
            "KKPD_INSTANCE": str(instance),
            "KKPD_DATABASE_URL": databases.new(belanja_dunia.fill),
            "KKPD_DEMO": "1",
        }
    )
    app = program(config)
    with time_machine.travel(SAAT, tick=True), served(app) as alamat:
        yield Kantor(app, alamat)
    leave(app)


@pytest.fixture
def kantor(sqlite_databases: SqliteDatabases, tmp_path: Path) -> Iterator[Kantor]:
    """An office of the test's own."""
    with kantor_baru(sqlite_databases, tmp_path / "instance") as found:
        yield found


@pytest.fixture
def address(kantor: Kantor) -> str:
    """Where `open_page` goes: that office."""
    return kantor.alamat


def nota(nama: str, shade: int = 120) -> FilePayload:
    """A small real photo to attach."""
    return {"name": nama, "mimeType": "image/jpeg", "buffer": foto(shade=shade)}


def catat(page: Page, *, nilai: str, di: str, untuk: str, tanggal: str, akun: str = ATK) -> None:
    """Fill the purchase form on the page, evidence too, and save it."""
    page.get_by_label("Nilai", exact=True).fill(nilai)
    page.get_by_label("Di mana").fill(di)
    page.get_by_label("Untuk apa").fill(untuk)
    page.get_by_label("Tanggal", exact=True).fill(tanggal)
    bebankan(page, akun)
    page.get_by_label("Bukti").first.set_input_files(nota(f"nota-{nilai}.jpg", len(di) * 5))
    page.get_by_role("button", name="Simpan dan periksa").click()


def bebankan(page: Page, akun: str) -> None:
    """Choose the DPA line: by typing where the page searches, else in the list."""
    search = page.get_by_role("combobox", name="Pembebanan")
    if search.evaluate("box => box.tagName") == "SELECT":
        value = search.locator(f"option[value*='{akun}']").get_attribute("value")
        search.select_option(value)
        return
    search.fill(akun)
    search.press("Enter")


def unggah(page: Page, nama: str, media: str, data: bytes) -> None:
    """Upload a bill as far as its check."""
    page.goto(f"{AREA}/tagihan/unggah")
    page.get_by_label("Berkas dari bank").set_input_files(
        {"name": nama, "mimeType": media, "buffer": data}
    )
    page.get_by_role("button", name="Unggah dan periksa").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Periksa {nama}")


def panels(page: Page) -> Iterator[Locator]:
    """Each waiting line of the desk, chosen at the left and shown at the right."""
    lines = page.locator("a.line")
    for number in range(lines.count()):
        lines.nth(number).click()
        panel = page.locator(".panel:visible")
        expect(panel).to_have_count(1)
        yield panel


def uji(panel: Locator, keputusan: str, *, tidak: int | None = None, **form_values: str) -> None:
    """Choose for one line of the desk; nothing is saved before it is signed."""
    panel.get_by_label(keputusan).check()
    if tidak is not None:
        panel.locator(f"input[type=checkbox][value='{tidak}']").check()
    for nama, nilai in form_values.items():
        panel.locator(f"[name^='{nama}-']").fill(nilai)


def tandatangani(page: Page) -> None:
    """From the desk to the check-answers page, and sign."""
    page.get_by_role("button", name="Periksa pilihan, tandatangani…").click()
    page.get_by_role("button", name=re.compile("Tandatangani .* putusan")).click()


def unduh(page: Page, tombol: str) -> bytes:
    """Press a button that gives a file; its bytes."""
    with page.expect_download() as found:
        page.get_by_role("button", name=tombol).first.click()
    return Path(found.value.path()).read_bytes()


__all__ = ["AREA", "LAPTOP", "TAGIHAN", "Kantor", "address", "bebankan", "catat", "kantor",
           "kantor_baru", "nota", "panels", "tandatangani", "uji", "unduh", "unggah"]  # fmt: skip
