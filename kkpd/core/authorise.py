"""The first question of every verb and read: may this actor do this in this OPD (law 12)?"""

from __future__ import annotations

from kkpd.core.errors import Forbidden, NotFound
from kkpd.core.permissions import Actor, Role


def require(actor: Actor, permission: str, opd_id: int | None = None) -> Role:
    """The role by which the actor may do this; NotFound for another OPD, Forbidden within the own
    one.
    """
    if opd_id is not None and not actor.sees(opd_id):
        raise NotFound("Tidak ditemukan.")
    role = actor.role_for(permission, opd_id)
    if role is None:
        raise Forbidden(
            "Peran Anda tidak mencakup tindakan ini. Hubungi administrator bila keliru."
        )
    return role
