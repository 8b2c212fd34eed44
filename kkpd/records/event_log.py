"""The event log: every verb writes one event in its own transaction (law 9).

`record` queues an event. Appending locks the chain's head row, so it is done last before the commit
and writers of one OPD wait for each other only briefly. `log_signing.py` signs it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from kkpd.core.db import facts as db_facts
from kkpd.core.db.raw_sql import insert_missing
from kkpd.core.db.session import AFTERWARDS, AT_END
from kkpd.core.permissions import Actor, Role
from kkpd.core.proof import events, merkle
from kkpd.core.proof import events as proof
from kkpd.core.proof.canonical import Json
from kkpd.models import Chain, Event, Opd, Orang
from kkpd.records import security_log

ADMINISTRATION: Final = "adm"
_QUEUE: Final = "log"


@dataclass(frozen=True, slots=True)
class _Entry:
    """A queued event. `mark` is how many facts were written before it; `steps` are those it
    includes.
    """

    opd_id: int | None
    actor: str
    role: str
    kind: str
    subject: str
    before: Json
    after: Mapping[str, Json] | None
    now: datetime
    mark: int
    steps: list[Mapping[str, Json]] = field(default_factory=list)

    def told(self) -> Json:
        """`after`, together with the rows that the verb wrote."""
        return {**(self.after or {}), events.ROWS: self.steps} if self.steps else self.after


def record(
    session: Session,
    actor: Actor | None,
    role: Role | None,
    kind: str,
    subject: str,
    *,
    now: datetime,
    opd_id: int | None = None,
    before: Mapping[str, Json] | None = None,
    after: Mapping[str, Json] | None = None,
) -> None:
    """Queue one event for the end of this transaction. `kind` is `area:subject:action`.

    `opd_id` None writes to the administration's chain; `actor` None is the system itself.
    """
    if after is not None and events.ROWS in after:
        raise ValueError(f"{events.ROWS} are put into an event by the log itself")
    session.flush()  # so that this event includes what its verb wrote, not the next one
    queue: list[_Entry] = session.info.setdefault(_QUEUE, [])
    if not queue:
        session.info.setdefault(AT_END, []).append(append_queued)
    who = f"orang:{actor.orang_id}" if actor else "sistem"
    queue.append(
        _Entry(
            opd_id,
            who,
            str(role or "sistem"),
            kind,
            subject,
            before if before is None else dict(before),
            after if after is None else dict(after),
            now,
            len(db_facts.written(session)),
        )
    )


def append_queued(session: Session) -> list[Event]:
    """Append the queued events, chain by chain in a fixed order; returns the new rows."""
    queue: list[_Entry] = session.info.pop(_QUEUE, [])
    session.flush()
    _load(session, queue)
    return [
        event
        for opd_id in sorted({entry.opd_id for entry in queue}, key=_lock_order)
        for event in _append(session, opd_id, [e for e in queue if e.opd_id == opd_id])
    ]


def _load(session: Session, queue: Sequence[_Entry]) -> None:
    """Assign each written fact to an event: the next one recorded in the chain of its OPD, else the
    last one there. Where that chain has no event, the one appended last gets it.

    So the steps of one row are in the log in the order in which they were made. The event that
    issues a report gets none, because every copy of the report contains it.
    """
    carriers = [entry for entry in queue if entry.kind != events.ISSUE_KIND]
    if not carriers:
        return
    last = max(enumerate(carriers), key=lambda found: (_lock_order(found[1].opd_id), found[0]))[1]
    chains: dict[int | None, list[_Entry]] = {}
    for entry in carriers:
        chains.setdefault(entry.opd_id, []).append(entry)
    for nth, step in enumerate(db_facts.written(session)):
        mine = chains.get(step.opd_id, [last])
        found = bisect_right(mine, nth, key=lambda entry: entry.mark)
        mine[min(found, len(mine) - 1)].steps.append(step.told)
    db_facts.carried(session)


def _lock_order(opd_id: int | None) -> tuple[bool, int]:
    """OPDs ascending, the administration last: chains are always locked in this order."""
    return (opd_id is None, opd_id or 0)


def _append(session: Session, opd_id: int | None, entries: list[_Entry]) -> list[Event]:
    chain = locked_chain(session, opd_id)
    frontier, previous = frontier_of(chain), chain.ujung
    rows = []
    for entry in entries:
        data = events.LogEvent(
            chain=chain.nama,
            seq=frontier.size + 1,
            prev=previous.hex(),
            at=entry.now,
            actor=entry.actor,
            role=entry.role,
            kind=entry.kind,
            subject=entry.subject,
            before=entry.before,
            after=entry.told(),
        ).to_bytes()
        previous = merkle.leaf_hash(data)
        frontier = frontier.append(previous)
        rows.append(
            Event(
                chain_id=chain.id,
                opd_id=opd_id,
                seq=frontier.size,
                at=entry.now,
                aktor=entry.actor,
                peran=entry.role,
                jenis=entry.kind,
                subjek=entry.subject,
                isi=data,
                daun=previous,
            )
        )
        told = {"chain": chain.nama, "seq": frontier.size, "actor": entry.actor}
        told |= {"role": entry.role, "subject": entry.subject}
        outcome: security_log.Outcome = "gagal" if entry.kind.endswith(":gagal") else "berhasil"
        noted = partial(security_log.note, entry.kind, outcome, **told)
        session.info.setdefault(AFTERWARDS, []).append(noted)
    session.add_all(rows)
    chain.ukuran, chain.ujung, chain.puncak = frontier.size, previous, b"".join(frontier.peaks)
    session.flush()
    return rows


def frontier_of(chain: Chain) -> merkle.Frontier:
    """The chain's Merkle frontier as stored in its head row."""
    peaks = tuple(chain.puncak[i : i + 32] for i in range(0, len(chain.puncak), 32))
    return merkle.Frontier(chain.ukuran, peaks)


_HEAD: Final = select(Chain).with_for_update().execution_options(populate_existing=True)
_GENERAL_HEAD: Final = _HEAD.where(Chain.opd_id.is_(None))
_OPD_HEAD: Final = _HEAD.where(Chain.opd_id == bindparam("opd"))


def locked_chain(session: Session, opd_id: int | None) -> Chain:
    """The OPD's chain (None: the administration's) with its head locked; created at first use."""
    asked = {} if opd_id is None else {"opd": opd_id}
    found = _GENERAL_HEAD if opd_id is None else _OPD_HEAD
    chain = session.scalars(found, asked).one_or_none()
    if chain is not None:
        return chain
    name = ADMINISTRATION if opd_id is None else f"opd:{session.get_one(Opd, opd_id).kode}"
    empty = {"ukuran": 0, "ujung": bytes(32), "puncak": b""}
    insert_missing(session, Chain, nama=name, opd_id=opd_id, **empty)
    return session.scalars(found, asked).one()


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
