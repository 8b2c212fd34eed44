"""What a verb may touch: the permission (kkpd.domain.izin) and the OPD behind it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from kkpd.domain.errors import NotFound
from kkpd.domain.izin import require
from kkpd.domain.peran import Actor
from kkpd.models import Opd

__all__ = ["get_opd", "require"]


def get_opd(session: Session, actor: Actor, opd_id: int) -> Opd:
    """The OPD, when the actor may see anything of it."""
    opd = session.get(Opd, opd_id)
    if opd is None or not actor.sees(opd_id):
        raise NotFound("OPD tidak ditemukan.")
    return opd
