"""Dated settings (law 15): the value in force on a day, an OPD's own before everybody's."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date
from decimal import Decimal
from typing import Final

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from kkpd.core.db.raw_sql import FixedStatement
from kkpd.core.money import Rupiah
from kkpd.models import Setelan

_IN_FORCE: Final = (
    select(Setelan)
    .where(
        Setelan.kunci == bindparam("kunci"),
        Setelan.mulai <= bindparam("on"),
        or_(Setelan.opd_id.is_(None), Setelan.opd_id == bindparam("opd")),
    )
    .order_by(Setelan.opd_id.is_(None), Setelan.mulai.desc(), Setelan.id.desc())
    .limit(1)
)
#: Read a dozen times in one request, so only the value, straight from the driver.
_VALUE: Final = FixedStatement(_IN_FORCE.with_only_columns(Setelan.nilai))


def in_force(session: Session, kunci: str, on: date, opd_id: int | None = None) -> Setelan | None:
    """The row in force: the OPD's own if it has one, else the general; the newest start wins."""
    asked = {"kunci": kunci, "on": on, "opd": opd_id}
    return session.scalars(_IN_FORCE, asked).one_or_none()


def everything(
    session: Session, kunci: Collection[str], on: date
) -> Callable[[str, int | None], str | None]:
    """The same for many OPDs at once, by (key, OPD), as `value` would return it."""
    rows = session.execute(
        select(Setelan.kunci, Setelan.opd_id, Setelan.nilai)
        .where(Setelan.kunci.in_(kunci), Setelan.mulai <= on)
        .order_by(Setelan.mulai, Setelan.id)
    )
    newest = {(key, opd_id): nilai for key, opd_id, nilai in rows}

    def of(key: str, opd_id: int | None) -> str | None:
        return newest.get((key, opd_id), newest.get((key, None)))

    return of


def value(session: Session, kunci: str, on: date, opd_id: int | None = None) -> str | None:
    """The value as text; None means "not checked", and the page says so."""
    rows = _VALUE.of(session, kunci=kunci, on=on, opd=opd_id)
    return rows[0][0] if rows else None


def year_limit(session: Session, kunci: str, tahun: int, opd_id: int | None) -> date | None:
    """A cut-off day of the year, kept as `2026-12-13`; a row of another year is ignored."""
    text = value(session, kunci, date(tahun, 12, 31), opd_id)
    day = None if text is None else date.fromisoformat(text)
    return day if day is not None and day.year == tahun else None


def money(session: Session, kunci: str, on: date, opd_id: int | None = None) -> Rupiah | None:
    """The value as an amount, kept as `1.000.000`."""
    text = value(session, kunci, on, opd_id)
    return None if text is None else Rupiah.parse(text)


def share(session: Session, kunci: str, on: date, opd_id: int | None = None) -> Decimal | None:
    """The value as a share, kept as `40%`."""
    text = value(session, kunci, on, opd_id)
    return None if text is None else Decimal(text.rstrip("%").replace(",", ".")) / 100
