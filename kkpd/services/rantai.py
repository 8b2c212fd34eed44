"""The one way in which a purchase line's status changes: through the table, with its event."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.domain import workflow
from kkpd.domain.canonical import Json
from kkpd.domain.errors import Forbidden, NotFound
from kkpd.domain.peran import Actor, Peran
from kkpd.models import Transaksi
from kkpd.services import log


def locked_transaksi(session: Session, actor: Actor, transaksi_id: int) -> Transaksi:
    """The line, locked for this transaction; NotFound to who may not see its OPD."""
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
) -> Peran:
    """Take one step of the table, write its event, and return the role that took it."""
    role = acting_role(actor, transaksi.opd_id, action)
    before = transaksi.status
    transaksi.status = workflow.step(
        before,
        action,
        role,
        actor.orang_id,
        perekam_id=transaksi.perekam_id,
        pemegang_id=transaksi.pemegang_id,
    )
    transaksi.versi += 1
    log.record(
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


def acting_role(actor: Actor, opd_id: int, action: str) -> Peran:
    """The actor's role in this OPD that the action asks for; Forbidden when there is none."""
    allowed = workflow.BY_ACTION[action].roles
    for tugas in actor.tugas:
        if tugas.peran in allowed and tugas.opd_id in (None, opd_id):
            return tugas.peran
    transition = workflow.BY_ACTION[action]
    raise Forbidden(
        f"Hanya {', '.join(sorted(allowed))} yang dapat {transition.nama} ({transition.dasar}).",
        rule=transition.dasar,
    )
