"""Statements that go straight to the driver, where many writers wait for each other.

One ceiling's clerks wait while these run. Finding a statement's text again at each call costs more
than the database's own work: 40 microseconds beside 5. Here the text is written once a dialect by
SQLAlchemy; types, errors and listeners stay what they are everywhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Dialect, Select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.dml import UpdateBase

_Nilai = Mapping[str, object]
_Terikat = tuple[object, ...] | dict[str, object]


def langsung(connection: Connection, text: str, values: Any = (), *, banyak: bool = False) -> Any:
    """The rows of a text in the driver's own form, in a transaction that has begun.

    `banyak`: the values are a list, one set for each time. Errors are SQLAlchemy's; whoever listens
    to statements, as the simulator does to let the program die before one, hears these too.
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


class _Siap(NamedTuple):
    """A statement as one driver takes it: what becomes of each value on its way there and back."""

    text: str
    bernama: bool
    ikat: Sequence[tuple[str, Callable[[Any], Any] | None]]
    baca: Sequence[Callable[[Any], Any] | None]
    isi: _Nilai  # what the statement itself says, such as the 1 of a LIMIT


class Tetap:
    """A statement whose text never changes; its values are named `bindparam`s."""

    def __init__(self, statement: Select[*tuple[Any, ...]] | UpdateBase) -> None:
        self._statement = statement
        self._siap: dict[str, _Siap] = {}

    def baris(self, connection: Connection, values: _Nilai) -> list[tuple[Any, ...]]:
        """Its rows with these values."""
        siap = self._untuk(connection.dialect)
        rows = langsung(connection, siap.text, _ikat(siap, values))
        return [
            tuple([v if read is None else read(v) for read, v in zip(siap.baca, row, strict=True)])
            for row in rows
        ]

    def jalan(self, connection: Connection, rows: Sequence[_Nilai]) -> None:
        """Once for each of these sets of values; several go on one way to the server."""
        siap = self._untuk(connection.dialect)
        bound = [_ikat(siap, row) for row in rows]
        if len(bound) == 1:
            langsung(connection, siap.text, bound[0])
        elif bound:
            langsung(connection, siap.text, bound, banyak=True)

    def _untuk(self, dialect: Dialect) -> _Siap:
        siap = self._siap.get(dialect.name)
        if siap is None:
            siap = self._siap[dialect.name] = _susun(self._statement, dialect)
        return siap


def _ikat(siap: _Siap, values: _Nilai) -> _Terikat:
    if siap.isi:
        values = {**siap.isi, **values}
    bound = tuple([values[n] if bind is None else bind(values[n]) for n, bind in siap.ikat])
    return {n: v for (n, _), v in zip(siap.ikat, bound, strict=True)} if siap.bernama else bound


def _susun(statement: Select[*tuple[Any, ...]] | UpdateBase, dialect: Dialect) -> _Siap:
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
    return _Siap(compiled.string, not compiled.positional, binds, reads, own)
