"""The only way to change a purchase line's status: through the table, with an event."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.core import statuses
from kkpd.core.errors import Forbidden, NotFound
from kkpd.core.permissions import Actor, Role
from kkpd.core.proof.canonical import Json
from kkpd.models import Transaksi
from kkpd.records import event_log


def locked_purchase(session: Session, actor: Actor, transaksi_id: int) -> Transaksi:
    """The line, locked for this transaction; NotFound for actors who may not see its OPD."""
    found = session.scalars(
        select(Transaksi)
        .where(Transaksi.id == transaksi_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None or not actor.sees(found.opd_id):
        raise NotFound("Belanja tidak ditemukan.")
    return found


def advance(
    session: Session,
    actor: Actor,
    transaksi: Transaksi,
    action: str,
    *,
    now: datetime,
    after: dict[str, Json] | None = None,
) -> Role:
    """Take one step of the table, write its event, and return the role that took it."""
    role = acting_role(actor, transaksi.opd_id, action, transaksi.sub_kegiatan)
    before = transaksi.status
    transaksi.status = statuses.step(
        before,
        action,
        role,
        actor.orang_id,
        perekam_id=transaksi.perekam_id,
        pemegang_id=transaksi.pemegang_id,
    )
    transaksi.versi += 1
    event_log.record(
        session,
        actor,
        role,
        f"belanja:status:{action}",
        f"transaksi:{transaksi.id}",
        now=now,
        opd_id=transaksi.opd_id,
        before={"status": before},
        after={"status": transaksi.status, **(after or {})},
    )
    return role


def acting_role(actor: Actor, opd_id: int, action: str, sub_kegiatan: str = "") -> Role:
    """The actor's role that the action asks for on this line; Forbidden when there is none."""
    transition = statuses.BY_ACTION[action]
    allowed, elsewhere = transition.roles, ""
    for assignment in actor.assignment:
        if assignment.peran in allowed and assignment.opd_id in (None, opd_id):
            if assignment.covers(opd_id, sub_kegiatan):
                return assignment.peran
            elsewhere = assignment.sub_kegiatan
    if elsewhere:
        raise Forbidden(
            f"Anda PPTK sub kegiatan {elsewhere}; belanja ini milik {sub_kegiatan}. "
            "PPTK sub kegiatan itulah yang memeriksa.",
            rule=transition.dasar,
        )
    raise Forbidden(
        f"Hanya {', '.join(sorted(allowed))} yang dapat {transition.nama} ({transition.dasar}).",
        rule=transition.dasar,
    )
