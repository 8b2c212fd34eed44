"""Every official report by its name: from the database to the frozen document, whoever asks.

What makes each stands here, its line in `kkpd/core/document_kinds.py`. Screen, PDF, XLSX, CSV
and the issued file all begin with `compose`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from kkpd.core.document_kinds import LISTING, Report, find
from kkpd.core.errors import Conflict, DomainError
from kkpd.core.moments import Span
from kkpd.core.permissions import Actor
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
from kkpd.reconciliation import minutes
from kkpd.records.form_header import paper_frame
from kkpd.records.report_request import ALL, ReportInputs, coverage
from kkpd.reports.named import cash_books, oversight, recap, register
from kkpd.reports.named import chain as of_chain

__all__ = ["ALL", "LISTING", "Report", "ReportRequest", "compose", "find"]


#: name -> what makes it; the names are those of the list.
_MAKERS: Final[Mapping[str, Callable[[ReportInputs], Document]]] = {
    "dpr_perjalanan": of_chain.dpr_of_kind("perjalanan"),
    "dpr_modal": of_chain.dpr_of_kind("modal"),
    "dpr_barang": of_chain.dpr_of_kind("barang_jasa"),
    "penolakan": of_chain.compose_penolakan,
    "dpt": of_chain.compose_dpt,
    "dpt_gabungan": register.compose_joint_dpt,
    "npd": of_chain.from_dpts(npd),
    "spp_gu_pengantar": of_chain.spp_sheet(spp_cover),
    "spp_gu_ringkasan": of_chain.spp_sheet(spp_summary),
    "spp_gu_rincian": of_chain.spp_sheet(spp_details),
    "spp_gu_pernyataan": of_chain.spp_sheet(spp_statement),
    "sptb": of_chain.spp_sheet(sptb),
    "spm_gu": of_chain.from_dpts(spm),
    "lpj": cash_books.compose_lpj,
    "bku": cash_books.compose_bku,
    "buku_pembantu": cash_books.compose_helper_book,
    "register_tagihan": register.compose_bills,
    "register_dpt": register.compose_dpt,
    "register_sp2d": register.compose_sp2d,
    "rekonsiliasi": minutes.compose,
    "rekap": recap.compose_recap,
    "batas": recap.compose_limits,
    "pernyataan_up": recap.compose_up_statement,
    "program": recap.compose_programmes,
    "kelengkapan": recap.compose_completeness,
    "temuan": oversight.compose_temuan,
    "tindak_lanjut": oversight.compose_cases,
    "ditolak": oversight.compose_refused,
    "belum_lunas": oversight.compose_unsettled,
    "pajak": oversight.compose_taxes,
}


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


def compose(
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
    reporting = find(permintaan.nama)
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
        return _MAKERS[reporting.nama](inputs)
    except TotalsDiffer as error:
        raise Conflict(
            f"{reporting.judul} tidak dapat disusun: jumlah baris berbeda dari dokumen terbitnya. "
            "Isi basis data berubah di luar program; jalankan kkpd verify log."
        ) from error


def _titles_for_all() -> list[str]:
    return [one.judul for one in LISTING.values() if not one.single_opd]


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
