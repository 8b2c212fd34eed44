"""The rows that a transaction writes into fact tables, kept until its events include them (law 9).

Rows that the unit of work inserts or changes are collected automatically. Code that writes past it
must report its rows: `inserted` (rows at hand), `watched` (rows read before and after) or
`carry_many` (a bulk insert, read back). `kkpd.records.event_log` puts them into the events of the
transaction; `kkpd.core.db.session.writing` refuses to commit a fact that no event includes.

One step is one of
* `{"table", "new"}`: a row by column, as `row_json` writes it;
* `{"table", "key", "before", "after"}`: the columns of one row that changed;
* `{"table", "where", "count", "columns", "values"}`: many new rows, in the order of their key;
* `{"table", "where", "count", "columns", "sha256"}`: more than `MOST` of them, see `carry_many`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Integer,
    LargeBinary,
    String,
    Table,
    event,
    inspect,
    select,
    type_coerce,
)
from sqlalchemy.orm import Session, SessionTransaction, UOWTransaction

from kkpd.core.db.columns import Base
from kkpd.core.db.facts_kinds import LEFT_OUT, NOT_FACTS
from kkpd.core.db.types import Moment, Sen
from kkpd.core.proof import canonical
from kkpd.core.proof.canonical import Json
from kkpd.core.proof.events import iso

#: For more rows at once the event holds their hash; the bank file itself rebuilds them.
MOST: Final = 5_000
_WRITTEN: Final = "facts"
_SAVEPOINTS: Final = "facts_savepoints"

#: Lists of texts and numbers, written as `canonical.dumps` does but several times faster.
_TEXT: Final = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), check_circular=False
).encode

_Write = Callable[[Any], Json]


@dataclass(frozen=True, slots=True)
class Step:
    """One written row, or many; `opd_id` says in whose chain it belongs (None: nobody's own)."""

    opd_id: int | None
    told: Mapping[str, Json]


def is_fact(table: str) -> bool:
    """Whether events include this table's rows."""
    return table not in NOT_FACTS


def row_json(table: Table, values: Mapping[str, Any]) -> dict[str, Json]:
    """The canonical JSON of these columns: money in sen, dates and moments (UTC) as ISO texts,
    bytes as their SHA-256. NULL is left out, and so are the columns in `LEFT_OUT`.
    """
    return {
        name: write(values[name])
        for name, write in _writers(table).items()
        if values.get(name) is not None
    }


@cache
def _writers(table: Table) -> dict[str, _Write]:
    """column -> how its values are written."""
    hidden = LEFT_OUT.get(table.name, {})
    columns = [column for column in table.columns if column.key not in hidden]
    return {str(column.key): _writer(column) for column in columns}


def _writer(column: Column[Any]) -> _Write:
    if isinstance(column.type, Sen):
        return lambda value: _number(value.sen)
    if isinstance(column.type, Moment):
        return iso
    if isinstance(column.type, LargeBinary):
        return _hash
    if isinstance(column.type, JSON):
        return _plain
    return _simple


def _hash(value: bytes | str) -> Json:
    """Text in the place of bytes, which only tampering leaves on SQLite, is told as it is."""
    return value if isinstance(value, str) else sha256(value).hexdigest()


def _number(value: int) -> Json:
    return value if abs(value) <= canonical.MAX_INT else str(value)


def _plain(value: Any) -> Json:
    plain: Json = json.loads(json.dumps(value))
    return plain


def _simple(value: Any) -> Json:
    if type(value) in (str, int, bool):
        return value  # type: ignore[no-any-return]  # mypy does not narrow by type(x)
    if isinstance(value, str):
        return str(value)  # a word of an enumeration
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"no event can carry a {type(value).__name__}")


def inserted(session: Session, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
    """Report rows that were inserted past the unit of work."""
    if is_fact(table.name):
        steps = _steps(session)
        for row in rows:
            told: dict[str, Json] = {"table": str(table.name), "new": row_json(table, row)}
            steps.append(Step(row.get("opd_id"), told))


@contextmanager
def watched(session: Session, model: type[Base], where: ColumnElement[bool]) -> Iterator[None]:
    """Report what the statements in this block do to the rows of `where`.

    The condition must hold for a row before and after: it names keys, not what changes.
    """
    table: Table = model.__table__  # type: ignore[assignment]  # a Table for every mapped class
    session.flush()
    before = _read(session, table, where)
    yield
    session.flush()
    for key, row in _read(session, table, where).items():
        old = before.get(key)
        if old is None:
            inserted(session, table, [row])
        else:
            changed(session, table, old, row)


def _read(
    session: Session, table: Table, where: ColumnElement[bool]
) -> dict[tuple[Any, ...], Mapping[str, Any]]:
    keys = [column.key for column in table.primary_key]
    rows = session.connection().execute(select(table).where(where).order_by(*table.primary_key))
    return {tuple(row[key] for key in keys): dict(row) for row in rows.mappings()}


def changed(
    session: Session, table: Table, before: Mapping[str, Any], after: Mapping[str, Any]
) -> None:
    """Report a change that was written past the unit of work; `after` includes key and OPD.

    NULL is written here, as the new or the old value.
    """
    old, new = row_json(table, before), row_json(table, after)
    names = sorted(name for name in {*old, *new} if old.get(name) != new.get(name))
    if names:
        told: dict[str, Json] = {
            "table": str(table.name),
            "key": row_json(table, {column.key: after[column.key] for column in table.primary_key}),
            "before": {name: old.get(name) for name in names},
            "after": {name: new.get(name) for name in names},
        }
        _steps(session).append(Step(after.get("opd_id"), told))


def carry_many(session: Session, model: type[Base], opd_id: int, **where: int) -> None:
    """Report all rows of this condition, which a bulk insert wrote; they are read back from the
    database.

    More than `MOST` rows are replaced by `sha256`, the hash over the canonical JSON of the list
    that `values` would have held. They are rebuilt from the bank file (its SHA-256 is in the event
    that received it) and the answers (in the row of `impor`), and compared by this hash.
    """
    table: Table = model.__table__  # type: ignore[assignment]  # a Table for every mapped class
    session.flush()
    digest, kept, count = sha256(b"["), list[Json](), 0
    for block in many_rows(session, table, where):
        digest.update(b"," * bool(count) + list_bytes(block)[1:-1])
        count += len(block)
        kept = [*kept, *block] if count <= MOST else []
    digest.update(b"]")
    if count:
        told: dict[str, Json] = {"table": str(table.name), "where": where, "count": count}
        told["columns"] = list(_writers(table))
        few = count <= MOST
        told |= {"values": kept} if few else {"sha256": digest.hexdigest()}
        _steps(session).append(Step(opd_id, told))


def list_bytes(rows: list[list[Json]]) -> bytes:
    """The canonical JSON of rows of texts and numbers."""
    return _TEXT(rows).encode()


def many_rows(
    session: Session, table: Table, where: Mapping[str, int], names: Sequence[str] = ()
) -> Iterator[list[list[Json]]]:
    """The rows of `where` in the order of their key, each as the list of its columns, in blocks.

    `names` are the columns, if not all that events tell today.
    """
    writers = _writers(table)
    writers = {name: writers[name] for name in names or writers}
    columns = [table.columns[name] for name in writers]
    raw = [type_coerce(c, BigInteger) if isinstance(c.type, Sen) else c for c in columns]
    ways = [_way(column, writers[column.key]) for column in columns]
    found = session.connection().execute(
        select(*raw)
        .where(*(table.columns[name] == value for name, value in where.items()))
        .order_by(*table.primary_key)
    )
    for block in found.partitions(MOST):
        lists = [
            values if way is None else [None if value is None else way(value) for value in values]
            for way, values in zip(ways, zip(*block, strict=True), strict=True)
        ]
        yield [list(row) for row in zip(*lists, strict=True)]


def _way(column: Column[Any], write: _Write) -> _Write | None:
    """How a value from the database is written; None: as it is, like most columns of a bill."""
    if isinstance(column.type, Sen):
        return _number
    return None if isinstance(column.type, String | Integer | Boolean) else write


def written(session: Session) -> Sequence[Step]:
    """What was written so far and is in no event yet, in order."""
    return _steps(session)


def carried(session: Session) -> None:
    """Forget it: events include all of it now."""
    _steps(session).clear()


def refuse_untold(session: Session) -> None:
    """A programmer's error when a fact was written in a transaction without an event (law 9)."""
    steps = _steps(session)
    if steps:
        tables = sorted({str(step.told["table"]) for step in steps})
        raise RuntimeError(f"written without an event: {', '.join(tables)}")


def _steps(session: Session) -> list[Step]:
    found: list[Step] = session.info.setdefault(_WRITTEN, [])
    return found


@event.listens_for(Session, "after_flush")
def _after_flush(session: Session, _context: UOWTransaction) -> None:
    """New rows in the order they were added, changed ones in the order of their keys."""
    for row in session.new:
        table = row.__table__
        if is_fact(table.name):
            inserted(session, table, [_values(row)])
    dirty = [row for row in session.dirty if is_fact(row.__table__.name)]
    for row in sorted(dirty, key=lambda row: (row.__table__.name, inspect(row).identity)):
        _history(session, row)


def _values(row: Any) -> dict[str, Any]:
    known = inspect(row).dict
    return {name: known.get(name) for name in _writers(row.__table__) | {"opd_id": None}}


def _history(session: Session, row: Any) -> None:
    state = inspect(row)
    touched = [name for name in _writers(row.__table__) if name in state.committed_state]
    if not touched:
        return
    before = _values(row)
    after = dict(before)
    for name in touched:
        history = state.attrs[name].history
        if history.added:
            before[name] = history.deleted[0] if history.deleted else None
    if before != after:
        changed(session, row.__table__, before, after)


@event.listens_for(Session, "after_transaction_create")
def _savepoint(session: Session, transaction: SessionTransaction) -> None:
    if transaction.nested:
        marks = session.info.setdefault(_SAVEPOINTS, {})
        marks[transaction] = len(_steps(session))


@event.listens_for(Session, "after_soft_rollback")
def _rolled_back(session: Session, transaction: SessionTransaction) -> None:
    """Rows that were rolled back, by a savepoint or completely, are forgotten."""
    if transaction.nested or transaction.parent is None:
        mark = session.info.get(_SAVEPOINTS, {}).pop(transaction, 0)
        del _steps(session)[mark:]
