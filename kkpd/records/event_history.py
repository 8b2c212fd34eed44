"""The history of one thing in the event log: who did what, when, and which fields changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.core.proof import events as proof
from kkpd.models import Event, Orang


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """One event; `perubahan` has (field, before, after) of what differs."""

    seq: int
    at: datetime
    oleh: str
    peran: str
    jenis: str
    perubahan: tuple[tuple[str, object, object], ...]


def event_trail(session: Session, opd_id: int, subjek: str) -> tuple[LoggedEvent, ...]:
    """Every event about this subject in the OPD's chain, oldest first."""
    rows = session.execute(
        select(Event.seq, Event.isi)
        .where(Event.opd_id == opd_id, Event.subjek == subjek)
        .order_by(Event.seq)
    )
    events = [(seq, proof.LogEvent.from_bytes(isi)) for seq, isi in rows]
    ids = {_person(event.actor) for _, event in events} - {None}
    people = session.execute(select(Orang.id, Orang.nama).where(Orang.id.in_(ids)))
    names = {row.id: row.nama for row in people}
    return tuple(
        LoggedEvent(
            seq,
            event.at,
            names.get(_person(event.actor) or 0, event.actor),
            event.role,
            event.kind,
            tuple(_changes(event.before, event.after)),
        )
        for seq, event in events
    )


def _person(actor: str) -> int | None:
    kind, _, id_ = actor.partition(":")
    return int(id_) if kind == "orang" and id_.isdigit() else None


def _changes(before: object, after: object) -> list[tuple[str, object, object]]:
    old = before if isinstance(before, Mapping) else {}
    new = after if isinstance(after, Mapping) else {}
    names = [*old, *(name for name in new if name not in old and name != proof.ROWS)]
    return [
        (name, old.get(name), new.get(name)) for name in names if old.get(name) != new.get(name)
    ]
