"""The books against the log: replay every event, compare every row of every fact table (law 9).

The log's own check (`kkpd.records.log_check`) says whether the events are those that were signed;
this one says whether the tables hold what they tell. Events from before rows were told (or from
before a column was there) are judged as far as they tell, and what they leave open is said.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

from kkpd.core.db import facts
from kkpd.core.db.facts_kinds import NO_KEY
from kkpd.core.db.shadow import RowDifference, Shadow, fact_tables, key_of
from kkpd.core.proof import events
from kkpd.core.proof.canonical import Json
from kkpd.models import Chain, Event

_AT_ONCE: Final = 1_000
#: Requests that wait for each other are logged in another order than they began; no request and no
#: job takes longer.
CLOCK_PLAY: Final = timedelta(hours=6)
Progress = Callable[[int, int], None]


@dataclass(slots=True)
class Replay:
    """All events applied to a shadow: what they contradict, and how far they tell."""

    shadow: Shadow
    faults: list[str] = field(default_factory=list)
    events: int = 0
    #: Events from before the first one that tells rows.
    silent: int = 0
    #: Events with an earlier moment than one before them in their chain; the first of them.
    back: int = 0
    back_first: int = 0


def replay(
    session: Session,
    given: Mapping[str, list[dict[str, Json]]] | None = None,
    on_progress: Progress = lambda _done, _of: None,
) -> Replay:
    """Every event in its order; `given` are rows that were there before the first of them."""
    made = Replay(Shadow())
    for table in fact_tables():
        made.shadow.give(table, (given or {}).get(table.name, ()))
    count = session.scalar(select(func.count()).select_from(Event)) or 0
    clocks: dict[int, datetime] = {}
    rows = session.execute(
        select(Event.id, Event.chain_id, Event.at, Event.isi)
        .order_by(Event.id)
        .execution_options(yield_per=_AT_ONCE)
    )
    for row in rows:
        steps = rows_of(row.isi)
        made.silent += not steps and made.silent == made.events
        made.events += 1
        for step in steps:
            for found in made.shadow.apply(step, row.id):
                made.faults.append(_contradiction(session, found))
        before = clocks.setdefault(row.chain_id, row.at)
        if row.at < before - CLOCK_PLAY:
            made.back, made.back_first = made.back + 1, made.back_first or row.id
        clocks[row.chain_id] = max(before, row.at)
        if made.events % _AT_ONCE == 0:
            on_progress(made.events, count)
    return made


def rows_of(isi: bytes) -> list[dict[str, Any]]:
    """The steps that an event carries; none of an event from before there were any."""
    after = json.loads(isi)["after"]
    steps: list[dict[str, Any]] = (after or {}).get(events.ROWS, [])
    return steps


def differences(session: Session, made: Replay) -> Iterator[str]:
    """What the tables and the replayed events say differently, a sentence for each."""
    yield from made.faults
    for table in fact_tables():
        try:
            yield from _of_table(session, table, made)
        except (TypeError, ValueError) as error:  # e.g. no moment where one belongs
            yield f"{table.name}: ada isi yang bukan isi kolomnya, sisanya tidak terbaca ({error})"
    for event, step in made.shadow.hashed:
        yield from _hashed(session, event, step)


def _of_table(session: Session, table: Table, made: Replay) -> Iterator[str]:
    for found in made.shadow.compare(table, _rows(session, table, made.shadow)):
        if not _is_older(table, found, made):
            yield _sentence(session, found)


def remarks(session: Session, made: Replay) -> Iterator[str]:
    """What is no difference, and yet for people to know: how far the events tell, and the clock."""
    if made.silent:
        yield (
            f"{made.silent} peristiwa pertama belum memuat baris: baris yang lebih tua daripada "
            "peristiwa pertama yang memuatnya tidak dapat dinilai."
        )
    for (table, column), count in sorted(made.shadow.untold.items()):
        yield (
            f"{table}, {column}: {count} baris lebih tua daripada kolom itu; isinya di sana belum "
            "diceritakan peristiwa."
        )
    if made.back:
        yield (
            f"{made.back} peristiwa mencatat waktu lebih awal daripada peristiwa sebelumnya dalam "
            f"rantainya, yang pertama {label(session, made.back_first)}."
        )


def compared(session: Session) -> Counter[str]:
    """table -> how many rows the books have."""
    connection = session.connection()
    return Counter(
        {
            table.name: connection.scalar(select(func.count()).select_from(table)) or 0
            for table in fact_tables()
        }
    )


def _rows(session: Session, table: Table, shadow: Shadow) -> Iterator[dict[str, Json]]:
    """The table's rows but for those that the events tell by a hash alone."""
    apart = [step["where"] for _, step in shadow.hashed if step["table"] == table.name]
    found = session.connection().execute(
        select(table).order_by(*table.primary_key).execution_options(yield_per=_AT_ONCE)
    )
    for values in found.mappings():
        if any(all(values[key] == value for key, value in where.items()) for where in apart):
            continue
        row = facts.row_json(table, dict(values))
        if table.name in NO_KEY:
            del row["id"]
        yield row


def _is_older(table: Table, found: RowDifference, made: Replay) -> bool:
    """Whether a row is in no event because it is older than the first event that tells rows."""
    if not made.silent or found.told is not None or not isinstance(found.books, Mapping):
        return False
    first = made.shadow.first.get(table.name)
    return table.name in NO_KEY or first is None or key_of(table, found.books) < first


def _hashed(session: Session, event: int, step: Mapping[str, Any]) -> Iterator[str]:
    """Rows that an event tells by their hash, over the columns of that day."""
    table = fact_table(step["table"])
    digest, count = sha256(b"["), 0
    for block in facts.many_rows(session, table, step["where"], step["columns"]):
        digest.update(b"," * bool(count) + facts.list_bytes(block)[1:-1])
        count += len(block)
    digest.update(b"]")
    if (count, digest.hexdigest()) != (step["count"], step["sha256"]):
        yield (
            f"{table.name} {json.dumps(step['where'])}: {count} baris, bukan lagi {step['count']} "
            f"baris dari peristiwa {label(session, event)}"
        )


def fact_table(name: str) -> Table:
    """The table of this name."""
    return next(table for table in fact_tables() if table.name == name)


def label(session: Session, event: int) -> str:
    """An event as people find it: its chain, its number there, its kind."""
    row = session.execute(
        select(Chain.nama, Event.seq, Event.jenis)
        .join(Chain, Chain.id == Event.chain_id)
        .where(Event.id == event)
    ).one_or_none()
    return "sebelum catatan" if row is None else f"{row.nama} no. {row.seq} ({row.jenis})"


def _sentence(session: Session, found: RowDifference) -> str:
    where = f"{found.table} {found.row}"
    if found.told is None and not found.field:
        return f"{where}: tidak ada peristiwa yang menulisnya: {_said(found.books)}"
    if found.books is None and not found.field:
        told = _said(found.told)
        return f"{where}: hilang dari pembukuan; {label(session, found.event)} menulis {told}"
    return (
        f"{where}, {found.field}: pembukuan {_said(found.books)}, "
        f"peristiwa {label(session, found.event)} mengatakan {_said(found.told)}"
    )


def _contradiction(session: Session, found: RowDifference) -> str:
    where = f"{found.table} {found.row}{', ' * bool(found.field)}{found.field}"
    return (
        f"{where}: peristiwa {label(session, found.event)} mengatakan {_said(found.told)}, "
        f"peristiwa sebelumnya {_said(found.books)}"
    )


def _said(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False)
