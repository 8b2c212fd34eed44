"""Interim lines that no final one has closed, and final ones that close none: to be paired."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from kkpd.ledger.active import is_given, pair_holds
from kkpd.models import BarisBank, DtsFinal, Tagihan
from kkpd.tagihan.interim_rules import InterimCandidate


def open_interim_lines(session: Session, opd_id: int) -> list[InterimCandidate]:
    """DTS lines that no final line has closed."""
    interim = select(Tagihan.id).where(Tagihan.opd_id == opd_id, Tagihan.jenis == "dts").limit(1)
    if session.scalar(interim) is None:
        return []
    closed = select(DtsFinal.dts_id).where(DtsFinal.opd_id == opd_id, pair_holds())
    return _candidates(session, opd_id, "dts", BarisBank.id.not_in(closed))


def free_final_lines(session: Session, opd_id: int, sejak: date) -> list[InterimCandidate]:
    """Final lines of transactions since that day that close no DTS line."""
    used = select(DtsFinal.final_id).where(DtsFinal.opd_id == opd_id)
    return _candidates(
        session,
        opd_id,
        "final",
        BarisBank.id.not_in(used),
        or_(BarisBank.tanggal_transaksi.is_(None), BarisBank.tanggal_transaksi >= sejak),
    )


def _candidates(
    session: Session, opd_id: int, jenis: str, *conditions: ColumnElement[bool]
) -> list[InterimCandidate]:
    rows = session.execute(
        select(
            BarisBank.id,
            BarisBank.kartu_akhir,
            BarisBank.tanggal_transaksi,
            BarisBank.nilai,
            BarisBank.referensi,
            BarisBank.merchant,
        )
        .where(
            BarisBank.opd_id == opd_id,
            BarisBank.tagihan_id.in_(
                select(Tagihan.id).where(Tagihan.opd_id == opd_id, Tagihan.jenis == jenis)
            ),
            BarisBank.jenis != "pembayaran",
            is_given(),
            *conditions,
        )
        .order_by(BarisBank.id)
    )
    return [
        InterimCandidate(id_, kartu, tanggal, nilai.sen, referensi, merchant)
        for id_, kartu, tanggal, nilai, referensi, merchant in rows
    ]
