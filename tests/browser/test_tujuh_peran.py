"""The chain by everybody who has a part in it, each in a browser of their own: a purchase approved
in part, one refused and repaid, money that came back, and the way from DPR to lunas and review.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from playwright.sync_api import Page, expect
from sqlalchemy import select

from kkpd.core.db.session import EVERY_OPD, reading
from kkpd.core.money import ZERO, Rupiah
from kkpd.engines.paper.verify import verify
from kkpd.models import Ceiling, Transaksi
from kkpd.web.globals import engine
from tests.browser.conftest import LOOKS, OpenPage
from tests.browser.kantor import (
    AREA,
    LAPTOP,
    Kantor,
    address,
    catat,
    kantor,
    nota,
    panels,
    tandatangani,
    uji,
    unduh,
    unggah,
)
from tests.engines.reading.bills import BillSheet, Item, as_csv

__all__ = ["address", "kantor"]
TAGIHAN: Final = BillSheet(
    [
        Item(date(2026, 10, 14), Decimal(750_000), "SUMBER REJEKI MEDAN ID", card="4821"),
        Item(date(2026, 10, 15), Decimal(12_500_000), "KOMPUTER LINK JAKARTA", card="4821"),
        Item(date(2026, 10, 16), Decimal(65_000), "KANTIN SINAR LESTARI", card="4821"),
        Item(date(2026, 10, 20), Decimal(-250_000), "SUMBER REJEKI MEDAN ID", card="4821"),
    ],
    bill_date=date(2026, 10, 25),
    due_date=date(2026, 11, 14),
    card="4821",
)


@dataclass
class Orang:
    """Everybody's page; the seven who act, the inspector and the auditor who look."""

    ani: Page
    citra: Page
    budi: Page
    dewi: Page
    hana: Page
    lukman: Page
    fitri: Page
    gilang: Page


def h1(page: Page, words: str) -> None:
    """The heading says so."""
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(words))


def said(page: Page, words: str) -> None:
    """The program answered so."""
    expect(page.get_by_role("status")).to_contain_text(words)


def test_the_chain_by_all_its_roles(
    kantor: Kantor, open_page: OpenPage, snapshot: Callable[[Page, str], None]
) -> None:
    bayar = f"{AREA}/pembayaran/"
    who = Orang(
        ani=open_page("ani", f"{AREA}/belanja-saya/baru", LOOKS[2]),
        citra=open_page("citra", f"{AREA}/tagihan/"),
        budi=open_page("budi", f"{AREA}/persetujuan/"),
        dewi=open_page("dewi", f"{AREA}/persetujuan/"),
        hana=open_page("hana", bayar),
        lukman=open_page("lukman", bayar),
        fitri=open_page("fitri", "/papan/"),
        gilang=open_page("gilang", "/"),
    )
    the_holder_logs(who.ani)
    the_treasurer_takes_in_and_matches(who.citra)
    the_pptk_checks(who.citra, who.budi)
    number = the_pa_decides(who.dewi)
    everybody_pays(who, snapshot)
    assert states(kantor) == {
        750_000: "lunas",
        12_500_000: "lunas",
        65_000: "ditolak",
        -250_000: "lunas",
    }
    the_refused_is_repaid(who.citra)
    the_month_is_closed_and_reviewed(who)
    the_auditor_takes_the_dpt(kantor, who.gilang, number)
    assert states(kantor)[65_000] == "dibayar_pribadi"
    assert held(kantor) == {"dpa": Rupiah.of(750_000 + 12_000_000 - 250_000)}


def states(kantor: Kantor) -> dict[int, str]:
    """Whole rupiah of each purchase -> its status."""
    with kantor.app.app_context(), reading(engine(), EVERY_OPD) as session:
        return {row.nilai.sen // 100: row.status for row in session.scalars(select(Transaksi))}


def held(kantor: Kantor) -> dict[str, Rupiah]:
    """What the ceilings of each kind still hold."""
    sums: dict[str, Rupiah] = {}
    with kantor.app.app_context(), reading(engine(), EVERY_OPD) as session:
        for row in session.scalars(select(Ceiling)):
            sums[row.jenis] = sums.get(row.jenis, ZERO) + row.reserved + row.posted
    return {jenis: amount for jenis, amount in sums.items() if amount}


def the_holder_logs(ani: Page) -> None:
    """Three purchases on the phone, with their receipts."""
    bought = (
        ("750.000", "Toko Sumber Rejeki", "Kertas HVS A4 dan pulpen", "14/10/2026"),
        ("12.500.000", "Komputer Link", "Laptop 14 inci untuk loket", "15/10/2026"),
        ("65.000", "Kantin Sinar Lestari", "Alat tulis kantor dari kantin", "16/10/2026"),
    )
    for nilai, di, untuk, tanggal in bought:
        ani.goto(f"{AREA}/belanja-saya/baru")
        more = {"akun": LAPTOP} if di == "Komputer Link" else {}
        catat(ani, nilai=nilai, di=di, untuk=untuk, tanggal=tanggal, **more)
        h1(ani, di)


def the_treasurer_takes_in_and_matches(citra: Page) -> None:
    """The bill comes in; what is exact is matched; the refund finds its purchase."""
    unggah(citra, "tagihan-okt.csv", "text/csv", as_csv(TAGIHAN))
    citra.get_by_role("button", name="Ambil 4 baris baru").click()
    expect(citra.get_by_text("3 baris langsung cocok")).to_be_visible()
    citra.goto(f"{AREA}/cocok/")
    h1(citra, r"Selisih .*250\.000")
    citra.get_by_role("button", name="Ini pengembaliannya").first.click()
    h1(citra, r"Selisih Rp.0$")
    citra.goto(f"{AREA}/belanja/")
    citra.get_by_role("row").filter(has_text="Pengembalian").get_by_role("link").first.click()
    citra.locator("#bukti input[type=file]").first.set_input_files(nota("retur.jpg", 77))
    citra.get_by_role("button", name="Lampirkan").first.click()
    expect(citra.get_by_role("img", name="Bukti: retur.jpg")).to_be_visible()


def the_pptk_checks(citra: Page, budi: Page) -> None:
    """Put forward by the treasurer; who recorded nothing of it signs the DPRs."""
    citra.goto(f"{AREA}/dpr/")
    citra.get_by_role("button", name="Ajukan kepada PPTK").click()
    said(citra, "4 belanja diajukan")
    budi.reload()
    for panel in panels(budi):
        uji(panel, "Sesuai: masuk DPR")
    tandatangani(budi)
    said(budi, "2 DPR ditandatangani")


def the_pa_decides(dewi: Page) -> str:
    """Whole, in part, refused; the refund only once its purchase is approved; the DPT's number."""
    dewi.reload()
    for panel in panels(dewi):
        what = panel.inner_text()
        if "Komputer Link" in what:
            uji(panel, "Setujui sebagian", tidak=4, nilai="12.000.000",
                alasan="Tas tidak termasuk dalam pesanan.")  # fmt: skip
        elif "KANTIN" in what.upper():
            uji(panel, "Tolak, dengan surat pemberitahuan", tidak=2,
                alasan="Nota kantin bukan alat tulis kantor.")  # fmt: skip
        elif panel.get_by_label("Catat pengembaliannya").count():
            uji(panel, "Catat pengembaliannya")
        else:
            uji(panel, "Setujui seluruhnya")
    tandatangani(dewi)
    expect(dewi.get_by_role("status")).to_contain_text("1 pengembalian dicatat")
    numbers = []
    for issue in ("Terbitkan DPT KKPD", "Terbitkan surat penolakan"):
        dewi.goto(f"{AREA}/persetujuan/terbit")
        dewi.get_by_role("button", name=issue).click()
        heading = dewi.get_by_role("heading", level=1)
        expect(heading).to_contain_text("KKPD" if "surat" in issue else "DPT")
        numbers.append(heading.inner_text().split()[-1])
    return numbers[0]


def everybody_pays(who: Orang, snapshot: Callable[[Page, str], None]) -> None:
    """NPD, SPP, SPM, SP2D, debit: each by its own person; the verifier reads the second SPP, since
    the first was taken back.
    """
    terbitkan(who.dewi, "NPD")
    terbitkan(who.citra, "SPP-GU")
    taken_back(who.citra, snapshot)
    terbitkan(who.citra, "SPP-GU")
    who.hana.reload()
    expect(who.hana.get_by_role("button", name=re.compile("Terbitkan|Catat"))).to_have_count(0)
    spp = who.hana.get_by_role("listitem").filter(has_text="SPP-GU")
    spp.get_by_role("link").first.click()
    assert verify(unduh(who.hana, "Unduh PDF")).exit_status == 4
    expect(who.dewi.get_by_role("button", name="Terbitkan SPM-GU")).to_have_count(0)
    who.hana.go_back()
    who.hana.get_by_role("link", name="Uji SPP-GU").click()
    who.hana.get_by_role("button", name="Ambil jawaban program").click()
    for group in who.hana.get_by_role("group").filter(has=who.hana.get_by_role("radio")).all():
        if not group.locator(":checked").count():
            group.get_by_label("Ya").check()
    who.hana.get_by_role("button", name="Verifikasi SPP-GU").click()
    said(who.hana, "SPP-GU diverifikasi")
    terbitkan(who.dewi, "SPM-GU")
    catat_kertas(who.lukman, "SP2D/001/2026")
    catat_kertas(who.citra, "DEBET-77812")
    h1(who.citra, "semua DPT lunas")


def terbitkan(page: Page, paper: str) -> None:
    """Issue the next paper of the one DPT."""
    page.goto(f"{AREA}/pembayaran/")
    expect(page.get_by_role("heading", level=2)).to_contain_text(re.compile(r"Rp.12\.500\.000"))
    page.get_by_role("button", name=f"Terbitkan {paper}").click()
    said(page, "Terbit:")


def taken_back(page: Page, snapshot: Callable[[Page, str], None]) -> None:
    """The paper just issued is void, and says so; what was issued first is next again."""
    paper = page.get_by_role("listitem").filter(has_text="SPP-GU")
    paper.get_by_text("Batalkan…").click()
    paper.get_by_label("Mengapa dibatalkan").fill("Tanggalnya keliru")
    snapshot(page, "pembayaran-batalkan")
    paper.get_by_role("button", name="Batalkan dokumen").click()
    expect(page.get_by_text("Dokumen ini dibatalkan oleh Citra Bendahara")).to_be_visible()
    snapshot(page, "dokumen-dibatalkan")


def catat_kertas(page: Page, nomor: str) -> None:
    """Record number and day of another office's paper."""
    page.goto(f"{AREA}/pembayaran/")
    page.get_by_label("Nomor").fill(nomor)
    page.get_by_label("Tanggal").fill("28/10/2026")
    page.get_by_role("button", name="Catat").click()
    said(page, "Dicatat.")


def the_refused_is_repaid(citra: Page) -> None:
    """The holder makes good what was refused, whole, with its proof."""
    citra.goto(f"{AREA}/tanggungan/")
    h1(citra, r"sisa Rp.565\.000")
    row = citra.get_by_role("row").filter(has_text="Kantin Sinar Lestari")
    row.get_by_role("link", name="Catat pembayaran").click()
    citra.get_by_label("Nilai", exact=True).fill("65.000")
    citra.get_by_label("Tanggal bukti").fill("28/10/2026")
    citra.get_by_label("Nomor bukti").fill("STS-01")
    citra.get_by_role("button", name="Catat pembayaran").click()
    h1(citra, r"sisa Rp.500\.000")


def the_month_is_closed_and_reviewed(who: Orang) -> None:
    """Closed by the treasurer, confirmed by the PA, reviewed by the inspector."""
    who.citra.goto(f"{AREA}/cocok/tutup")
    who.citra.get_by_role("button", name="Tutup periode").click()
    for page, button in ((who.dewi, "Konfirmasi periode"), (who.fitri, "Catat sudah ditinjau")):
        page.goto(f"{AREA}/penutupan/")
        page.get_by_role("button", name=button).click()
        expect(page.get_by_role("status")).to_be_visible()


def the_auditor_takes_the_dpt(kantor: Kantor, gilang: Page, number: str) -> None:
    """The issued paper, its download logged, proves itself; nothing else of the OPD is there."""
    before = len(kantor.log_events("laporan:unduh"))
    gilang.reload()
    gilang.get_by_role("link", name=number, exact=True).click()
    assert verify(unduh(gilang, "Unduh PDF")).exit_status == 4
    assert len(kantor.log_events("laporan:unduh")) == before + 1
    assert gilang.request.get(f"{AREA}/pembayaran/").status in (403, 404)
