"""A shadow of every fact table: what the events say its rows hold (law 9).

It is a temporary file of its own, so that memory stays flat however long the log is. For each row
it keeps which event told which field last.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Table

from kkpd.core.db import facts
from kkpd.core.db.columns import Base
from kkpd.core.db.facts_kinds import NO_KEY
from kkpd.core.proof import canonical
from kkpd.core.proof.canonical import Json

_TABLES: Final = """
    PRAGMA journal_mode = OFF;
    CREATE TABLE told_row (name TEXT, key TEXT, told TEXT, by TEXT, seen INT DEFAULT 0,
        PRIMARY KEY (name, key)) WITHOUT ROWID;
    CREATE TABLE told_count (name TEXT, told TEXT, by INT, times INT, seen INT DEFAULT 0,
        PRIMARY KEY (name, told)) WITHOUT ROWID;
    BEGIN;
"""
#: Under this name stands the event that told of the row first.
BORN: Final = ""
_GIVEN: Final = 0


@dataclass(frozen=True, slots=True)
class RowDifference:
    """What books and events say differently of one row: of one `field`, or of the whole row.

    None for `books`: the row is not there; None for `told`: no event tells of it. `event` is the
    key of the event that told it last, 0 where there is none.
    """

    table: str
    row: str
    field: str
    event: int
    books: Json
    told: Json


class Shadow:
    """Filled by `apply`, step by step; then `compare` takes the rows of the books."""

    def __init__(self) -> None:
        self._db = sqlite3.connect("", isolation_level=None)
        self._db.executescript(_TABLES)
        #: Rows that events tell by a hash alone: (event, step).
        self.hashed: list[tuple[int, Mapping[str, Any]]] = []
        #: (table, column) -> rows whose events are older than the column.
        self.untold: Counter[tuple[str, str]] = Counter()
        #: table -> lowest key that an event tells; earlier rows may be older than the telling.
        self.first: dict[str, list[Json]] = {}

    def close(self) -> None:
        """Throw it away."""
        self._db.close()

    def give(self, table: Table, rows: Iterable[Mapping[str, Json]]) -> None:
        """Begin with rows that were there before the first event."""
        for row in rows:
            list(self._insert(table, row, _GIVEN))

    def apply(self, step: Mapping[str, Any], event: int) -> Iterator[RowDifference]:
        """Apply one step of an event (see `kkpd.core.db.facts`); yields what contradicts itself."""
        table = Base.metadata.tables[step["table"]]
        if "new" in step:
            yield from self._insert(table, step["new"], event)
        elif "key" in step:
            yield from self._change(table, step, event)
        elif "values" in step:
            for values in step["values"]:
                named = zip(step["columns"], values, strict=True)
                row = {name: value for name, value in named if value is not None}
                yield from self._insert(table, row, event)
        else:
            self.hashed.append((event, step))

    def _insert(self, table: Table, row: Mapping[str, Json], event: int) -> Iterator[RowDifference]:
        told = _text(row)
        if table.name in NO_KEY:
            self._db.execute(
                "INSERT INTO told_count VALUES (?, ?, ?, 1, 0) "
                "ON CONFLICT (name, told) DO UPDATE SET times = times + 1",
                (table.name, told, event),
            )
            return
        key = key_of(table, row)
        if event:
            self.first[table.name] = min(self.first.get(table.name, key), key)
        old = self._told(table, _text(key))
        if old is not None:
            yield RowDifference(table.name, _text(key), "", event, old[0], dict(row))
        self._db.execute(
            "INSERT OR REPLACE INTO told_row VALUES (?, ?, ?, ?, 0)",
            (table.name, _text(key), told, _text({BORN: event})),
        )

    def _change(self, table: Table, step: Mapping[str, Any], event: int) -> Iterator[RowDifference]:
        key = _text(key_of(table, step["key"]))
        row, by = self._told(table, key) or (dict(step["key"]), {BORN: _GIVEN})
        for name, old in step["before"].items():
            if name in row and row[name] != old:
                yield RowDifference(table.name, key, name, event, row[name], old)
            row.pop(name, None)
        row |= {name: value for name, value in step["after"].items() if value is not None}
        by |= dict.fromkeys(step["after"], event)
        self._db.execute(
            "INSERT OR REPLACE INTO told_row VALUES (?, ?, ?, ?, 0)",
            (table.name, key, _text(row), _text(by)),
        )

    def _told(self, table: Table, key: str) -> tuple[dict[str, Json], dict[str, int]] | None:
        found = self._db.execute(
            "SELECT told, by FROM told_row WHERE name = ? AND key = ?", (table.name, key)
        ).fetchone()
        return None if found is None else (json.loads(found[0]), json.loads(found[1]))

    def compare(self, table: Table, rows: Iterable[Mapping[str, Json]]) -> Iterator[RowDifference]:
        """The differences of one table, field by field; `rows` as `facts.row_json` writes them.

        A column that is never empty and that no event of its row tells is younger than that event:
        it is counted in `untold`.
        """
        for name in ("told_row", "told_count"):
            self._db.execute(f"UPDATE {name} SET seen = 0 WHERE name = ?", (table.name,))  # noqa: S608 - two names of our own
        for row in rows:
            counted = table.name in NO_KEY
            yield from self._counted(table, row) if counted else self._compared(table, row)
        for key, told, by in self._db.execute(
            "SELECT key, told, by FROM told_row WHERE name = ? AND seen = 0", (table.name,)
        ):
            yield RowDifference(table.name, key, "", json.loads(by)[BORN], None, json.loads(told))
        for told, event in self._db.execute(
            "SELECT told, by FROM told_count WHERE name = ? AND seen < times", (table.name,)
        ):
            yield RowDifference(table.name, told, "", event, None, json.loads(told))

    def _counted(self, table: Table, row: Mapping[str, Json]) -> Iterator[RowDifference]:
        told = _text(row)
        seen = self._db.execute(
            "UPDATE told_count SET seen = seen + 1 WHERE name = ? AND told = ? AND seen < times",
            (table.name, told),
        )
        if not seen.rowcount:
            yield RowDifference(table.name, told, "", 0, dict(row), None)

    def _compared(self, table: Table, row: Mapping[str, Json]) -> Iterator[RowDifference]:
        key = _text(key_of(table, row))
        found = self._told(table, key)
        if found is None:
            yield RowDifference(table.name, key, "", 0, dict(row), None)
            return
        self._db.execute(
            "UPDATE told_row SET seen = 1 WHERE name = ? AND key = ?", (table.name, key)
        )
        told, by = found
        for name in sorted({*row, *told}):
            if row.get(name) == told.get(name):
                continue
            if name not in told and not table.columns[name].nullable:
                self.untold[table.name, name] += 1
            else:
                event = by.get(name, by[BORN])
                yield RowDifference(table.name, key, name, event, row.get(name), told.get(name))


def key_of(table: Table, row: Mapping[str, Json]) -> list[Json]:
    """The primary key of a row as the events write it."""
    return [row[column.key] for column in table.primary_key]


def fact_tables() -> list[Table]:
    """Every table whose rows the events tell."""
    return [table for table in Base.metadata.sorted_tables if facts.is_fact(table.name)]


def _text(value: Any) -> str:
    return canonical.dumps(value).decode()
