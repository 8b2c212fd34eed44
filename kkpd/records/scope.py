"""What a verb may touch: the permission (kkpd.core.authorise) and the OPD behind it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from kkpd.core.authorise import require
from kkpd.core.errors import NotFound
from kkpd.core.permissions import Actor
from kkpd.models import Opd

__all__ = ["get_opd", "require"]


def get_opd(session: Session, actor: Actor, opd_id: int) -> Opd:
    """The OPD, when the actor may see anything of it."""
    opd = session.get(Opd, opd_id)
    if opd is None or not actor.sees(opd_id):
        raise NotFound("OPD tidak ditemukan.")
    return opd
