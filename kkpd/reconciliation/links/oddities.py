"""What a bank line shows by itself: odd days and kinds, and the same debit asked for twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kkpd.core.db.session import everywhere
from kkpd.core.money import ZERO
from kkpd.core.permissions import Actor
from kkpd.engines.matching import bawaan
from kkpd.ledger import active
from kkpd.ledger.active import effective
from kkpd.models import BarisBank, Cocok, Kartu, Pencairan, Transaksi
from kkpd.reconciliation import month as reconciliation_month
from kkpd.reconciliation.four_way import surplus_debits
from kkpd.reconciliation.matching_input import Row

#: States of a purchase that was paid.
PAID: Final = ("lunas", "dibayar_pribadi")
#: Values per statement, within the database's limit of parameters.
_AT_ONCE: Final = 500


def card_owners(session: Session, opd_id: int, lines: Iterable[Row]) -> dict[str, bool]:
    """Last four digits of lines with an unknown card -> whether the card is this OPD's own.

    Digits without an entry are nobody's card. For another OPD's card its name is not revealed (law
    12). A card that was registered after its line counts as known.
    """
    digits = sorted({line.kartu_akhir for line in lines if line.kartu_id is None} - {""})
    owners: dict[str, set[int]] = {}
    for start in range(0, len(digits), _AT_ONCE):
        some = Kartu.nomor_akhir.in_(digits[start : start + _AT_ONCE])
        with everywhere(session):
            rows = session.execute(select(Kartu.nomor_akhir, Kartu.opd_id).where(some)).all()
        for last4, owner in rows:
            owners.setdefault(last4, set()).add(owner)
    return {last4: opd_id in every for last4, every in owners.items()}


def billed_again(session: Session, opd_id: int, lines: Sequence[Row]) -> set[int]:
    """Open lines that equal, in card, day, amount and text, a line whose purchase was paid already:
    they are billed a second time.
    """
    alone: dict[tuple[object, ...], set[int]] = {}
    for line in lines:
        if line.nilai > ZERO and line.sisa == line.nilai and line.tanggal_transaksi:
            like = (line.kartu_id, line.nilai, line.tanggal_transaksi, line.merchant)
            alone.setdefault(like, set()).add(line.id)
    days = sorted({line.tanggal_transaksi for line in lines if line.tanggal_transaksi})
    found: set[int] = set()
    for start in range(0, len(days), _AT_ONCE):
        rows = session.execute(
            select(
                BarisBank.kartu_id,
                BarisBank.nilai,
                BarisBank.tanggal_transaksi,
                BarisBank.merchant,
            )
            .join(Cocok, (Cocok.baris_bank_id == BarisBank.id) & Cocok.dicabut_at.is_(None))
            .join(Transaksi, Transaksi.id == Cocok.transaksi_id)
            .where(
                BarisBank.opd_id == opd_id,
                BarisBank.tanggal_transaksi.in_(days[start : start + _AT_ONCE]),
                Transaksi.status.in_(PAID),
            )
        )
        found = found.union(*(alone.get(tuple(row), ()) for row in rows))
    return found


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
            active.holds(Pencairan),
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
