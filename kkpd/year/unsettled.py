"""Unsettled amounts of an old year: owed on 31 December, carried since, still open or waiting."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.core.money import ZERO, Rupiah, total
from kkpd.core.permissions import Actor, require
from kkpd.ledger.shapes import Month
from kkpd.ledger.standing import Standing, standing, summary
from kkpd.models import Bawaan, Kartu, Transaksi
from kkpd.year.rules import CarriedFate


@dataclass(frozen=True, slots=True)
class DebtRow:
    """A line of the old year or before that was unsettled on 31 December."""

    id: int
    periode: Month
    tanggal: date
    merchant: str
    uraian: str
    rekening: str
    kartu_akhir: str
    status: str
    nilai: Rupiah


def owed_at_year_end(session: Session, opd_id: int, tahun: int) -> dict[int, Rupiah]:
    """Purchase -> the amount that the budget owed on 31 December, of this year and earlier ones."""
    books = standing(session, [opd_id], date(tahun, 12, 31))
    return {id_: left for id_, (_, left) in _borne(books).items() if left}


def _borne(books: Standing) -> dict[int, tuple[Rupiah, Rupiah]]:
    """Purchase -> (amount borne by the budget, unpaid part of it)."""
    found: dict[int, tuple[Rupiah, Rupiah]] = {}
    for part in books.parts:
        if part.bearer == "budget" and part.purchase_id is not None:
            amount, left = found.get(part.purchase_id, (ZERO, ZERO))
            found[part.purchase_id] = (amount + part.amount, left + part.left)
    return found


def debt(session: Session, actor: Actor, opd_id: int, tahun: int) -> list[DebtRow]:
    """The lines that were unsettled on 31 December of `tahun`, by day."""
    require(actor, "tahun:lihat", opd_id)
    owed = owed_at_year_end(session, opd_id, tahun)
    rows = session.execute(
        select(Transaksi, Kartu.nomor_akhir)
        .join(Kartu, Kartu.id == Transaksi.kartu_id)
        .where(Transaksi.id.in_(owed))
        .order_by(Transaksi.tanggal, Transaksi.id)
    )
    return [
        DebtRow(
            line.id,
            (line.tahun, line.bulan),
            line.tanggal,
            line.merchant,
            line.uraian,
            line.rekening,
            last4,
            line.status,
            owed[line.id],
        )
        for line, last4 in rows
    ]


@dataclass(frozen=True, slots=True)
class Remaining:
    """What else waits from the old year and before: open lines by month, and explained or refused
    amounts that nobody paid.
    """

    still_open: tuple[tuple[Month, Rupiah], ...]
    pending: tuple[tuple[Month, Rupiah], ...]


def remaining(session: Session, actor: Actor, opd_id: int, tahun: int, day: date) -> Remaining:
    """Open and waiting amounts of `tahun` and earlier years on the day."""
    require(actor, "tahun:lihat", opd_id)
    months = summary(standing(session, [opd_id], day)).months
    old = sorted(
        ((month, sums) for month, sums in months.items() if month[0] <= tahun),
        key=lambda one: one[0],
    )
    return Remaining(
        tuple((month, sums.gross) for month, sums in old if sums.gross),
        tuple((month, sums.left) for month, sums in old if sums.left),
    )


def fate(session: Session, actor: Actor, opd_id: int, tahun: int, day: date) -> CarriedFate | None:
    """The state on the day of the lines carried into `tahun`; None if there were none."""
    require(actor, "tahun:lihat", opd_id)
    rows = session.execute(
        select(Bawaan.transaksi_id, Bawaan.nilai).where(
            Bawaan.opd_id == opd_id, Bawaan.tahun == tahun
        )
    ).all()
    if not rows:
        return None
    borne = _borne(standing(session, [opd_id], day))
    paid: list[Rupiah] = []
    out: list[Rupiah] = []
    left: list[Rupiah] = []
    for id_, carried in rows:
        bears, open_ = borne.get(id_, (ZERO, ZERO))
        kept = min(carried, bears, key=abs)  # a line decided since may be borne only in part
        (left if open_ else paid).append(kept)
        out.append(carried - kept)
    still = sum(bool(borne.get(id_, (ZERO, ZERO))[1]) for id_, _ in rows)
    sums = (total(carried for _, carried in rows), total(paid), total(out), total(left))
    return CarriedFate(*sums, len(rows), still)
