"""Receipts in real Chromium: 15 files over 15 purchases, and a holder's day on a phone."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.browser.axe import overflow, violations
from tests.browser.conftest import LOOKS, Look, OpenPage
from tests.browser.kantor import AREA, address, bebankan, kantor, nota
from tests.worlds.office import ATK, foto

__all__ = ["address", "kantor"]
INBOX = f"{AREA}/kotak-bukti/"
PHONE = LOOKS[2]
SHOPS = (
    *("Sumber Rejeki", "Fotokopi Deli", "Hotel Kanaya", "Bengkel Motor", "Apotek Farma"),
    *("Katering Ida", "Optik Melawai", "Gramedia", "Percetakan Mandiri", "Kantin Lestari"),
    *("Komputer Link", "Sanitasi Prima", "Bangunan Abadi", "Indomaret", "Alfamart"),
)
SNAP = Callable[[Page, str], None]


class Hand:
    """A hand that counts what it does."""

    def __init__(self) -> None:
        self.acts = 0

    def click(self, what: Locator) -> None:
        """One click."""
        self.acts += 1
        what.click()

    def press(self, page: Page, key: str) -> None:
        """One key."""
        self.acts += 1
        page.keyboard.press(key)

    def choose(self, page: Page, files: list[FilePayload]) -> None:
        """Files dropped or chosen together: one act."""
        self.acts += 1
        page.get_by_label("Kirim bukti").set_input_files(files)


def paste_fifteen(page: Page) -> None:
    """A month's purchases from a spreadsheet; the inbox is the page after it."""
    rows = [
        f"{number:02d}/10/2026\t4821\t{shop}\tKertas {number}\t{ATK}\t{number * 10_500}"
        for number, shop in enumerate(SHOPS, 1)
    ]
    page.get_by_text("Tempel dari lembar kerja").click()
    page.get_by_label("Baris yang disalin").fill("\n".join(rows))
    page.get_by_role("button", name="Masukkan ke tabel").click()
    page.get_by_role("button", name="Periksa dan simpan semua").click()
    expect(page.get_by_text("15 belanja tercatat.")).to_be_visible()


def photos(names: list[str]) -> list[FilePayload]:
    """Small real photos, no two alike."""
    return [
        {"name": name, "mimeType": "image/jpeg", "buffer": foto(size=(40 + at, 30))}
        for at, name in enumerate(names)
    ]


def good(page: Page) -> None:
    """Nothing sideways, nothing against WCAG."""
    assert overflow(page) == 0
    assert violations(page) == []


def test_fifteen_receipts_whose_names_tell_take_three_acts(
    open_page: OpenPage, snapshot: SNAP
) -> None:
    citra, hand = open_page("citra", f"{AREA}/belanja/banyak"), Hand()
    paste_fifteen(citra)
    named = [f"struk {n * 10_500} {shop.lower()}.jpg" for n, shop in enumerate(SHOPS, 1)]
    hand.choose(citra, photos(named))
    expect(citra.get_by_role("heading", level=2, name="15 sudah jelas belanjanya")).to_be_visible()
    good(citra)
    snapshot(citra, "kotak-pasti")
    hand.click(citra.get_by_text("Lampirkan 15 yang jelas…"))
    hand.click(citra.get_by_role("button", name="Ya, lampirkan 15 berkas"))
    expect(citra.get_by_text("15 bukti terlampir pada belanjanya.")).to_be_visible()
    expect(citra.get_by_role("heading", level=1)).to_have_text("Kotak bukti")
    assert hand.acts <= 6


def test_fifteen_receipts_that_say_nothing_take_one_act_each(
    open_page: OpenPage, snapshot: SNAP
) -> None:
    """The person looks at each picture: the first with the mouse, the others by keyboard."""
    citra, hand = open_page("citra", f"{AREA}/belanja/banyak"), Hand()
    paste_fifteen(citra)
    hand.choose(citra, photos([f"IMG_{number:04d}.jpg" for number in range(15)]))
    expect(citra.get_by_role("heading", level=1)).to_have_text("Kotak bukti: 15 berkas menunggu")
    good(citra)
    snapshot(citra, "kotak-pilih")
    hand.click(citra.locator(".pick").first)
    for left in range(14, 0, -1):
        said = f"Kotak bukti: {left} berkas menunggu"
        expect(citra.get_by_role("heading", level=1)).to_have_text(said)
        expect(citra.locator(".pick").first).to_be_focused()
        hand.press(citra, "Enter")
    expect(citra.get_by_role("heading", level=1)).to_have_text("Kotak bukti")
    assert hand.acts <= 17


@pytest.mark.parametrize("look", LOOKS, ids=[look.name for look in LOOKS])
def test_the_inbox_in_each_look(open_page: OpenPage, look: Look, snapshot: SNAP) -> None:
    ani = open_page("ani", INBOX, look)
    ani.get_by_label("Kirim bukti").set_input_files(photos(["IMG_0001.jpg", "nota.jpg"]))
    expect(ani.get_by_role("heading", level=1)).to_have_text("Kotak bukti: 2 berkas menunggu")
    good(ani)
    snapshot(ani, f"kotak-{look.name}")


def test_the_inbox_without_javascript(open_page: OpenPage) -> None:
    ani = open_page("ani", INBOX, java_script_enabled=False)
    ani.get_by_label("Kirim bukti").set_input_files(photos(["IMG_0001.jpg"]))
    ani.get_by_role("button", name="Kirim", exact=True).click()
    expect(ani.get_by_text("1 berkas diterima.")).to_be_visible()
    ani.get_by_text("Buang: bukan bukti belanja").click()
    ani.get_by_label("Mengapa dibuang").fill("Foto keluarga")
    ani.get_by_role("button", name="Buang").click()
    expect(ani.get_by_text("Tidak ada berkas yang menunggu")).to_be_visible()


def fill_in(page: Page, nilai: str) -> None:
    """The short form, but for its button."""
    page.get_by_label("Bukti", exact=False).first.set_input_files(nota("n.jpg", len(nilai) * 9))
    page.get_by_label("Nilai", exact=True).fill(nilai)
    page.get_by_label("Di mana").fill("Warung Sate")
    page.get_by_label("Untuk apa").fill("Konsumsi rapat")
    bebankan(page, ATK)


def test_a_holder_s_day_on_a_phone(open_page: OpenPage, snapshot: SNAP) -> None:
    """Recorded with a photo, corrected, split, cancelled; a double is told while typing."""
    ani = open_page("ani", f"{AREA}/belanja-saya/baru", PHONE)
    fill_in(ani, "48.500")
    good(ani)
    ani.get_by_role("button", name="Simpan dan periksa").click()
    heading = ani.get_by_role("heading", level=1)
    expect(heading).to_have_text(re.compile("Warung Sate: Rp.48.500"))
    good(ani)
    snapshot(ani, "pemegang-rinci")
    ani.get_by_role("link", name="Ubah").click()
    ani.get_by_label("Nilai", exact=True).fill("50.000")
    good(ani)
    snapshot(ani, "pemegang-ubah")
    ani.get_by_role("button", name="Simpan dan periksa").click()
    expect(heading).to_have_text(re.compile("Rp.50.000"))
    ani.get_by_role("link", name="Pecah").click()
    ani.get_by_label("Nilai").first.fill("30.000")
    ani.get_by_label("Untuk apa").nth(1).fill("Kertas")
    ani.get_by_label("Nilai").nth(1).fill("20.000")
    good(ani)
    snapshot(ani, "pemegang-pecah")
    ani.get_by_role("button", name="Pecah menjadi bagian ini").click()
    expect(heading).to_have_text(re.compile("Rp.30.000"))

    ani.get_by_role("link", name="Catat belanja lain").click()
    fill_in(ani, "30.000")
    expect(ani.get_by_role("heading", name="Sudah ada belanja yang sama")).to_be_visible()
    good(ani)
    snapshot(ani, "pemegang-sama")
    ani.get_by_label("Tetap simpan: ini belanja lain").check()
    ani.get_by_role("button", name="Simpan dan periksa").click()
    expect(heading).to_have_text(re.compile("Rp.30.000"))
    ani.get_by_role("link", name="Batalkan…").click()
    ani.get_by_label("Alasan pembatalan").fill("Tercatat dua kali")
    good(ani)
    ani.get_by_role("button", name="Batalkan belanja").click()
    expect(ani.get_by_text("Dibatalkan", exact=True).first).to_be_visible()
    snapshot(ani, "pemegang-batal")
