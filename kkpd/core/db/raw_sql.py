"""Statements that go straight to the driver, where many writers wait for each other; and rows that
are created if they are missing (a counter, a chain's head), also when two try at once.

Looking up a compiled statement costs more than running it: 40 microseconds against 5. Here
SQLAlchemy compiles the text once per dialect; types, errors and listeners work as usual.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Dialect, Select, Table, bindparam
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import UpdateBase

from kkpd.core.db import facts as db_facts
from kkpd.core.db.columns import Base

_Values = Mapping[str, object]
_Bound = tuple[object, ...] | dict[str, object]


def execute_raw(
    connection: Connection, text: str, values: Any = (), *, banyak: bool = False
) -> Any:
    """Run a text in the driver's own form and return its rows; the transaction must have begun.

    `banyak`: the values are a list, one set per execution. Errors are SQLAlchemy's, and listeners
    for statements are called (the simulator uses one to crash before a write).
    """
    if connection.dispatch.before_cursor_execute:
        result = connection.exec_driver_sql(text, values)
        return result.fetchall() if result.returns_rows else ()
    failure = connection.dialect.loaded_dbapi.Error
    cursor = connection.connection.cursor()
    try:
        if banyak:
            cursor.executemany(text, values)
        else:
            cursor.execute(text, values)
        return cursor.fetchall() if cursor.description else ()
    except failure as error:
        raise DBAPIError.instance(
            text, values, error, failure, dialect=connection.dialect, ismulti=banyak
        ) from error
    finally:
        cursor.close()


class _Prepared(NamedTuple):
    """A statement for one driver: its text, and how each value is converted in and out."""

    text: str
    by_name: bool
    binders: Sequence[tuple[str, Callable[[Any], Any] | None]]
    read_in: Sequence[Callable[[Any], Any] | None]
    isi: _Values  # constants of the statement itself, such as the 1 of a LIMIT


class FixedStatement:
    """A statement whose text never changes; its values are named `bindparam`s."""

    def __init__(self, statement: Select[*tuple[Any, ...]] | UpdateBase) -> None:
        self._statement = statement
        self._prepared: dict[str, _Prepared] = {}

    def baris(self, connection: Connection, values: _Values) -> list[tuple[Any, ...]]:
        """Its rows with these values."""
        prepared = self._for_dialect(connection.dialect)
        rows = execute_raw(connection, prepared.text, _bind(prepared, values))
        return [
            tuple(
                [
                    v if read is None else read(v)
                    for read, v in zip(prepared.read_in, row, strict=True)
                ]
            )
            for row in rows
        ]

    def of(self, session: Session, **values: object) -> list[tuple[Any, ...]]:
        """The same in a session, which writes first what waits, as for every other question."""
        if session.autoflush:
            session.flush()
        return self.baris(session.connection(), values)

    def run_each(self, connection: Connection, rows: Sequence[_Values]) -> None:
        """Once for each of these sets of values; several are sent together."""
        prepared = self._for_dialect(connection.dialect)
        bound = [_bind(prepared, row) for row in rows]
        if len(bound) == 1:
            execute_raw(connection, prepared.text, bound[0])
        elif bound:
            execute_raw(connection, prepared.text, bound, banyak=True)

    def _for_dialect(self, dialect: Dialect) -> _Prepared:
        prepared = self._prepared.get(dialect.name)
        if prepared is None:
            prepared = self._prepared[dialect.name] = _compile(self._statement, dialect)
        return prepared


def _bind(prepared: _Prepared, values: _Values) -> _Bound:
    if prepared.isi:
        values = {**prepared.isi, **values}
    bound = tuple([values[n] if bind is None else bind(values[n]) for n, bind in prepared.binders])
    return (
        {n: v for (n, _), v in zip(prepared.binders, bound, strict=True)}
        if prepared.by_name
        else bound
    )


def _compile(statement: Select[*tuple[Any, ...]] | UpdateBase, dialect: Dialect) -> _Prepared:
    compiled = statement.compile(dialect=dialect)
    names = compiled.positiontup if compiled.positional else compiled.bind_names.values()
    binds = [
        (name, compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect))
        for name in names or ()
    ]
    reads = [
        column.type.dialect_impl(dialect).result_processor(dialect, None)
        for column in statement.exported_columns
    ]
    own = {name: bind.value for name, bind in compiled.binds.items() if not bind.required}
    return _Prepared(compiled.string, not compiled.positional, binds, reads, own)


_MAKERS: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def insert_missing(session: Session, model: type[Base], **values: Any) -> None:
    """INSERT ... ON CONFLICT DO NOTHING: afterwards the row exists, ours or another's."""
    maker = _MAKERS[session.get_bind().dialect.name]
    table: Table = model.__table__  # type: ignore[assignment]  # a Table for every mapped class
    row = maker(table).values(**values).on_conflict_do_nothing().returning(*table.columns)
    session.flush()
    made = session.connection().execute(row).mappings().all()
    db_facts.inserted(session, table, [dict(one) for one in made])


def counting(table: Table, keys: Sequence[str], counter: str) -> dict[str, FixedStatement]:
    """By dialect, one statement that starts the counter of these keys at one or increments it,
    returns the number and leaves the row locked.
    """
    number = table.columns[counter]
    made = {}
    for dialect, maker in _MAKERS.items():
        row = maker(table).values({**{key: bindparam(key) for key in keys}, counter: 1})
        taken = row.on_conflict_do_update(index_elements=keys, set_={counter: number + 1})
        made[dialect] = FixedStatement(taken.returning(number))
    return made
