"""The books as the events tell them: a shadow of every fact table, compared with the tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from kkpd.core.db import facts as db_facts
from kkpd.core.db.columns import Base
from kkpd.core.db.facts_kinds import NO_KEY
from kkpd.core.proof import canonical, events
from kkpd.models import Event

Row = dict[str, Any]
Shadow = dict[bytes, Row]


def fact_tables() -> list[Table]:
    """Every table whose rows the events tell."""
    return [table for table in Base.metadata.sorted_tables if db_facts.is_fact(table.name)]


def steps(isi: bytes) -> list[Row]:
    """The rows that an event carries; none of an event from before there were any."""
    after: Any = events.LogEvent.from_bytes(isi).after
    found: list[Row] = (after or {}).get(events.ROWS, [])
    return found


class Replay:
    """All events in their order, applied table by table to what was given before them."""

    def __init__(self, session: Session, given: Mapping[str, list[Row]]) -> None:
        self.tables: dict[str, Shadow] = {table.name: {} for table in fact_tables()}
        self.counted: dict[str, Counter[bytes]] = {name: Counter() for name in NO_KEY}
        self.hashed: list[Row] = []
        self.faults: list[str] = []
        for name, rows in given.items():
            for row in rows:
                self._insert(name, row, "given")
        for isi in session.scalars(select(Event.isi).order_by(Event.id)):
            for step in steps(isi):
                self._step(step, events.LogEvent.from_bytes(isi).kind)

    def _step(self, step: Row, kind: str) -> None:
        name = step["table"]
        if "new" in step:
            self._insert(name, step["new"], kind)
        elif "key" in step:
            self._change(name, step, kind)
        elif "values" in step:
            for values in step["values"]:
                named = zip(step["columns"], values, strict=True)
                self._insert(name, {key: v for key, v in named if v is not None}, kind)
        else:
            self.hashed.append(step)

    def _insert(self, name: str, row: Row, kind: str) -> None:
        if name in self.counted:
            self.counted[name][canonical.dumps(row)] += 1
            return
        key = _key(Base.metadata.tables[name], row)
        if key in self.tables[name]:
            self.faults.append(f"{kind}: {name} {key!r} is new twice")
        self.tables[name][key] = dict(row)

    def _change(self, name: str, step: Row, kind: str) -> None:
        row = self.tables[name].get(_key(Base.metadata.tables[name], step["key"]))
        if row is None:
            self.faults.append(f"{kind}: {name} {step['key']} is changed but was never new")
            return
        for column, old in step["before"].items():
            if row.get(column) != old:
                self.faults.append(f"{kind}: {name} {step['key']} {column} was not {old!r}")
            row.pop(column, None)
        row |= {column: value for column, value in step["after"].items() if value is not None}


def _key(table: Table, row: Row) -> bytes:
    return canonical.dumps([row[column.key] for column in table.primary_key])


def given(session: Session) -> dict[str, list[Row]]:
    """What the fact tables hold now, to begin a replay from."""
    return {table.name: list(_rows(session, table, [])) for table in fact_tables()}


def differences(
    session: Session, start: Mapping[str, list[Row]] | None = None
) -> tuple[list[str], Counter[str]]:
    """What the tables and the replayed events say differently; how many rows were compared."""
    replay = Replay(session, start or {})
    found, compared = list(replay.faults), Counter[str]()
    for table in fact_tables():
        rows = list(_rows(session, table, replay.hashed))
        compared[table.name] = len(rows)
        if table.name in NO_KEY:
            told = replay.counted[table.name]
            there = Counter(canonical.dumps(row) for row in rows)
            found += [f"{table.name}: only in the events: {one!r}" for one in told - there]
            found += [f"{table.name}: in no event: {one!r}" for one in there - told]
        else:
            found += _compared(table, rows, replay.tables[table.name])
    return [*found, *_hashes(session, replay.hashed)], compared


def _rows(session: Session, table: Table, hashed: list[Row]) -> Iterator[Row]:
    """The table's rows but for those that the events tell by a hash alone."""
    apart = [step["where"] for step in hashed if step["table"] == table.name]
    for values in session.connection().execute(select(table)).mappings():
        if not any(all(values[k] == v for k, v in where.items()) for where in apart):
            row = db_facts.row_json(table, dict(values))
            if table.name in NO_KEY:
                del row["id"]
            yield row


def _compared(table: Table, rows: list[Row], shadow: Shadow) -> Iterator[str]:
    there = {_key(table, row): row for row in rows}
    for key in there.keys() - shadow.keys():
        yield f"{table.name} {key!r}: in no event"
    for key in shadow.keys() - there.keys():
        yield f"{table.name} {key!r}: only in the events"
    for key in there.keys() & shadow.keys():
        row, told = there[key], shadow[key]
        for column in row.keys() | told.keys():
            if row.get(column) != told.get(column):
                yield (
                    f"{table.name} {key!r} {column}: {row.get(column)!r}, "
                    f"the events say {told.get(column)!r}"
                )


def _hashes(session: Session, steps: list[Row]) -> Iterator[str]:
    for step in steps:
        table = Base.metadata.tables[step["table"]]
        blocks = db_facts.many_rows(session, table, step["where"])
        rows = [row for block in blocks for row in block]
        if sha256(canonical.dumps(rows)).hexdigest() != step["sha256"]:
            yield f"{table.name} {step['where']}: not the rows of the event"
