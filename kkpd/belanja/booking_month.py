"""The open month in which a purchase is booked: its own, else the oldest open one after it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.core.db.missing import insert_missing
from kkpd.models import Periode

Month = tuple[int, int]


def place_in_month(
    session: Session, opd_id: int, tanggal: date, *, oleh_id: int, now: datetime
) -> Month:
    """The (year, month) for this date; its row is created with the OPD's first fact."""
    known: dict[Month, str] = {
        (tahun, bulan): status
        for tahun, bulan, status in session.execute(
            select(Periode.tahun, Periode.bulan, Periode.status).where(Periode.opd_id == opd_id)
        )
    }
    tahun, bulan = choose(known, tanggal)
    insert_missing(
        session,
        Periode,
        opd_id=opd_id,
        tahun=tahun,
        bulan=bulan,
        status="terbuka",
        sejak=now,
        oleh_id=oleh_id,
    )
    return tahun, bulan


def choose(known: Mapping[Month, str], tanggal: date) -> Month:
    """Periods close in order, so a month without a row is open only after all closed ones."""
    own = (tanggal.year, tanggal.month)
    closed = [month for month, status in known.items() if status != "terbuka"]
    if own not in closed and (not closed or own > max(closed)):
        return own
    later = [month for month, status in known.items() if status == "terbuka" and month > own]
    return min(later) if later else _next(max(closed))


def _next(month: Month) -> Month:
    tahun, bulan = month
    return (tahun + 1, 1) if bulan == 12 else (tahun, bulan + 1)
