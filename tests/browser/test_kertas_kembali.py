"""Papers sent back, by keyboard: who must draw them up anew reads why on the first screen, and is
where to act in at most two clicks; a question about a DPT is answered there.
"""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect
from sqlalchemy.orm import Session

from kkpd.approval import decide, dpt
from kkpd.core.db.session import EVERY_OPD, writing
from kkpd.web.globals import engine, settings
from tests.browser.conftest import LOOKS, OpenPage
from tests.browser.kantor import AREA, Kantor, address, kantor
from tests.browser.test_percakapan import press, words, write
from tests.cast import ACTORS, DINKES
from tests.worlds.chain_steps import OKTOBER, issue_step, penerbit, setuju
from tests.worlds.desk import waiting
from tests.worlds.office import NOW

__all__ = ["address", "kantor"]
Snapshot = Callable[[Page, str], None]
PAY = f"{AREA}/pembayaran/"


def paid_up_to(kantor: Kantor, *steps: tuple[str, str]) -> int:
    """A DPT of two purchases that has taken these steps (by whom, which)."""
    with kantor.app.app_context(), writing(engine(), EVERY_OPD) as session:
        return _dpt(session, steps)


def _dpt(session: Session, steps: tuple[tuple[str, str], ...]) -> int:
    folder = settings().instance
    for row in waiting(session, folder, 2):
        decide.decide(session, ACTORS["dewi"], setuju(row), NOW)
    paper = dpt.issue_dpt(session, ACTORS["dewi"], DINKES, OKTOBER, penerbit(folder), NOW)
    for who, step in steps:
        issue_step(session, ACTORS[who], paper.id, step, penerbit(folder), NOW)
    return paper.id


def acted(told: Locator, name: str) -> Page:
    """The page of the one thing to do: the first click."""
    page = told.page
    press(told.get_by_role("link", name=name))
    return page


def test_the_ppk_sends_an_spp_back_and_the_treasurer_draws_it_up_anew(
    kantor: Kantor, open_page: OpenPage, snapshot: Snapshot
) -> None:
    paid_up_to(kantor, ("dewi", "npd"), ("citra", "spp"))
    hana, citra = open_page("hana", PAY), open_page("citra", "/", LOOKS[2])
    press(hana.get_by_role("link", name="Uji SPP-GU"))
    write(hana.get_by_label("Alasan"), "SPTB tanpa tanggal DPA.")
    snapshot(hana, "ppk-mengembalikan")
    press(hana.get_by_role("button", name="Kembalikan SPP-GU"))
    expect(hana.get_by_role("status")).to_contain_text("dikembalikan kepada bendahara")

    told = words(citra)
    expect(told).to_contain_text("Hana Penatausahaan (PPK-SKPD) mengembalikan")
    expect(told).to_contain_text("SPTB tanpa tanggal DPA.")
    snapshot(citra, "spp-kembali-layar-pertama")
    page = acted(told, "Terbitkan yang baru")
    expect(page.get_by_role("main")).to_contain_text("SPTB tanpa tanggal DPA.")
    snapshot(page, "spp-kembali-pembayaran")
    press(page.get_by_role("button", name="Terbitkan SPP"))
    expect(page.get_by_role("status")).to_be_visible()
    expect(words(page)).to_have_count(0)


def test_the_bud_sends_an_spm_back_and_the_pa_draws_it_up_anew(
    kantor: Kantor, open_page: OpenPage, snapshot: Snapshot
) -> None:
    paid_up_to(kantor, ("dewi", "npd"), ("citra", "spp"), ("dewi", "spm"))
    lukman, dewi = open_page("lukman", PAY), open_page("dewi", "/")
    press(lukman.get_by_text("Kembalikan SPM-GU…"))
    write(lukman.get_by_label("Alasan, dibaca Pengguna Anggaran"), "Rekening bank keliru.")
    snapshot(lukman, "bud-mengembalikan")
    press(lukman.get_by_role("button", name="Kembalikan SPM-GU"))
    expect(lukman.get_by_role("status")).to_contain_text("dikembalikan kepada Pengguna Anggaran")

    told = words(dewi)
    expect(told).to_contain_text("Rekening bank keliru.")
    page = acted(told, "Terbitkan yang baru")
    press(page.get_by_role("button", name="Terbitkan SPM"))
    expect(page.get_by_role("status")).to_be_visible()
    expect(words(page)).to_have_count(0)


def test_a_refused_request_for_another_ceiling_is_made_again(
    kantor: Kantor, open_page: OpenPage, snapshot: Snapshot
) -> None:
    dewi, joko = open_page("dewi", f"{AREA}/pagu/"), open_page("joko", "/admin/up?tahun=2026")
    ask_for(dewi, "60000000", "rata-rata 55 juta sebulan")
    joko.reload()
    snapshot(joko, "usulan-menunggu")
    write(joko.get_by_label("Alasan menolak"), "Belum perlu tahun ini.")
    press(joko.get_by_role("button", name="Tolak usulan"))

    told = words(dewi)
    expect(told).to_contain_text("Belum perlu tahun ini.")
    page = acted(told, "Usulkan lagi")
    snapshot(page, "usulan-ditolak")
    ask_for(page, "55000000", "rata-rata 54 juta sebulan, paling tinggi 55 juta")
    expect(words(page)).to_have_count(0)


def ask_for(page: Page, amount: str, why: str) -> None:
    """The PA asks for another UP KKPD."""
    press(page.get_by_text("Usulkan perubahan UP KKPD…"))
    form = page.locator("form[action$='/usulan']")
    write(form.locator("[name='up_kkpd']"), amount)
    form.locator("[name='alasan']").select_option("kebutuhan_naik")
    write(form.locator("[name='uraian']"), why)
    press(form.get_by_role("button", name="Kirim usulan"))
    expect(page.get_by_role("status")).to_be_visible()


def test_a_question_about_a_dpt_is_answered_in_two_clicks(
    kantor: Kantor, open_page: OpenPage, snapshot: Snapshot
) -> None:
    paper = f"/dokumen/{paid_up_to(kantor)}"
    hana, dewi = open_page("hana", paper), open_page("dewi", "/", LOOKS[2])
    press(hana.get_by_text("Tanyakan sesuatu…"))
    hana.get_by_label("Kepada").select_option(label="Dewi Anggaran")
    write(hana.get_by_label("Pertanyaan"), "DPA perubahan yang mana?")
    press(hana.get_by_role("button", name="Kirim pertanyaan"))

    told = words(dewi)
    expect(told).to_contain_text("DPA perubahan yang mana?")
    page = acted(told, "Jawab")
    write(page.get_by_label("Jawaban Anda"), "DPPA nomor 2.")
    snapshot(page, "pertanyaan-dpt")
    press(page.get_by_role("button", name="Kirim jawaban"))
    expect(page.get_by_label("Jawaban Anda")).to_have_count(0)  # the next page is there
    expect(words(page)).to_have_count(0)
    told = words(hana)
    expect(told).to_contain_text("DPPA nomor 2.")
    expect(acted(told, "Lanjutkan").locator("#percakapan")).to_contain_text("DPPA nomor 2.")
