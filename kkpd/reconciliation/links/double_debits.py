"""Payments that the bank shows more often than they were made, so it owes them back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kkpd.core.permissions import Actor
from kkpd.engines.matching import bawaan
from kkpd.ledger import cancelled
from kkpd.ledger.active import effective
from kkpd.models import BarisBank, Pencairan
from kkpd.reconciliation import month as reconciliation_month
from kkpd.reconciliation.four_way import surplus_debits
from kkpd.reconciliation.matching_input import Row

#: Payments with equal card, day, amount and text may be one shown twice.
_Features = tuple[str, date | None, int, str]


@dataclass(frozen=True, slots=True)
class RepeatedDebit:
    """A surplus payment line, how often the bank shows it, and how often it was made."""

    baris: Row
    times: int
    booked: int


def repeated_debits(
    session: Session, actor: Actor, opd_id: int, periode: tuple[int, int]
) -> list[RepeatedDebit]:
    """Surplus payments of the month, oldest first.

    Of equal payments (card, day, amount, text; in whichever month's bill) as many are correct as
    debits of that amount were recorded near that day, at least one; payments given back since are
    deducted. The first by month and number are the correct ones.
    """
    lines = [
        line
        for line in reconciliation_month.month_lines(
            session, actor, opd_id, periode, ("pembayaran",)
        )
        if line.nilai.sen < 0
    ]
    if not lines:
        return []
    shown, back = _shown(session, opd_id, lines)
    made = _booked(session, opd_id, lines)
    found = []
    for line in lines:
        every = shown[_features(line)]
        right = _nearby(made[-line.nilai.sen], line.tanggal)
        returned = _days_after(back[line.kartu_akhir, -line.nilai.sen], line.tanggal)
        extra = surplus_debits(len(every), right, returned)
        if line.id in every[len(every) - extra :]:
            found.append(RepeatedDebit(line, len(every), right))
    return found


def _features(line: Row) -> _Features:
    return line.kartu_akhir, line.tanggal, line.nilai.sen, line.merchant or line.keterangan


def _shown(
    session: Session, opd_id: int, lines: Sequence[Row]
) -> tuple[dict[_Features, list[int]], dict[tuple[str, int], list[date]]]:
    """(ids of equal payments of every month in order, days on which an amount came back)."""
    amounts = {line.nilai for line in lines} | {-line.nilai for line in lines}
    day = func.coalesce(BarisBank.tanggal_transaksi, BarisBank.tanggal_posting)
    rows = session.execute(
        select(
            BarisBank.id,
            func.coalesce(BarisBank.kartu_akhir, ""),
            day,
            BarisBank.nilai,
            BarisBank.merchant,
            BarisBank.keterangan,
        )
        .where(
            BarisBank.opd_id == opd_id,
            BarisBank.jenis == "pembayaran",
            BarisBank.nilai.in_(amounts),
            effective(),
        )
        .order_by(BarisBank.tahun, BarisBank.bulan, BarisBank.id)
    )
    shown: dict[_Features, list[int]] = defaultdict(list)
    back: dict[tuple[str, int], list[date]] = defaultdict(list)
    for id_, card, when, amount, merchant, words in rows:
        shown[card, when, amount.sen, merchant or words].append(id_)
        if amount.sen > 0 and when is not None:
            back[card, amount.sen].append(when)
    return shown, back


def _booked(session: Session, opd_id: int, lines: Sequence[Row]) -> dict[int, list[date]]:
    """Amount -> the days of the treasurer's valid debits."""
    rows = session.execute(
        select(Pencairan.nilai, Pencairan.tanggal).where(
            Pencairan.opd_id == opd_id,
            Pencairan.langkah == "bayar",
            Pencairan.nilai.in_({-line.nilai for line in lines}),
            cancelled.effective(Pencairan),
        )
    )
    made: dict[int, list[date]] = defaultdict(list)
    for amount, day in rows:
        made[amount.sen].append(day)
    return made


def _nearby(days: Sequence[date], day: date | None) -> int:
    """How many of the days are within the window."""
    if day is None:
        return len(days)
    window = timedelta(days=bawaan().day_window.sesudah)
    return sum(abs(one - day) <= window for one in days)


def _days_after(days: Sequence[date], day: date | None) -> int:
    return len(days) if day is None else sum(one >= day for one in days)
