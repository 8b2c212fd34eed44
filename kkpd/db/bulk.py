"""Many rows at once: into a temporary table, by COPY on PostgreSQL, then over in one INSERT.

PostgreSQL refuses COPY into a table with row-level security; SQLite keeps a journal a statement
where triggers guard a table, so that 100,000 statements cost twice as much as one. Policies,
triggers, checks and foreign keys see every row. Rows are given by column, since a column is
converted in one sweep: money must be Rupiah or whole sen, never a float (law 2); days are ISO
texts.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC
from itertools import repeat
from types import NoneType
from typing import Any

import psycopg
from sqlalchemy import Column, ColumnElement, Connection, String, Table, any_, func, select
from sqlalchemy import literal as sql_literal
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute, Session

from kkpd.db.types import Moment, Sen
from kkpd.domain.money import Rupiah

Rows = list[tuple[Any, ...]]


def insert_columns(session: Session, table: Table, columns: Mapping[str, object]) -> int:
    """Insert rows given by column: a list is one value a row, anything else holds for all rows.

    Returns how many. The lists must be of one length; at least one column must be a list. What the
    session still holds is flushed first; the rows are not loaded as objects.
    """
    session.flush()
    lists = [column for column in columns.values() if isinstance(column, list)]
    size = len(lists[0])
    if any(len(column) != size for column in lists):
        raise ValueError("columns of different length")
    if not size:
        return 0
    connection = session.connection()
    postgres = connection.dialect.name == "postgresql"
    values = [
        _column(table.columns[name], column, size, postgres) for name, column in columns.items()
    ]
    fill = _fill_postgresql if postgres else _fill_sqlite
    listed, aside = ", ".join(columns), f"masuk_{table.name}"
    empty = f"SELECT {listed} FROM {table.name} WHERE 1 = 0"  # noqa: S608 (our own names)
    connection.exec_driver_sql(f"CREATE TEMPORARY TABLE {aside} AS {empty}")
    fill(connection, aside, list(zip(*values, strict=True)))
    connection.exec_driver_sql(
        f"INSERT INTO {table.name} ({listed}) SELECT {listed} FROM {aside}"  # noqa: S608 (our own names)
    )
    connection.exec_driver_sql(f"DROP TABLE {aside}")
    return size


def one_of(
    session: Session, column: InstrumentedAttribute[str], values: Sequence[str]
) -> ColumnElement[bool]:
    """`column IN (values)` as one bound value, however many they are."""
    if session.get_bind().dialect.name == "postgresql":
        return column == any_(sql_literal(list(values), ARRAY(String)))
    listed = func.json_each(json.dumps(list(values))).table_valued("value")
    return column.in_(select(listed.c.value))


def _column(column: Column[Any], given: object, size: int, postgres: bool) -> Any:
    """The values as the driver takes them."""
    values = given if isinstance(given, list) else [given]
    if isinstance(column.type, Sen) and not set(map(type, values)) <= {int, NoneType}:
        values = [_sen(value) for value in values]
    if isinstance(column.type, Moment) and not postgres:
        values = [None if value is None else _utc_text(value) for value in values]
    return values if isinstance(given, list) else repeat(values[0], size)


def _sen(value: object) -> int | None:
    if value is None or type(value) is int:
        return value
    if isinstance(value, Rupiah):
        return value.sen
    raise TypeError(f"money is bound as Rupiah or whole sen, not {type(value).__name__}")


def _utc_text(value: Any) -> str:
    moment = value.astimezone(UTC).replace(tzinfo=None)
    return str(moment.isoformat(sep=" ", timespec="microseconds"))


def _fill_sqlite(connection: Connection, aside: str, rows: Rows) -> None:
    marks = ", ".join("?" * len(rows[0]))
    connection.exec_driver_sql(f"INSERT INTO {aside} VALUES ({marks})", rows)  # noqa: S608 (our own names)


def _fill_postgresql(connection: Connection, aside: str, rows: Rows) -> None:
    driver = connection.connection.driver_connection
    if not isinstance(driver, psycopg.Connection):
        raise TypeError("PostgreSQL is reached through psycopg")
    with driver.cursor() as cursor, cursor.copy(f"COPY {aside} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
