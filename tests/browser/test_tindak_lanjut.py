"""A case from hit to outcome by two people, and a trail from a paper to the bank's row and back."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from kkpd.core.db.session import EVERY_OPD, writing
from kkpd.engines.watch.shapes import Hit
from kkpd.oversight.cases import open_from_hits
from kkpd.web.globals import engine, settings
from tests.browser.axe import overflow, violations
from tests.browser.conftest import LOOKS, OpenPage
from tests.browser.kantor import Kantor, address, kantor, nota
from tests.cast import DINKES
from tests.worlds.chain_steps import baris_bank, berbukti, pair_in_order
from tests.worlds.office import NOW

__all__ = ["address", "kantor"]


def looked_at(page: Page) -> None:
    """Nothing sticks out, and axe has nothing to say."""
    assert overflow(page) <= 0
    assert violations(page) == []


def test_from_hit_to_outcome_by_two_people_and_open_again(
    kantor: Kantor, open_page: OpenPage
) -> None:
    with kantor.app.app_context(), writing(engine(), EVERY_OPD) as session:
        (line,) = baris_bank(session, 4_500_000)
        said = "Uraiannya memuat kata permainan uang."
        cause = "kartu:1/judi"
        hit = Hit("judi", "salah", (line.id,), line.nilai, cause, said, "Bukti setor.", "UU 1")
        open_from_hits(session, DINKES, [hit], NOW)
    dewi, fitri = open_page("dewi", "/perlu/", LOOKS[2]), open_page("fitri", "/tindak-lanjut/")
    expect(fitri.get_by_role("heading", level=1)).to_have_text("1 tindak lanjut, Rp 4.500.000")
    looked_at(fitri)

    dewi.get_by_role("link", name=re.compile("Jawab 1 tindak lanjut")).first.click()
    dewi.get_by_role("link", name="judi").click()
    expect(dewi.get_by_text(said).first).to_be_visible()
    expect(dewi.get_by_role("button", name="Catat hasilnya")).to_have_count(0)
    looked_at(dewi)
    dewi.get_by_label("Apa yang terjadi").fill("Dipakai pribadi; sudah disetor kembali.")
    dewi.get_by_label("Foto atau PDF bukti").set_input_files(nota("setor.jpg", 9))
    dewi.get_by_role("button", name="Kirim jawaban").click()
    expect(dewi.get_by_role("status")).to_contain_text("Jawaban terkirim")

    fitri.goto("/tindak-lanjut/")
    fitri.get_by_role("link", name="judi").click()
    expect(fitri.get_by_role("link", name="Bukti: setor.jpg")).to_be_visible()
    fitri.get_by_label("Hasil", exact=True).select_option("pribadi_dikembalikan")
    fitri.get_by_label("Alasan", exact=True).fill("Setoran cocok dengan rekening koran.")
    fitri.get_by_role("button", name="Catat hasilnya").click()
    expect(fitri.get_by_role("status")).to_contain_text("selesai")

    fitri.get_by_text("Buka lagi…").click()
    fitri.get_by_label("Mengapa dibuka lagi").fill("Bank menarik keterangannya.")
    fitri.get_by_role("button", name="Buka lagi").click()
    expect(fitri.get_by_role("button", name="Catat hasilnya")).to_be_visible()
    expect(fitri.get_by_text("Bank menarik keterangannya.")).to_be_visible()
    looked_at(fitri)
    kinds = [event.jenis for event in kantor.log_events("kasus:langkah:putus")]
    assert kinds == ["kasus:langkah:putus"]


def test_the_auditor_walks_the_trail_and_changes_nothing(
    kantor: Kantor, open_page: OpenPage
) -> None:
    with kantor.app.app_context(), writing(engine(), EVERY_OPD) as session:
        row = berbukti(session, settings().instance, 1)
        baris_bank(session, 750_000)
        pair_in_order(session, row.id)
    gilang = open_page("gilang", "/cari/")
    looked_at(gilang)
    gilang.get_by_label("Yang dicari").fill("750.000")
    gilang.get_by_role("button", name="Cari").click()
    looked_at(gilang)
    gilang.get_by_role("region", name="Belanja").get_by_role("link").first.click()
    expect(gilang.locator("#bukti")).to_contain_text("nota-1.jpg")
    expect(gilang.locator("main form[method=post]:not([action*=tanya])")).to_have_count(0)
    gilang.locator("[aria-labelledby=judul-bank]").get_by_role("link").click()
    line = gilang.locator("tr[id^=baris-]").first
    expect(line).to_contain_text("baris 10")
    line.get_by_role("link", name=re.compile("750.000")).click()
    expect(gilang.get_by_role("heading", level=1)).to_contain_text("750.000")
