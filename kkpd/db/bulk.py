"""Many rows at once: into a temporary table, by COPY on PostgreSQL, then over in one INSERT.

PostgreSQL refuses COPY into a table with row-level security; SQLite keeps a journal a statement
where triggers guard a table, so that 100,000 statements cost twice as much as one. Policies,
triggers, checks and foreign keys see every row. Rows are given by column, since a column is
converted in one sweep: money must be Rupiah or whole sen, never a float (law 2); days are ISO
texts.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import UTC
from itertools import chain, islice
from types import NoneType
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Integer,
    String,
    Table,
    any_,
    false,
    func,
    literal,
    select,
)
from sqlalchemy import column as sql_column
from sqlalchemy import table as sql_table
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute, Session

from kkpd.db.types import Moment, Sen
from kkpd.domain.money import Rupiah

Row = Mapping[str, object]

#: Rows sent to COPY at once.
_BLOCK = 2_000
#: What COPY's text form writes with a backslash.
_ESCAPED = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
_MARKS = ("\\", "\t", "\n", "\r")


def insert_columns(session: Session, table: Table, columns: Row) -> int:
    """Insert rows given by column: a list is one value a row, anything else holds for all rows.

    Returns how many. The lists must be of one length; at least one column must be a list. What the
    session still holds is flushed first; the rows are not loaded as objects.
    """
    session.flush()
    size = _size(columns)
    if not size:
        return 0
    lists, rest = _parted(table, columns)
    connection = session.connection()
    postgres = connection.dialect.name == "postgresql"
    values = {name: _values(table.c[name], given, postgres) for name, given in lists.items()}
    _make_aside(connection, table, list(lists))
    fill = _fill_postgresql if postgres else _fill_sqlite
    fill(connection, _aside(table), values)
    _carry_over(connection, table, list(lists), rest)
    return size


def _size(columns: Row) -> int:
    """How many rows the columns have."""
    sizes = {len(given) for given in columns.values() if isinstance(given, list)}
    if len(sizes) != 1:
        raise ValueError("columns of different length")
    return sizes.pop()


def _aside(table: Table) -> str:
    return f"masuk_{table.name}"


def _make_aside(connection: Connection, table: Table, names: Sequence[str]) -> None:
    empty = select(*(table.c[name] for name in names)).where(false())
    shape = empty.compile(connection, compile_kwargs={"literal_binds": True})
    connection.exec_driver_sql(f"CREATE TEMPORARY TABLE {_aside(table)} AS {shape}")


def _parted(table: Table, columns: Row) -> tuple[dict[str, list[Any]], dict[str, object]]:
    """Columns whose rows differ (at least one), and those with one value for all rows."""
    lists = {name: given for name, given in columns.items() if isinstance(given, list)}
    alike = [
        name
        for name, given in lists.items()
        if _is_alike(given)
        and (given[0] is None or isinstance(table.c[name].type, String | Integer))
    ]
    kept = set(alike[:1]) if len(alike) == len(lists) else set()
    once = {name: lists.pop(name)[0] for name in alike if name not in kept}
    return lists, {**{n: g for n, g in columns.items() if n not in lists}, **once}


def _carry_over(connection: Connection, table: Table, names: Sequence[str], rest: Row) -> None:
    """One INSERT for all rows; what they have in common is bound once."""
    aside = _aside(table)
    source = sql_table(aside, *(sql_column(name) for name in names))
    common = [literal(given, table.c[name].type).label(name) for name, given in rest.items()]
    rows = select(*source.c, *common).select_from(source)
    connection.execute(table.insert().from_select([*names, *rest], rows, include_defaults=False))
    connection.exec_driver_sql(f"DROP TABLE {aside}")


def one_of(
    session: Session, column: InstrumentedAttribute[str], values: Sequence[str]
) -> ColumnElement[bool]:
    """`column IN (values)` as one bound value, however many they are."""
    if session.get_bind().dialect.name == "postgresql":
        return column == any_(literal(list(values), ARRAY(String)))
    listed = func.json_each(json.dumps(list(values))).table_valued("value")
    return column.in_(select(listed.c.value))


def _values(column: Column[Any], given: list[Any], postgres: bool) -> list[Any]:
    """The values as the driver takes them."""
    if isinstance(column.type, Sen) and not set(map(type, given)) <= {int, NoneType}:
        return [_sen(value) for value in given]
    if isinstance(column.type, Moment) and not postgres:
        return [None if value is None else _utc_text(value) for value in given]
    return given


def _sen(value: object) -> int | None:
    if value is None or type(value) is int:
        return value
    if isinstance(value, Rupiah):
        return value.sen
    raise TypeError(f"money is bound as Rupiah or whole sen, not {type(value).__name__}")


def _utc_text(value: Any) -> str:
    moment = value.astimezone(UTC).replace(tzinfo=None)
    return str(moment.isoformat(sep=" ", timespec="microseconds"))


def _fill_sqlite(connection: Connection, aside: str, columns: Mapping[str, list[Any]]) -> None:
    """By the driver itself: SQLAlchemy would want a list of all rows, which the zip never makes."""
    driver = connection.connection.driver_connection
    if not isinstance(driver, sqlite3.Connection):
        raise TypeError("SQLite is reached through sqlite3")
    marks = ", ".join("?" * len(columns))
    driver.executemany(f"INSERT INTO {aside} VALUES ({marks})", zip(*columns.values(), strict=True))  # noqa: S608 (our own names)


def _fill_postgresql(connection: Connection, aside: str, columns: Mapping[str, list[Any]]) -> None:
    """By COPY. What all rows have alike is written once before each; what all lack, not at all."""
    driver = connection.connection.driver_connection
    if not isinstance(driver, psycopg.Connection):
        raise TypeError("PostgreSQL is reached through psycopg")
    alike = {name: given[0] for name, given in columns.items() if _is_alike(given)}
    own = {name: given for name, given in columns.items() if name not in alike}
    if not own:  # COPY wants a column
        name = next(iter(columns))
        own = {name: columns[name]}
        del alike[name]
    once = {name: value for name, value in alike.items() if value is not None}
    names = sql.SQL(", ").join(map(sql.Identifier, [*once, *own]))
    into = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(aside), names)
    kinds = set(map(type, chain(once.values(), *own.values())))
    with driver.cursor() as cursor, cursor.copy(into) as copy:
        if not kinds <= {str, int, NoneType}:
            for row in zip(*own.values(), strict=True):
                copy.write_row((*once.values(), *row))
            return
        first = "".join(f"{text}\t" for text in _copied(list(once.values())))
        cells = list(map(_copied, own.values()))
        cells[0] = [first + text for text in cells[0]] if first else cells[0]
        lines = map("\t".join, zip(*cells, strict=True))
        while block := list(islice(lines, _BLOCK)):
            copy.write("\n".join(block) + "\n")


def _is_alike(given: list[Any]) -> bool:
    """Whether all values are equal; a look at three tells most columns apart."""
    first = given[0]
    return first == given[-1] == given[len(given) // 2] and given.count(first) == len(given)


def _copied(column: Sequence[str | int | None]) -> list[str]:
    """Texts and numbers as COPY reads them: four times as quick as the driver, row by row."""
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
