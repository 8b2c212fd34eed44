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
from types import NoneType
from typing import Any

import psycopg
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
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

Rows = list[tuple[Any, ...]]
Row = Mapping[str, object]


def insert_columns(session: Session, table: Table, columns: Mapping[str, object]) -> int:
    """Insert rows given by column: a list is one value a row, anything else holds for all rows.

    Returns how many. The lists must be of one length; at least one column must be a list. What the
    session still holds is flushed first; the rows are not loaded as objects.
    """
    session.flush()
    lists = {name: given for name, given in columns.items() if isinstance(given, list)}
    rest = {name: given for name, given in columns.items() if name not in lists}
    size = len(next(iter(lists.values())))
    if any(len(column) != size for column in lists.values()):
        raise ValueError("columns of different length")
    if not size:
        return 0
    connection = session.connection()
    postgres = connection.dialect.name == "postgresql"
    values = [_values(table.columns[name], given, postgres) for name, given in lists.items()]
    aside = f"masuk_{table.name}"
    empty = select(*(table.c[name] for name in lists)).where(false())
    shape = empty.compile(connection, compile_kwargs={"literal_binds": True})
    connection.exec_driver_sql(f"CREATE TEMPORARY TABLE {aside} AS {shape}")
    fill = _fill_postgresql if postgres else _fill_sqlite
    fill(connection, aside, list(zip(*values, strict=True)))
    _carry_over(connection, table, aside, list(lists), rest)
    connection.exec_driver_sql(f"DROP TABLE {aside}")
    return size


def _carry_over(
    connection: Connection, table: Table, aside: str, names: Sequence[str], rest: Row
) -> None:
    """One INSERT for all rows; what they have in common is bound once."""
    source = sql_table(aside, *(sql_column(name) for name in names))
    common = [literal(given, table.c[name].type).label(name) for name, given in rest.items()]
    rows = select(*(source.c[name] for name in names), *common)
    connection.execute(table.insert().from_select([*names, *rest], rows, include_defaults=False))


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
