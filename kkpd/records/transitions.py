"""The only way to change a purchase line's status: through the table, with an event."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.core import duties, statuses
from kkpd.core.duties import Duty
from kkpd.core.errors import Forbidden, NotFound
from kkpd.core.permissions import ROLE_NAMES, Actor, Role
from kkpd.core.proof.canonical import Json
from kkpd.models import Event, Transaksi
from kkpd.records import event_log

_KIND: Final = "belanja:status:"
#: Who wrote or changed what a line says does not judge it: also a proxy user, who is neither its
#: recorder nor its holder.
_CONTENT: Final = {
    "belanja:transaksi:catat": "mencatat",
    "belanja:transaksi:ubah": "mengubah",
}


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
    _require_another_person(session, actor, transaksi, action)
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
        f"{_KIND}{action}",
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
                _require_apart(actor, opd_id, assignment.peran)
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


def _require_apart(actor: Actor, opd_id: int, role: Role) -> None:
    """Forbidden while the actor also holds a role there that the law keeps apart from this one."""
    held = [Duty(t.peran, None) for t in actor.assignment if t.opd_id in (None, opd_id)]
    found = duties.conflict(held, Duty(role, None))
    if found is not None:
        other, rule = found
        raise Forbidden(
            f"Anda juga {other.nama} di OPD ini, sehingga tidak dapat bertindak sebagai "
            f"{ROLE_NAMES[role]}: {rule.why} ({rule.dasar}). Mintalah administrator mengakhiri "
            "salah satu penugasan Anda.",
            rule=rule.dasar,
        )


def _require_another_person(
    session: Session, actor: Actor, transaksi: Transaksi, action: str
) -> None:
    """Forbidden when the actor took a step of this line that is kept apart from this one, whatever
    his role was then.
    """
    transition = statuses.BY_ACTION[action]
    acts = {f"{_KIND}{one}": statuses.BY_ACTION[one].nama for one in transition.apart}
    if transition.judges:
        acts |= _CONTENT
    if not acts:
        return
    taken = session.scalar(
        select(Event.jenis)
        .where(
            Event.opd_id == transaksi.opd_id,
            Event.subjek == f"transaksi:{transaksi.id}",
            Event.aktor == f"orang:{actor.orang_id}",
            Event.jenis.in_(sorted(acts)),
        )
        .limit(1)
    )
    if taken is not None:
        raise Forbidden(
            f"Anda telah {acts[taken]} belanja ini, sehingga tidak dapat {transition.nama}. "
            f"Mintalah pejabat lain (pemisahan tugas, {transition.dasar}).",
            rule=transition.dasar,
        )
