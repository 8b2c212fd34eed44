"""Every official report by its name: from the database to the frozen document, whoever asks.

A new report is a line here and one in `kkpd/core/document_kinds.py` (docs/arsitektur.md). Screen,
PDF, XLSX, CSV and the issued file all begin with `susun`.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, Final

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from kkpd.core.document_kinds import NAMES
from kkpd.core.errors import Conflict, DomainError, NotFound
from kkpd.core.permissions import Actor
from kkpd.core.span import Span
from kkpd.engines.paper import FrozenDocument as Document
from kkpd.engines.paper import TotalsDiffer
from kkpd.ledger.active import is_given
from kkpd.models import BarisBank, Temuan, Transaksi, UpKeputusan
from kkpd.payment.forms.disbursement import (
    npd,
    spm,
    spp_cover,
    spp_details,
    spp_statement,
    spp_summary,
    sptb,
)
from kkpd.reconciliation import minutes_report
from kkpd.records.form_header import paper_frame
from kkpd.records.report_request import ALL, ReportInputs, coverage
from kkpd.reports.named import cash_books, oversight, recap, register
from kkpd.reports.named import chain as of_chain

__all__ = ["ALL", "LISTING", "Report", "ReportRequest", "cari", "susun"]


@dataclass(frozen=True, slots=True)
class Report:
    """A report: its name, what makes it, and where it differs from the kind of document it becomes.

    `kind` is that kind where it is not the name, `title` what people read where it is not the
    kind's name. A paper `of_chain` is issued by its own step (approval, payment, closing a month),
    never as a report. A report `at_year_start` is about the budget and exists before anything was
    bought; one with balances (`saldo`) exists also in a month without events. A paper of
    `single_opd` is signed by one OPD's officers and is not made for all OPDs; one `without_units`
    is made for each unit separately.
    """

    nama: str
    susun: Callable[[ReportInputs], Document]
    title: str = ""
    kind: str = ""
    of_chain: bool = False
    at_year_start: bool = False
    saldo: bool = False
    single_opd: bool = False
    without_units: bool = False

    @property
    def dokumen(self) -> str:
        """The kind of document it becomes when issued."""
        return self.kind or self.nama

    @property
    def judul(self) -> str:
        """What people read."""
        return self.title or NAMES[self.dokumen]


#: A paper of one OPD's chain; a book or statement that one OPD's officers sign.
_paper: Final = partial(Report, of_chain=True, single_opd=True)
_book: Final = partial(Report, saldo=True, single_opd=True)
_ALL: Final = (
    _paper("dpr_perjalanan", of_chain.dpr_of_kind("perjalanan"), "DPR Perjalanan Dinas", "dpr"),
    _paper("dpr_modal", of_chain.dpr_of_kind("modal"), "DPR Belanja Modal", "dpr"),
    _paper("dpr_barang", of_chain.dpr_of_kind("barang_jasa"), "DPR Barang dan Jasa", "dpr"),
    _paper("penolakan", of_chain.compose_penolakan),
    _paper("dpt", of_chain.compose_dpt),
    Report("dpt_gabungan", register.compose_joint_dpt),
    _paper("npd", of_chain.from_dpts(npd)),
    _paper("spp_gu_pengantar", of_chain.spp_sheet(spp_cover), "SPP-GU, pengantar", "spp"),
    _paper("spp_gu_ringkasan", of_chain.spp_sheet(spp_summary), "SPP-GU, ringkasan"),
    _paper("spp_gu_rincian", of_chain.spp_sheet(spp_details), "SPP-GU, rincian"),
    _paper("spp_gu_pernyataan", of_chain.spp_sheet(spp_statement), "SPP-GU, pernyataan"),
    _paper("sptb", of_chain.spp_sheet(sptb)),
    _paper("spm_gu", of_chain.from_dpts(spm), "SPM-GU", "spm"),
    _book("lpj", cash_books.compose_lpj, "LPJ Uang Persediaan KKPD"),
    _book("bku", cash_books.compose_bku),
    _book("buku_pembantu", cash_books.compose_helper_book),
    Report("register_tagihan", register.compose_bills, saldo=True),
    Report("register_dpt", register.compose_dpt, saldo=True),
    Report("register_sp2d", register.compose_sp2d, saldo=True),
    Report("rekonsiliasi", minutes_report.susun, of_chain=True, without_units=True),
    Report("rekap", recap.compose_recap),
    Report("batas", recap.compose_limits, "Penggunaan Batas UP KKPD (60/40)", saldo=True),
    Report("pernyataan_up", recap.compose_up_statement, at_year_start=True, single_opd=True),
    Report("program", recap.compose_programmes),
    Report("kelengkapan", recap.compose_completeness),
    Report("temuan", oversight.compose_temuan),
    Report("ditolak", oversight.compose_refused),
    Report("belum_lunas", oversight.compose_unsettled, saldo=True),
    Report("pajak", oversight.compose_taxes),
)
#: name -> report, in the order of the chain and then of the office's use.
LISTING: Final = {reporting.nama: reporting for reporting in _ALL}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRequest:
    """A request: which report, which OPD (code, short name or `semua`), when; with `unit` including
    its units.
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
    """The frozen document; NotFound for an unknown name or OPD, or a period without data.

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
