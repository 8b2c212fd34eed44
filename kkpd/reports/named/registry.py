"""Every official report by its name: from the database to the frozen document, whoever asks.

A new report is a line of DAFTAR: its name, its title, what makes it. Screen, PDF, XLSX, CSV and the
issued file all begin with `susun`.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from kkpd.core.errors import Conflict, DomainError, NotFound
from kkpd.core.permissions import Actor
from kkpd.core.span import Span
from kkpd.engines.paper import FrozenDocument as Document
from kkpd.engines.paper import TotalsDiffer
from kkpd.ledger.active import is_given
from kkpd.models import BarisBank, Temuan, Transaksi, UpKeputusan
from kkpd.payment.forms.disbursement import npd, spm, sptb
from kkpd.payment.forms.spp_gu import spp_cover, spp_details, spp_statement, spp_summary
from kkpd.reconciliation import minutes_report
from kkpd.records.form_header import paper_frame
from kkpd.records.report_request import ALL, ReportInputs, coverage
from kkpd.reports.named import cash_books as buku
from kkpd.reports.named import chain as of_chain
from kkpd.reports.named import disbursement
from kkpd.reports.named import oversight as named_oversight
from kkpd.reports.named import recap as recap
from kkpd.reports.named import register as named_register

__all__ = ["ALL", "LISTING", "Report", "ReportRequest", "cari", "susun"]


@dataclass(frozen=True, slots=True)
class Report:
    """A report: how it is named, what it is, what makes it.

    `jenis` is the kind of document it becomes when issued, where it is not its name. A paper of the
    `of_chain` is issued by its own step (approval, payment, closing a month), never as a report.
    One of `at_year_start` speaks of the budget and stands before anything was bought; one with
    balances (`saldo`) stands in a month in which nothing happened too. A paper that the officers of
    `single_opd` sign is not drawn for all OPDs, and one `without_units` is each unit's own.
    """

    nama: str
    judul: str
    susun: Callable[[ReportInputs], Document]
    jenis: str = ""
    of_chain: bool = False
    at_year_start: bool = False
    saldo: bool = False
    single_opd: bool = False
    without_units: bool = False

    @property
    def dokumen(self) -> str:
        """The kind of document it becomes when issued."""
        return self.jenis or self.nama


def _paper(
    nama: str, judul: str, susun: Callable[[ReportInputs], Document], jenis: str = ""
) -> Report:
    """A paper of one OPD's chain."""
    return Report(nama, judul, susun, jenis, of_chain=True, single_opd=True)


_ALL: Final = (
    _paper("dpr_perjalanan", "DPR Perjalanan Dinas", of_chain.dpr_of_kind("perjalanan"), "dpr"),
    _paper("dpr_modal", "DPR Belanja Modal", of_chain.dpr_of_kind("modal"), "dpr"),
    _paper("dpr_barang", "DPR Barang dan Jasa", of_chain.dpr_of_kind("barang_jasa"), "dpr"),
    _paper("penolakan", "Surat Pemberitahuan Penolakan", of_chain.compose_penolakan),
    _paper("dpt", "Daftar Pembayaran Tagihan", of_chain.compose_dpt),
    Report("dpt_gabungan", "DPT Gabungan", named_register.compose_joint_dpt),
    _paper("npd", "Nota Pencairan Dana", disbursement.from_dpts(npd)),
    _paper("spp_gu_pengantar", "SPP-GU, pengantar", disbursement.spp_sheet(spp_cover), "spp"),
    _paper("spp_gu_ringkasan", "SPP-GU, ringkasan", disbursement.spp_sheet(spp_summary)),
    _paper("spp_gu_rincian", "SPP-GU, rincian", disbursement.spp_sheet(spp_details)),
    _paper("spp_gu_pernyataan", "SPP-GU, pernyataan", disbursement.spp_sheet(spp_statement)),
    _paper("sptb", "Surat Pernyataan Tanggung Jawab Belanja", disbursement.spp_sheet(sptb)),
    _paper("spm_gu", "SPM-GU", disbursement.from_dpts(spm), "spm"),
    Report("lpj", "LPJ Uang Persediaan KKPD", buku.compose_lpj, saldo=True, single_opd=True),
    Report("bku", "Buku Kas Umum", buku.compose_bku, saldo=True, single_opd=True),
    Report(
        "buku_pembantu", "Buku Pembantu KKPD", buku.compose_helper_book, saldo=True, single_opd=True
    ),
    Report("register_tagihan", "Register Tagihan", named_register.compose_bills, saldo=True),
    Report("register_dpt", "Register DPT", named_register.compose_dpt, saldo=True),
    Report("register_sp2d", "Register SPP, SPM, dan SP2D", named_register.compose_sp2d, saldo=True),
    Report(
        "rekonsiliasi",
        "Berita Acara Rekonsiliasi",
        minutes_report.susun,
        of_chain=True,
        without_units=True,
    ),
    Report("rekap", "Rekapitulasi Realisasi KKPD", recap.compose_recap),
    Report("batas", "Penggunaan Batas UP KKPD (60/40)", recap.compose_limits, saldo=True),
    Report(
        "pernyataan_up",
        "Surat Pernyataan UP",
        recap.compose_up_statement,
        at_year_start=True,
        single_opd=True,
    ),
    Report("program", "Belanja menurut Program Smart City", recap.compose_programmes),
    Report("kelengkapan", "Kelengkapan Bukti", recap.compose_completeness),
    Report("temuan", "Daftar Temuan", named_oversight.compose_temuan),
    Report("ditolak", "Belanja Ditolak dan Pengembaliannya", named_oversight.compose_refused),
    Report(
        "belum_lunas",
        "Belum Diselesaikan pada Akhir Periode",
        named_oversight.compose_unsettled,
        saldo=True,
    ),
    Report("pajak", "Daftar Pajak", named_oversight.compose_taxes),
)
#: name -> report, in the order of the chain and then of the office's use.
LISTING: Final = {reporting.nama: reporting for reporting in _ALL}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRequest:
    """What somebody asks for: which report, of which OPD (code, short name or `semua`), when; of an
    OPD with `unit` together with its units.
    """

    nama: str
    opd: str
    span: Span
    kartu: str = ""
    unit: bool = True


def cari(nama: str) -> Report:
    """The report of this name; NotFound names the nearest ones."""
    found = LISTING.get(nama)
    if found is not None:
        return found
    near = difflib.get_close_matches(nama, LISTING, n=3, cutoff=0.4)
    hint = f" Mungkin maksudnya {' atau '.join(near)}." if near else ""
    raise NotFound(
        f"Laporan “{nama[:40]}” tidak ada.{hint} Daftarnya: kkpd report list.", field="nama"
    )


def susun(
    session: Session,
    actor: Actor,
    permintaan: ReportRequest,
    day: date,
    *,
    nomor: str = "",
    rancangan: bool = True,
    permission: str = "laporan:susun",
) -> Document:
    """The frozen document; NotFound for a name, an OPD or a period that has nothing.

    DomainError where a paper of one OPD is asked for all of them.
    """
    reporting = cari(permintaan.nama)
    with_units = permintaan.unit and not reporting.without_units
    where = coverage(session, actor, permintaan.opd, permission, unit=with_units)
    if where.opd is None and reporting.single_opd:
        raise DomainError(
            f"{reporting.judul} ditandatangani pejabat satu OPD, jadi disusun untuk satu OPD. "
            f"Pilih OPD-nya, atau pakai ringkasan semua OPD: {', '.join(_titles_for_all())}.",
            field="opd",
        )
    frame = paper_frame(session, where.opd, permintaan.span.kode, nomor, day, rancangan=rancangan)
    inputs = ReportInputs(session, where, permintaan.span, frame, day, permintaan.kartu)
    if not (reporting.at_year_start or _has_data(inputs, reporting.saldo)):
        raise inputs.kosong(f"Data untuk {reporting.judul}")
    try:
        return reporting.susun(inputs)
    except TotalsDiffer as error:
        raise Conflict(
            f"{reporting.judul} tidak dapat disusun: jumlah baris berbeda dari dokumen terbitnya. "
            "Isi basis data berubah di luar program; jalankan kkpd verify log."
        ) from error


def _titles_for_all() -> list[str]:
    return [one.judul for one in _ALL if not one.single_opd]


def _has_data(inputs: ReportInputs, saldo: bool) -> bool:
    """Whether anything was bought, billed or found in these months; for balances: in this year or
    an earlier one, a decision on the UP counted too."""
    facts: list[tuple[Any, ColumnElement[bool]]] = [
        (Transaksi, true()),
        (BarisBank, is_given()),
        (Temuan, true()),
    ]
    if saldo:
        facts.append((UpKeputusan, true()))
    return any(
        inputs.session.scalars(
            select(table.id)
            .where(*(_by_then(inputs, table) if saldo else inputs.within(table)), counts)
            .limit(1)
        ).first()
        for table, counts in facts
    )


def _by_then(inputs: ReportInputs, table: Any) -> tuple[ColumnElement[bool], ...]:
    return table.opd_id.in_(inputs.coverage.ids), table.tahun <= inputs.span.tahun
