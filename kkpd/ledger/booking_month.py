"""Where a line is booked: its own month, or the oldest open one when that is closed (law 5)."""

from __future__ import annotations

from typing import Final, NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from kkpd.core.db.raw_sql import FixedStatement
from kkpd.ledger.shapes import Month
from kkpd.models import Periode


class Booking(NamedTuple):
    """The month of booking, and the month it belongs to if that one is closed."""

    tahun: int
    bulan: int
    asal: Month | None = None


def book_month(asal: Month, last_closed: Month | None) -> Booking:
    """`last_closed` is the last closed month: periods close in order, so every month up to it is
    closed and the next one is the oldest open.
    """
    if last_closed is None or asal > last_closed:
        return Booking(*asal)
    return Booking(*after(last_closed), asal)


_LAST_CLOSED: Final = FixedStatement(
    select(Periode.tahun, Periode.bulan)
    .where(Periode.opd_id == bindparam("opd"), Periode.status != "terbuka")
    .order_by(Periode.tahun.desc(), Periode.bulan.desc())
    .limit(1)
)


def last_closed(session: Session, opd_id: int) -> Month | None:
    """The last month that is not open any more; None when none was closed yet."""
    rows = _LAST_CLOSED.of(session, opd=opd_id)
    return next(((tahun, bulan) for tahun, bulan in rows), None)


def after(bulan: Month) -> Month:
    """The next month."""
    tahun, nomor = bulan
    return (tahun + 1, 1) if nomor == 12 else (tahun, nomor + 1)


def month_of(iso: str) -> Month:
    """The month of an ISO date."""
    return int(iso[:4]), int(iso[5:7])
