"""Roles given by the verbs that people use: Joko proposes, Mira confirms."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from kkpd.models import Penugasan
from kkpd.organisation import assignments
from kkpd.organisation.assignments import AssignmentData
from tests.cast import ACTORS
from tests.worlds.office import NOW


def role_data(orang_id: int, peran: str, opd_id: int | None, **changes: Any) -> AssignmentData:
    """A role from today on, by a decree of today."""
    given: dict[str, Any] = {
        "orang_id": orang_id,
        "peran": peran,
        "opd_id": opd_id,
        "mulai": NOW.date(),
        "dasar": "SK Bupati 9/2026",
        "tanggal_dasar": date(2026, 10, 19),
    }
    return AssignmentData(**given | changes)


def grant(session: Session, data: AssignmentData, now: datetime = NOW) -> Penugasan:
    """The role in force."""
    proposal = assignments.propose(session, ACTORS["joko"], data, now)
    return assignments.confirm(session, ACTORS["mira"], proposal.id, now)
