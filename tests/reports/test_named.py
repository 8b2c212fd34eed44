"""Every report from the books: totals against what was done, issuing, replacing, refusing."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.approval import decide as approval_decide
from kkpd.approval import dpt
from kkpd.core.errors import Conflict, DomainError, Forbidden, NotFound
from kkpd.core.moments import parse_span
from kkpd.core.money import ZERO, Rupiah
from kkpd.engines.paper import FrozenDocument as Document
from kkpd.engines.paper.sheet import draw
from kkpd.models import Dokumen, DokumenBaris, Opd, Temuan, Transaksi, UpKeputusan
from kkpd.reports import named
from kkpd.reports.forms.oversight import ProgrammeRow
from kkpd.reports.issue import jumlah
from kkpd.reports.named import recap
from tests.cast import ACTORS, DINKES
from tests.databases import Fill
from tests.worlds import office as belanja_dunia
from tests.worlds.chain_steps import OKTOBER, baris_bank, berbukti, diperiksa, penerbit, setuju
from tests.worlds.office import LAPTOP, NOW
from tests.worlds.report_world import DAYS, isi_bulan, susun


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The small world of purchases."""
    return belanja_dunia.fill


@pytest.fixture
def bulan(session: Session, tmp_path: Path) -> Session:
    """October with something of everything."""
    return isi_bulan(session, tmp_path)


#: report -> its amount for October (None: a form without one)
TOTAL_MARK: Final = {
    "dpr_perjalanan": 750_000,
    "dpr_barang": 2_250_000,
    "penolakan": 800_000,
    "dpt": 2_200_000,
    "dpt_gabungan": 1_450_000,
    "npd": 1_450_000,
    "spp_gu_pengantar": 1_450_000,
    "spp_gu_rincian": 1_450_000,
    "sptb": 1_450_000,
    "spm_gu": 1_450_000,
    "lpj": 1_450_000,
    "bku": 1_450_000,
    "buku_pembantu": 1_450_000,
    "register_tagihan": 3_030_000,
    "register_dpt": 1_450_000,
    "register_sp2d": 1_450_000,
    "rekonsiliasi": 3_030_000,
    "rekap": 1_450_000,
    "program": 1_450_000,
    "kelengkapan": 3_000_000,
    "ditolak": 800_000,
    "belum_lunas": 750_000,
    "pajak": 74_325,
}


def test_every_report_says_what_the_books_say(bulan: Session) -> None:
    for nama in named.LISTING:
        if nama == "dpr_modal":
            continue  # nothing of the kind was bought
        for opd in ("dinkes", "semua"):
            for periode in ("2026-10", "2026-T4", "2026"):
                if named.find(nama).single_opd and opd == "semua":
                    continue  # the officers of one OPD sign it
                made = susun(bulan, nama, opd, periode)
                assert made.rancangan
                assert made.periode == periode
                if nama in TOTAL_MARK:
                    assert jumlah(made) == Rupiah.of(TOTAL_MARK[nama]), (nama, opd, periode)
        assert draw(susun(bulan, nama))


def test_the_minutes_explain_every_rupiah(bulan: Session) -> None:
    tables = list(susun(bulan, "rekonsiliasi").data_table)
    assert tables[1].jumlah == (Rupiah.of(30_000),)
    reasons = [str(row[3]) for row in tables[1].baris]
    assert sum("Belum dijelaskan" in one for one in reasons) == 1
    assert sum("Bea meterai" in one for one in reasons) == 1
    assert len(reasons) == 2


def test_a_card_narrows_a_dpr_to_its_own_form(bulan: Session) -> None:
    whole = susun(bulan, "dpr_barang")
    mine = susun(bulan, "dpr_barang", kartu="4821")
    assert jumlah(mine) == jumlah(whole)
    with pytest.raises(NotFound, match="tidak ada untuk Oktober 2026"):
        susun(bulan, "dpr_barang", kartu="0000")


def test_findings_carry_their_amount_and_age(bulan: Session) -> None:
    rows = [
        Temuan(
            opd_id=DINKES, tahun=2026, bulan=10, aturan="uji", berat="info", subjek=subjek,
            pesan="Sesuatu", masukan={}, at=NOW,
        )
        for subjek in ("transaksi:1", "transaksi:999", "transaksi:x", "tagihan:1")
    ]  # fmt: skip
    rows[0].selesai_at, rows[0].selesai_oleh_id = NOW + timedelta(days=3), 1
    rows[0].selesai_catatan = "sudah"
    bulan.add_all(rows)
    bulan.flush()
    found = [row for row in next(susun(bulan, "temuan").data_table).baris if row[3] == "uji"]
    assert [row[5] for row in found] == [Rupiah.of(750_000), None, None, None]
    assert [row[6] for row in found] == [3, 35, 35, 35]
    assert [row[7] for row in found] == ["Selesai: sudah", "Terbuka", "Terbuka", "Terbuka"]


def test_units_stand_under_their_opd(bulan: Session) -> None:
    bulan.get_one(Opd, 2).induk_id = DINKES
    bulan.flush()
    assert named.coverage(bulan, ACTORS["fitri"], "dinkes", "laporan:susun").ids == (1, 2)
    assert named.coverage(bulan, ACTORS["citra"], "dinkes", "laporan:susun").ids == (1,)
    assert jumlah(susun(bulan, "rekap")) == Rupiah.of(1_450_000)


@pytest.mark.parametrize(
    ("who", "nama", "opd", "periode", "error"),
    [
        ("citra", "rekap", "semua", "2026-10", Forbidden),
        ("eko", "rekap", "dinkes", "2026-10", NotFound),
        ("fitri", "rekap", "antah", "2026-10", NotFound),
        ("fitri", "rekap", "dinkes", "2026-11", NotFound),
        ("fitri", "rekpa", "dinkes", "2026-10", NotFound),
        ("fitri", "zzz", "dinkes", "2026-10", NotFound),
        ("fitri", "pernyataan_up", "semua", "2026-10", DomainError),
        ("joko", "rekap", "dinkes", "2026-10", Forbidden),
        ("gilang", "rekap", "dinkes", "2026-10", Forbidden),
    ],
)
def test_refusals(
    bulan: Session, who: str, nama: str, opd: str, periode: str, error: type[DomainError]
) -> None:
    asked = named.ReportRequest(nama=nama, opd=opd, span=parse_span(periode))
    with pytest.raises(error):
        named.compose(bulan, ACTORS[who], asked, DAYS)


def test_months_without_papers_or_budget(session: Session, tmp_path: Path) -> None:
    berbukti(session, tmp_path, 1)
    for nama in ("dpr_barang", "dpt", "npd", "dpt_gabungan", "penolakan", "batas", "pernyataan_up"):
        with pytest.raises(NotFound, match="Dinas Kesehatan tidak ada untuk Oktober 2026"):
            susun(session, nama)
    for nama in ("register_sp2d", "register_tagihan", "pajak", "belum_lunas", "lpj", "bku"):
        assert susun(session, nama).isi
    with pytest.raises(NotFound):
        _without_budget(session)
    assert jumlah(_without_lines(session)) == ZERO


def test_a_month_in_which_nothing_happened_has_its_balances(bulan: Session) -> None:
    bulan.add(
        UpKeputusan(
            opd_id=DINKES, tahun=2027, nomor="UP/2", mulai=date(2027, 1, 4),
            up=Rupiah.of(50_000_000), up_kkpd=Rupiah.of(20_000_000), dasar_hukum="contoh",
            dicatat_at=NOW, oleh_id=10,
        )
    )  # fmt: skip
    bulan.flush()
    for nama, report in named.LISTING.items():
        for periode in ("2026-12", "2027-01"):
            if report.saldo:
                assert draw(susun(bulan, nama, periode=periode))
    with pytest.raises(NotFound):
        susun(bulan, "bku", "disdik")
    with pytest.raises(NotFound):
        susun(bulan, "bku", periode="2025-12")


def test_the_cash_book_is_closed_from_month_to_month(bulan: Session) -> None:
    paid = Rupiah.of(1_450_000)
    for periode, closing in {
        "2026-10": [(ZERO, None), (ZERO, ZERO), (paid, paid)],
        "2026-11": [(ZERO, None), (paid, paid), (ZERO, ZERO)],
        "2027-01": [(ZERO, None), (ZERO, ZERO), (ZERO, ZERO)],
        "2026": [(ZERO, None), (ZERO, ZERO), (paid, paid)],
    }.items():
        book, closed = susun(bulan, "bku", periode=periode).data_table
        assert [row[1:] for row in closed.baris] == closing
        assert next(iter(book.baris))[3] == "Saldo lalu"


def _without_budget(session: Session) -> None:
    baris_bank(session, 1_000, opd_id=2)
    susun(session, "rekap", "disdik")


def _without_lines(session: Session) -> Document:
    session.add(
        Temuan(
            opd_id=2, tahun=2026, bulan=9, aturan="a", berat="info", subjek="x:1", pesan="p",
            masukan={}, at=NOW,
        )
    )  # fmt: skip
    session.flush()
    return susun(session, "rekonsiliasi", "disdik", "2026-09")


def test_capital_is_apart(session: Session, tmp_path: Path) -> None:
    row = berbukti(session, tmp_path, 1, rekening=LAPTOP, rupiah=9_000_000)
    diperiksa(session, tmp_path, row)
    approval_decide.decide(session, ACTORS["dewi"], setuju(row), NOW)
    dpt.issue_dpt(session, ACTORS["dewi"], DINKES, OKTOBER, penerbit(tmp_path), NOW)
    table = next(susun(session, "rekap").data_table)
    cells = dict(zip([k.kunci for k in table.kolom], next(iter(table.baris)), strict=True))
    assert cells["realisasi_modal"] == Rupiah.of(9_000_000)
    assert cells["keterangan"] == "Belum SP2D Rp 9.000.000"


def test_books_changed_behind_the_program_are_a_sentence(bulan: Session) -> None:
    line = bulan.scalars(
        select(DokumenBaris).join(Dokumen).where(Dokumen.jenis == "dpt").limit(1)
    ).one()
    bulan.expunge(line)
    bulan.add(
        DokumenBaris(
            opd_id=DINKES,
            dokumen_id=line.dokumen_id,
            transaksi_id=bulan.scalars(
                select(Transaksi.id).where(Transaksi.status == "ditolak")
            ).one(),
            nilai=Rupiah.of(10**15),
        )
    )
    bulan.flush()
    with pytest.raises(Conflict, match="verify log"):
        susun(bulan, "npd")
    assert jumlah(susun(bulan, "buku_pembantu"))


@given(st.lists(st.integers(1, 10**13), min_size=1, max_size=40))
def test_the_shares_of_programmes_are_100_percent_together(amounts: list[int]) -> None:
    rows = [
        ProgrammeRow(program="P", skpd="S", transaksi=1, operasi=Rupiah(one), modal=ZERO)
        for one in amounts
    ]
    told = recap.with_shares({"Ekonomi cerdas": rows[::2], "Tanpa program": rows[1::2]})
    shares = [row.bagian or 0 for _heading, group in told for row in group]
    assert sum(shares) == 10_000
    exact = [one * 10_000 / sum(amounts) for one in (*amounts[::2], *amounts[1::2])]
    assert all(abs(share - part) <= 1 for share, part in zip(shares, exact, strict=True))
