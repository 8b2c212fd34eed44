"""The calendar of holidays and collective leave: dated settings `hari_libur`, one a day.

`mulai` is the day, `nilai` its name; a newer row with an empty value removes the day. So every
change keeps its legal basis (the joint decree of ministers) and its history.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.models import Setelan

KEY: Final = "hari_libur"


def days_off(session: Session, tahun: int | None = None) -> dict[date, str]:
    """day -> its name, of one year or of all."""
    statement = select(Setelan.mulai, Setelan.nilai).where(
        Setelan.kunci == KEY, Setelan.opd_id.is_(None)
    )
    if tahun is not None:
        first, last = date(tahun, 1, 1), date(tahun, 12, 31)
        statement = statement.where(Setelan.mulai.between(first, last))
    newest: dict[date, str | None] = {
        row.mulai: row.nilai for row in session.execute(statement.order_by(Setelan.id))
    }
    return {day: nama for day, nama in sorted(newest.items()) if nama}
