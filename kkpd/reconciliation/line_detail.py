"""One bank line in detail: its ranked candidates and its links."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.core.money import ZERO, Rupiah
from kkpd.core.permissions import Actor, require
from kkpd.engines import matching
from kkpd.models import Cocok, Orang, Selisih, Transaksi
from kkpd.reconciliation import matching_input
from kkpd.reconciliation import month as reconciliation_month
from kkpd.reconciliation.matching_input import Row


@dataclass(frozen=True, slots=True)
class PairChoice:
    """A candidate purchase for a line, as the page shows it."""

    transaksi_id: int
    tanggal: date
    merchant: str
    uraian: str
    rekening: str
    kelas: str
    nilai: Rupiah
    jenis: str
    peluang: float
    alasan: tuple[matching.Reason, ...]
    kartu_id: int
    status: str
    versi: int


def line_candidates(
    session: Session,
    opd_id: int,
    line: Row,
    still_open: Sequence[matching_input.OpenPurchase],
) -> tuple[PairChoice, ...]:
    """The ranked purchases for one line among the open ones, each with its reasons; best first.

    For a refund, purchases that are already linked are candidates too.
    """
    purchases = {str(row.id): row for row in still_open}
    if line.sisa < ZERO:
        purchases |= {
            str(row.id): row for row in matching_input.refund_origins(session, opd_id, [line])
        }
    ranked = matching.candidates(
        matching_input.to_lines(session, opd_id, [line])[0],
        matching_input.to_purchases(session, opd_id, list(purchases.values())),
    )
    return tuple(
        PairChoice(
            transaksi_id=row.id,
            tanggal=row.tanggal,
            merchant=row.merchant,
            uraian=row.uraian,
            rekening=row.rekening,
            kelas=row.kelas,
            nilai=row.nilai,
            jenis=found.jenis,
            peluang=found.peluang,
            alasan=found.alasan,
            kartu_id=row.kartu_id,
            status=row.status,
            versi=row.versi,
        )
        for found in ranked
        for row in (purchases[found.belanja],)
    )


@dataclass(frozen=True, slots=True)
class LineLink:
    """A link that was not undone, for the page."""

    match_id: int
    line_id: int
    transaksi_id: int
    tanggal: date
    merchant: str
    nilai: Rupiah
    jenis: str
    status: str
    peluang: int
    oleh: str


def links_of(session: Session, actor: Actor, opd_id: int, line_id: int) -> list[LineLink]:
    """The links of one line that were not undone."""
    require(actor, "cocok:lihat", opd_id)
    rows = session.execute(
        select(Cocok, Transaksi.tanggal, Transaksi.merchant, Orang.nama)
        .join(Transaksi, Transaksi.id == Cocok.transaksi_id)
        .join(Orang, Orang.id == Cocok.oleh_id)
        .where(
            Cocok.opd_id == opd_id,
            Cocok.baris_bank_id == line_id,
            Cocok.dicabut_at.is_(None),
        )
        .order_by(Cocok.id)
    )
    return [
        LineLink(
            row.id,
            row.baris_bank_id,
            row.transaksi_id,
            day,
            merchant,
            row.nilai,
            row.jenis,
            row.status,
            row.peluang,
            who,
        )
        for row, day, merchant, who in rows
    ]


def decisions(session: Session, opd_id: int, line_id: int) -> str:
    """A short code of the links and explanations on a line, which an undo would remove."""
    standing = (
        session.scalars(
            select(model.id)
            .where(
                model.opd_id == opd_id, model.baris_bank_id == line_id, model.dicabut_at.is_(None)
            )
            .order_by(model.id)
        )
        for model in (Cocok, Selisih)
    )
    return "-".join(".".join(map(str, ids)) for ids in standing)


def tanda(work: reconciliation_month.MonthWork, pairs: Sequence[matching.Pairing]) -> str:
    """A short code of these links and their amounts, which a form sends back."""
    told = sorted(
        f"{','.join(sorted(pair.baris))}={','.join(sorted(pair.belanja))}:"
        f"{'/'.join(str(amount.sen) for amount in work.jumlah(pair))}"
        for pair in pairs
    )
    return sha256(";".join(told).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class ExplanationRow:
    """An explanation of a line that was not undone."""

    id: int
    jenis: str
    nilai: Rupiah
    catatan: str
    pemilik: str
    jatuh_tempo: date | None
    at: datetime


def explanations_on_line(session: Session, opd_id: int, line_id: int) -> list[ExplanationRow]:
    """The explanations of the line, oldest first."""
    rows = session.execute(
        select(Selisih, Orang.nama)
        .join(Orang, Orang.id == Selisih.pemilik_id)
        .where(
            Selisih.opd_id == opd_id,
            Selisih.baris_bank_id == line_id,
            Selisih.dicabut_at.is_(None),
        )
        .order_by(Selisih.id)
    )
    return [
        ExplanationRow(row.id, row.jenis, row.nilai, row.catatan, owner, row.jatuh_tempo, row.at)
        for row, owner in rows
    ]
