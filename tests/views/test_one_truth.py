"""One purchase, refused in part, paid, and then a refund of it: every page says the same rupiah."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.approval import decide as approval_decide
from kkpd.approval import dpt
from kkpd.core.config import Settings
from kkpd.core.db.session import EVERY_OPD, writing
from kkpd.core.money import Rupiah
from kkpd.engines.watch.shapes import Hit
from kkpd.models import Tagihan
from kkpd.oversight.cases import open_from_hits
from kkpd.payment import pay as payment_pay
from kkpd.web.globals import engine
from tests.cast import ACTORS, DINKES
from tests.client import PageClient
from tests.databases import Fill
from tests.pagecheck import text_of
from tests.worlds import office as belanja_dunia
from tests.worlds.chain_steps import (
    OKTOBER,
    baris_bank,
    berbukti,
    diperiksa,
    due_bill,
    issue_step,
    penerbit,
    setuju,
)
from tests.worlds.office import NOW

LoggedIn = Callable[[str], PageClient]
AREA = "/dinkes/2026-10"


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The small world of purchases."""
    return belanja_dunia.fill


@pytest.fixture
def belanja(app: Flask, settings: Settings) -> tuple[int, int]:
    """(purchase of 750,000 of which 700,000 is approved and paid, refund of 100,000 of it)."""
    with app.app_context(), writing(engine(), EVERY_OPD) as session:
        due_bill(session, date(2026, 11, 10))
        row = berbukti(session, settings.instance, 1)
        diperiksa(session, settings.instance, row)
        some = {"nilai": Rupiah.of(700_000), "alasan": "kelebihan hitung"}
        approval_decide.decide(session, ACTORS["dewi"], setuju(row, **some), NOW)
        _pay(session, settings.instance)
        back = berbukti(session, settings.instance, 2, rupiah=-100_000, asal_id=row.id)
        diperiksa(session, settings.instance, back)
        return row.id, back.id


def _pay(session: Session, folder: Path) -> None:
    office = penerbit(folder)
    issued = dpt.issue_dpt(session, ACTORS["dewi"], DINKES, OKTOBER, office, NOW)
    for jenis, who in (("npd", "dewi"), ("spp", "citra"), ("spm", "dewi")):
        issue_step(session, ACTORS[who], issued.id, jenis, office, NOW)
    for langkah, who in (("sp2d", "lukman"), ("bayar", "citra")):
        paper = payment_pay.RecordStep(issued.id, langkah, f"{langkah}/1", NOW.date())
        payment_pay.record(session, ACTORS[who], paper, NOW)


def refund_signed(dewi: PageClient, back: int) -> None:
    """The refund's one act on the desk, signed."""
    page, desk = dewi.get(f"{AREA}/persetujuan/"), f"{AREA}/persetujuan/"
    review = dewi.submit(page, f"{desk}putuskan", 200, **{f"putusan-{back}": "setuju"})
    dewi.submit(review, f"{desk}putuskan", tanda_tangan="1")


def test_a_refund_has_one_act_and_no_refusal(entry: LoggedIn, belanja: tuple[int, int]) -> None:
    dewi, (_, back) = entry("dewi"), belanja
    page = dewi.get(f"{AREA}/persetujuan/")
    assert "Tolak, dengan surat pemberitahuan" not in page.text
    said = "Rp 100.000 kembali kepada anggaran, Rp 0 mengurangi tanggungan pemegang."
    assert f"Pengembalian dari Toko Sumber Rejeki: {said}" in page.text
    refund_signed(dewi, back)
    assert "pengembalian dicatat" in dewi.get(f"{AREA}/persetujuan/").text


def test_one_purchase_and_its_refund_say_the_same_on_every_page(
    entry: LoggedIn, app: Flask, belanja: tuple[int, int]
) -> None:
    dewi, citra, (row, back) = entry("dewi"), entry("citra"), belanja
    for address in (f"{AREA}/belanja/{row}", f"{AREA}/belanja/"):
        assert "disetujui Rp 700.000" in citra.get(address).text
        assert "ditolak Rp 50.000" in citra.get(address).text
    refund_signed(dewi, back)
    with app.app_context(), writing(engine(), EVERY_OPD) as session:
        bill = session.scalars(select(Tagihan.id)).one()
    page = citra.get(f"{AREA}/tagihan/{bill}")
    left = "Sisa −Rp 50.000"  # the holder's 50,000 and the refund's -100,000
    assert left in page.text.replace("minus ", "")
    assert "Rp 50.000: pemegang kartu membayar kembali" in page.text
    assert "−Rp 100.000: Pengguna Anggaran menerbitkan DPT" in page.text.replace("minus ", "")
    assert "bank dibayar 21 hari sebelum jatuh tempo" in page.text
    assert left in citra.get(f"{AREA}/tagihan/").text.replace("minus ", "")
    page = citra.get(f"{AREA}/bulan-ini/")
    assert "Dibelanjakan Rp 650.000; tagihan bulan ini meminta Rp 650.000." in page.text
    assert "lewat jatuh tempo" not in page.text
    assert citra.get(f"{AREA}/tanggungan/").h1 == "Tanggungan di luar APBD: sisa Rp 50.000"
    assert "Lunasi tagihan bank" not in citra.get(f"{AREA}/tenggat/").text
    assert "Bayar kembali 1 belanja Anda Oktober 2026" in entry("ani").get("/perlu/").text
    board = entry("fitri").get("/papan/?tahun=2026")
    assert board.h1 == "Selisih Rp 0 pada 0 dari 2 OPD"
    assert "Dijelaskan, belum selesai: 1 bagian, Rp 50.000." in board.text
    assert "Rp 700.000" in dewi.get(f"{AREA}/pemantauan/").text  # realisasi of the DPT
    assert "−Rp 100.000 belum lunas" in entry("fitri").get("/akhir-tahun/2027/dinkes/").h1


def test_each_cell_of_the_boards_charts_opens_the_same_figure(
    entry: LoggedIn, app: Flask, belanja: tuple[int, int]
) -> None:
    """By OPD, and from there the OPD's own page."""
    with app.app_context(), writing(engine(), EVERY_OPD) as session:
        (line,) = baris_bank(session, 4_500_000)
        hit = Hit("judi", "salah", (line.id,), line.nilai, "kartu:1/judi", "Kata.", "-", "UU 1")
        open_from_hits(session, DINKES, [hit], NOW)
    fitri = entry("fitri")
    cells = fitri.get("/papan/?tahun=2026").tree.xpath("//td/a[contains(@href, 'sorot=')]")
    opened = set()
    for cell in cells:
        address, said = str(cell.get("href")), text_of(cell).replace("\u00a0", " ")
        told = fitri.get(address.partition("#")[0]).tree.xpath("//section[@id='sorot']")[0]
        assert said in text_of(told).replace("\u00a0", " "), address
        opened.add(address.partition("sorot=")[2].partition("&")[0])
        for link in told.xpath(".//th/a/@href"):
            fitri.get(str(link))
    assert opened >= {"umur", "up", "operasi", "toko", "tagihan", "kasus"}


def test_the_board_of_the_next_year_keeps_what_waits(
    entry: LoggedIn, belanja: tuple[int, int]
) -> None:
    board = entry("fitri").get("/papan/?tahun=2027")
    assert "Dibawa dari 2026" in board.text
    assert "50.000" in board.text
