"""Many rows at once: `executemany` of tuples on SQLite, COPY on PostgreSQL.

Rows are given by column, since a column is converted in one sweep: money must be Rupiah or whole
sen, never a float (law 2); days may be ISO texts. PostgreSQL refuses COPY into a table with
row-level security, so there COPY fills a temporary table and one INSERT carries it over: policies,
triggers and foreign keys see every row.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date
from itertools import repeat
from typing import Any

import psycopg
from sqlalchemy import Column, ColumnElement, Connection, String, Table, any_, func, select
from sqlalchemy import literal as sql_literal
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute, Session

from kkpd.db.types import Moment, Sen
from kkpd.domain.money import Rupiah


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
    store = _copy if postgres else _executemany
    store(connection, table, list(columns), list(zip(*values, strict=True)))
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
    convert = _converter(column, postgres)
    if not isinstance(given, list):
        return repeat(given if convert is None else convert(given), size)
    return given if convert is None else [convert(value) for value in given]


def _converter(column: Column[Any], postgres: bool) -> Callable[[Any], Any] | None:
    if isinstance(column.type, Sen):
        return _sen
    if isinstance(column.type, Moment):
        return lambda value: value if postgres or value is None else _utc_text(value)
    if column.type.python_type is date:
        return lambda value: value.isoformat() if isinstance(value, date) else value
    return None


def _sen(value: object) -> int | None:
    if value is None or type(value) is int:
        return value
    if isinstance(value, Rupiah):
        return value.sen
    raise TypeError(f"money is bound as Rupiah or whole sen, not {type(value).__name__}")


def _utc_text(value: Any) -> str:
    moment = value.astimezone(UTC).replace(tzinfo=None)
    return str(moment.isoformat(sep=" ", timespec="microseconds"))


def _executemany(
    connection: Connection, table: Table, names: Sequence[str], rows: list[tuple[Any, ...]]
) -> None:
    marks = ", ".join("?" * len(names))
    connection.exec_driver_sql(
        f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({marks})",  # noqa: S608 (our own names)
        rows,
    )


def _copy(
    connection: Connection, table: Table, names: Sequence[str], rows: list[tuple[Any, ...]]
) -> None:
    listed, aside = ", ".join(names), f"masuk_{table.name}"
    connection.exec_driver_sql(
        f"CREATE TEMPORARY TABLE {aside} ON COMMIT DROP "  # noqa: S608 (our own names)
        f"AS SELECT {listed} FROM {table.name} WITH NO DATA"
    )
    driver = connection.connection.driver_connection
    if not isinstance(driver, psycopg.Connection):
        raise TypeError("PostgreSQL is reached through psycopg")
    with driver.cursor() as cursor, cursor.copy(f"COPY {aside} ({listed}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
    connection.exec_driver_sql(
        f"INSERT INTO {table.name} ({listed}) SELECT {listed} FROM {aside}"  # noqa: S608 (our own names)
    )
    connection.exec_driver_sql(f"DROP TABLE {aside}")
