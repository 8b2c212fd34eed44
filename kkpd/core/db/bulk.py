"""Many rows at once: by the driver into a temporary table, then over in one INSERT.

PostgreSQL refuses COPY into a table with row-level security; SQLite keeps a journal a statement
where triggers guard a table. Policies, triggers, checks and foreign keys see every row.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import psycopg
from sqlalchemy import ColumnElement, Connection, String, Table, any_, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute, Session

from kkpd.core.db.columns import Base

Row = Mapping[str, object]


def insert_rows(session: Session, model: type[Base], rows: Sequence[Row]) -> None:
    """Insert rows that all name the same columns; they are not loaded as objects.

    What the session still holds is flushed first.
    """
    session.flush()
    if not rows:
        return
    connection = session.connection()
    table: Table = model.__table__  # type: ignore[assignment]  # a Table for every mapped class
    names, aside = ", ".join(rows[0]), f"masuk_{table.name}"
    connection.exec_driver_sql(
        f"CREATE TEMPORARY TABLE {aside} AS SELECT {names} FROM {table.name} WHERE false"  # noqa: S608 (our own names)
    )
    _fill(connection, aside, names, _bound(connection, table, rows))
    connection.exec_driver_sql(
        f"INSERT INTO {table.name} ({names}) SELECT {names} FROM {aside}"  # noqa: S608 (our own names)
    )
    connection.exec_driver_sql(f"DROP TABLE {aside}")


def _bound(connection: Connection, table: Table, rows: Sequence[Row]) -> Iterator[list[Any]]:
    """The rows as the driver takes them: money and moments through their types."""
    dialect = connection.dialect
    kinds = [table.c[name].type.dialect_impl(dialect) for name in rows[0]]
    binders = [kind.bind_processor(dialect) for kind in kinds]
    for row in rows:
        yield [
            bind(value) if bind else value
            for bind, value in zip(binders, row.values(), strict=True)
        ]


def _fill(connection: Connection, aside: str, names: str, rows: Iterable[list[Any]]) -> None:
    driver = connection.connection.driver_connection
    if isinstance(driver, psycopg.Connection):
        with driver.cursor() as cursor, cursor.copy(f"COPY {aside} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
    else:
        assert isinstance(driver, sqlite3.Connection), "SQLite is reached through sqlite3"
        marks = ", ".join("?" * len(names.split(", ")))
        driver.executemany(f"INSERT INTO {aside} VALUES ({marks})", rows)  # noqa: S608 (our own names)


def one_of(
    session: Session,
    column: InstrumentedAttribute[str] | InstrumentedAttribute[str | None],
    values: Sequence[str],
) -> ColumnElement[bool]:
    """`column IN (values)` as one bound value, however many they are."""
    if session.get_bind().dialect.name == "postgresql":
        return column == any_(literal(list(values), ARRAY(String)))
    listed = func.json_each(json.dumps(list(values))).table_valued("value")
    return column.in_(select(listed.c.value))
