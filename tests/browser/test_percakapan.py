"""The conversation by keyboard: asked and answered, returned and mended, each on the first screen
of whose move it is, at most two clicks from reason and act.
"""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from kkpd.core.db.session import EVERY_OPD, writing
from kkpd.web.globals import engine, settings
from tests.browser.conftest import LOOKS, OpenPage
from tests.browser.kantor import AREA, Kantor, address, kantor, nota
from tests.worlds.desk import waiting

__all__ = ["address", "kantor"]
DESK = f"{AREA}/persetujuan/"


def reached(target: Locator) -> Page:
    """The page, once Tab has come to it."""
    page = target.page
    for _ in range(120):
        if target.evaluate("one => one === document.activeElement"):
            return page
        page.keyboard.press("Tab")
    raise AssertionError(f"not reached by keyboard: {target}")


def press(target: Locator) -> None:
    """Walk to it, and press Enter there."""
    page = reached(target)
    page.keyboard.press("Enter")
    page.wait_for_load_state()


def write(target: Locator, text: str) -> None:
    """Walk to the field, and type."""
    reached(target).keyboard.type(text)


def words(page: Page) -> Locator:
    """What was said to the person, on the first screen."""
    page.goto("/")
    return page.get_by_role("region", name="Dikatakan kepada Anda")


def test_asked_answered_returned_mended_and_signed(kantor: Kantor, open_page: OpenPage) -> None:
    with kantor.app.app_context(), writing(engine(), EVERY_OPD) as session:
        [row] = waiting(session, settings().instance, 0, 1, checked=False)
        row_id, place = row.id, f"{AREA}/belanja/{row.id}"
    budi, ani = open_page("budi", DESK), open_page("ani", "/", LOOKS[2])
    press(budi.locator(".panel:visible").get_by_role("link", name="Tanyakan sesuatu…"))
    expect(budi).to_have_url(re.compile(place))
    press(budi.get_by_text("Tanyakan sesuatu…"))
    budi.get_by_label("Kepada").select_option(label="Ani Pemegang")
    write(budi.get_by_label("Pertanyaan"), "Untuk rapat yang mana?")
    press(budi.get_by_role("button", name="Kirim pertanyaan"))
    expect(budi.get_by_role("status")).to_contain_text("Pertanyaan terkirim")

    told = words(ani)
    expect(told).to_contain_text("Untuk rapat yang mana?")
    press(told.get_by_role("link"))
    write(ani.get_by_label("Jawaban Anda"), "Rapat koordinasi 14 Oktober.")
    press(ani.get_by_role("button", name="Kirim jawaban"))
    expect(ani.get_by_role("status")).to_contain_text("Jawaban terkirim")

    expect(words(budi)).to_contain_text("Rapat koordinasi 14 Oktober.")
    budi.goto(DESK)
    panel = budi.locator(".panel:visible")
    expect(panel).to_contain_text("Rapat koordinasi 14 Oktober.")
    budi.keyboard.press("t")
    budi.keyboard.type("Nota tidak terbaca, foto ulang.")
    budi.keyboard.press("Tab")
    budi.keyboard.press("p")
    expect(budi.get_by_role("heading", level=1)).to_contain_text("Tandatangani: 1 baris")
    budi.keyboard.press("Enter")
    expect(budi.get_by_role("heading", level=1)).to_contain_text("Persetujuan Oktober")

    the_holder_mends_and_the_treasurer_sends_again(ani, open_page("citra", "/"), row_id)

    budi.goto(DESK)
    panel = budi.locator(".panel:visible")
    expect(panel).to_contain_text("Nota tidak terbaca, foto ulang.")
    expect(panel).to_contain_text("ulang.jpg")
    budi.keyboard.press("s")
    budi.keyboard.press("p")
    expect(budi.get_by_role("heading", level=1)).to_contain_text("Tandatangani: 1 baris")
    budi.keyboard.press("Enter")
    expect(budi.get_by_role("status")).to_contain_text("1 DPR ditandatangani")


def the_holder_mends_and_the_treasurer_sends_again(ani: Page, citra: Page, row_id: int) -> None:
    """The reason stands on both first screens, and leaves them with the act."""
    told = words(ani)
    expect(told).to_contain_text("Budi Teknis (PPTK) mengembalikan")
    expect(told).to_contain_text("Nota tidak terbaca, foto ulang.")
    press(told.get_by_role("link"))
    expect(ani.locator("#percakapan")).to_contain_text("Nota tidak terbaca, foto ulang.")
    ani.locator("input[type=file]").first.set_input_files(nota("ulang.jpg", 77))
    press(ani.get_by_role("button", name="Lampirkan"))
    expect(ani.get_by_role("status")).to_contain_text("1 bukti terlampir")

    expect(words(citra)).to_contain_text("Nota tidak terbaca, foto ulang.")
    citra.goto(f"{AREA}/dpr/")
    citra.locator(f"input[name=transaksi][value='{row_id}']").check()
    press(citra.get_by_role("button", name="Ajukan"))
    expect(citra.get_by_role("status")).to_contain_text("1 belanja diajukan")
    for page in (citra, ani):
        expect(words(page)).to_have_count(0)


def test_the_treasurer_gives_a_purchase_back_to_its_holder(
    kantor: Kantor, open_page: OpenPage
) -> None:
    with kantor.app.app_context(), writing(engine(), EVERY_OPD) as session:
        [row] = waiting(session, settings().instance, 0, 1, checked=False)
        row_id = row.id
    mine = f"{AREA}/belanja-saya/{row_id}"
    ani, citra = open_page("ani", mine, LOOKS[2]), open_page("citra", f"{AREA}/dpr/")
    box = ani.locator("#percakapan")
    expect(box).to_contain_text("sudah diajukan, jadi isinya tidak dapat diubah")
    expect(box).to_contain_text("Citra")
    expect(ani.get_by_role("link", name="Ubah", exact=True)).to_have_count(0)

    citra.locator(f"input[name=transaksi][value='{row_id}']").check()
    press(citra.get_by_role("button", name="Tarik kembali"))
    expect(citra.get_by_role("status")).to_contain_text("1 belanja ditarik kembali")
    citra.goto(f"{AREA}/belanja/{row_id}")
    press(citra.get_by_text("Tanyakan sesuatu…"))
    citra.get_by_label("Kepada").select_option(label="Ani Pemegang")
    write(citra.get_by_label("Pertanyaan"), "Tulis untuk kegiatan apa kertasnya.")
    press(citra.get_by_role("button", name="Kirim pertanyaan"))
    expect(citra.get_by_role("status")).to_contain_text("Pertanyaan terkirim")

    told = words(ani)
    expect(told).to_contain_text("Tulis untuk kegiatan apa kertasnya.")
    press(told.get_by_role("link"))
    press(ani.get_by_role("link", name="Ubah", exact=True))
    ani.get_by_label("Untuk apa").fill("Kertas HVS A4 untuk rapat koordinasi")
    press(ani.get_by_role("button", name="Simpan", exact=False).first)
    expect(ani.locator("main")).to_contain_text("Kertas HVS A4 untuk rapat koordinasi")
