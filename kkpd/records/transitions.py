"""The only way to change a purchase line's status: through the table, with an event."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
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
    return seen_purchase(actor, locked_purchases(session, [transaksi_id]).get(transaksi_id))


def locked_purchases(session: Session, ids: Collection[int]) -> dict[int, Transaksi]:
    """Those of these lines that exist, locked by ascending key."""
    if not ids:
        return {}
    rows = session.scalars(
        select(Transaksi)
        .where(Transaksi.id.in_(sorted(ids)))
        .order_by(Transaksi.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {row.id: row for row in rows}


def seen_purchase(actor: Actor, found: Transaksi | None) -> Transaksi:
    """The line; NotFound when there is none, or for actors who may not see its OPD."""
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
    taken: Mapping[int, Sequence[str]] | None = None,
) -> Role:
    """Take one step of the table, write its event, and return the role that took it.

    `taken` is what `acts_apart` found, where many lines take the step together.
    """
    role = acting_role(actor, transaksi.opd_id, action, transaksi.sub_kegiatan)
    if taken is None:
        taken = acts_apart(session, actor, [transaksi], (action,))
    _require_another_person(taken.get(transaksi.id, ()), action)
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


def acts_apart(
    session: Session, actor: Actor, rows: Collection[Transaksi], actions: Collection[str]
) -> dict[int, list[str]]:
    """Line -> the actor's acts on it that are kept apart from one of these steps, oldest first."""
    wanted = sorted({kind for action in actions for kind in _apart(action)})
    if not wanted:
        return {}
    ids = {f"transaksi:{row.id}": row.id for row in rows}
    taken = session.execute(
        select(Event.subjek, Event.jenis)
        .where(
            Event.opd_id.in_({row.opd_id for row in rows}),
            Event.subjek.in_(ids),
            Event.aktor == f"orang:{actor.orang_id}",
            Event.jenis.in_(wanted),
        )
        .order_by(Event.seq)
    )
    found: dict[int, list[str]] = defaultdict(list)
    for subject, kind in taken:
        found[ids[subject]].append(kind)
    return found


def _apart(action: str) -> dict[str, str]:
    """The kinds of events that whoever takes this step may not have written, each in words."""
    transition = statuses.BY_ACTION[action]
    acts = {f"{_KIND}{one}": statuses.BY_ACTION[one].nama for one in transition.apart}
    return acts | _CONTENT if transition.judges else acts


def _require_another_person(taken: Sequence[str], action: str) -> None:
    """Forbidden when the actor took a step of this line that is kept apart from this one, whatever
    his role was then.
    """
    acts, transition = _apart(action), statuses.BY_ACTION[action]
    for kind in taken:
        if kind not in acts:
            continue
        raise Forbidden(
            f"Anda telah {acts[kind]} belanja ini, sehingga tidak dapat {transition.nama}. "
            f"Mintalah pejabat lain (pemisahan tugas, {transition.dasar}).",
            rule=transition.dasar,
        )
