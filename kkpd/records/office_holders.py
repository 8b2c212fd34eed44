"""Who holds an office on a day: the signers of forms and the owners of work."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from kkpd.core.choices import IN_FORCE
from kkpd.models import Opd, Orang, Penugasan


def in_force(day: date, row: Any = Penugasan) -> ColumnElement[bool]:
    """Assignments that a second person confirmed and whose days include this one; `row` is an alias
    of the table where the query needs one.
    """
    return and_(
        row.status == IN_FORCE, row.mulai <= day, or_(row.sampai.is_(None), row.sampai >= day)
    )


def officer(session: Session, opd_id: int | None, peran: str, on: date) -> Orang | None:
    """The person with this role in the OPD on that day; the newest assignment of several.

    A unit without its own officer uses that of the OPD it belongs to.
    """
    found = _in_opd(session, opd_id, peran, on)
    if found is None and opd_id is not None:
        parent = session.scalar(select(Opd.induk_id).where(Opd.id == opd_id))
        return None if parent is None else _in_opd(session, parent, peran, on)
    return found


def _in_opd(session: Session, opd_id: int | None, peran: str, on: date) -> Orang | None:
    return session.scalars(
        select(Orang)
        .join(Penugasan, Penugasan.orang_id == Orang.id)
        .where(
            Penugasan.peran == peran,
            Penugasan.opd_id == opd_id if opd_id is not None else Penugasan.opd_id.is_(None),
            in_force(on),
        )
        .order_by(Penugasan.mulai.desc(), Penugasan.id.desc())
        .limit(1)
    ).one_or_none()
