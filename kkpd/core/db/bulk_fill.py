"""How many rows are handed to each database's driver: a batch is prepared first, then sent.

Preparing needs no connection, so it can be done while the database works on the batch before
(bulk.Batches).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from itertools import chain, islice
from types import NoneType
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

if TYPE_CHECKING:
    import psycopg
    from psycopg import sql

#: Rows sent to COPY at once.
_BLOCK = 2_000
#: Characters that COPY's text format escapes with a backslash.
_ESCAPED = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
_MARKS = ("\\", "\t", "\n", "\r")

#: Sends a prepared batch.
Send = Callable[[Connection], None]
Columns = Mapping[str, list[Any]]


def for_sqlite(table: str, columns: Columns) -> Send:
    """By the driver itself: SQLAlchemy would need a list of all rows in memory."""

    def send(connection: Connection) -> None:
        driver = connection.connection.driver_connection
        if not isinstance(driver, sqlite3.Connection):
            raise TypeError("SQLite is reached through sqlite3")
        marks = ", ".join("?" * len(columns))
        rows = zip(*columns.values(), strict=True)
        driver.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)  # noqa: S608 (our own names)

    return send


def for_postgresql(table: str, columns: Columns) -> Send:
    """By COPY. Values that all rows share are formatted once; columns that are empty in all rows
    are left out.
    """
    from psycopg import sql

    alike = {name: given[0] for name, given in columns.items() if is_alike(given)}
    own = {name: given for name, given in columns.items() if name not in alike}
    if not own:  # COPY wants a column
        name = next(iter(columns))
        own = {name: columns[name]}
        del alike[name]
    once = {name: value for name, value in alike.items() if value is not None}
    names = sql.SQL(", ").join(map(sql.Identifier, [*once, *own]))
    into = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)
    kinds = set(map(type, chain(once.values(), *own.values())))
    if kinds <= {str, int, NoneType}:
        return _copy_texts(into, list(once.values()), list(own.values()))
    return _copy_rows(into, tuple(once.values()), list(own.values()))


def _copy_texts(into: sql.Composed, once: Sequence[str | int], own: Sequence[list[Any]]) -> Send:
    first = "".join(f"{text}\t" for text in _copied(once))
    cells = list(map(_copied, own))
    cells[0] = [first + text for text in cells[0]] if first else cells[0]
    lines = map("\t".join, zip(*cells, strict=True))
    blocks: list[bytes] = []
    while block := list(islice(lines, _BLOCK)):
        blocks.append(("\n".join(block) + "\n").encode())

    def send(connection: Connection) -> None:
        with _driver(connection).cursor() as cursor, cursor.copy(into) as copy:
            for block in blocks:
                copy.write(block)

    return send


def _copy_rows(into: sql.Composed, once: tuple[Any, ...], own: Sequence[list[Any]]) -> Send:
    def send(connection: Connection) -> None:
        with _driver(connection).cursor() as cursor, cursor.copy(into) as copy:
            for row in zip(*own, strict=True):
                copy.write_row((*once, *row))

    return send


def _driver(connection: Connection) -> psycopg.Connection[Any]:
    import psycopg

    driver = connection.connection.driver_connection
    if not isinstance(driver, psycopg.Connection):
        raise TypeError("PostgreSQL is reached through psycopg")
    return driver


def is_alike(given: Sequence[object]) -> bool:
    """Whether all values are equal; comparing three of them first settles most columns."""
    first = given[0]
    return first == given[-1] == given[len(given) // 2] and given.count(first) == len(given)


def _copied(column: Sequence[str | int | None]) -> list[str]:
    """Texts and numbers in COPY's format: four times as fast as the driver's own row by row."""
    kinds = set(map(type, column))
    if kinds == {int}:
        return list(map(str, column))
    texts: list[Any] = list(column)
    if kinds != {str}:
        texts = ["" if value is None else str(value) for value in column]
    joined = "".join(texts)
    if any(mark in joined for mark in _MARKS):
        texts = [text.translate(_ESCAPED) for text in texts]
    if NoneType not in kinds:
        return texts
    return [r"\N" if value is None else text for value, text in zip(column, texts, strict=True)]
