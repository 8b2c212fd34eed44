"""The actor of the command line: the installation's administrator."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.core.errors import Conflict
from kkpd.core.permissions import Actor, Assignment, Role
from kkpd.models import Orang, Penugasan


def administrator(session: Session) -> Actor:
    """The first administrator; Conflict while the installation has none."""
    found = session.execute(
        select(Orang.id, Orang.nama)
        .join(Penugasan, Penugasan.orang_id == Orang.id)
        .where(Penugasan.peran == Role.ADMIN)
        .order_by(Penugasan.id)
        .limit(1)
    ).one_or_none()
    if found is None:
        raise Conflict("Belum ada administrator. Jalankan dahulu: kkpd user first-admin")
    return Actor(found.id, 0, found.nama, (Assignment(Role.ADMIN, None),))
