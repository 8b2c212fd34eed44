"""Many rows at once: into a temporary table, by COPY on PostgreSQL, then over in one INSERT.

PostgreSQL refuses COPY into a table with row-level security; SQLite keeps one journal per statement
on tables with triggers, so 100,000 statements cost twice as much as one. Policies, triggers, checks
and foreign keys apply to every row. Rows are given by column, because converting a whole column at
once is faster: money must be Rupiah or whole sen, never a float (law 2); dates are ISO texts.

On PostgreSQL a batch may be on its way while the next is prepared, so the session is free again
only after `wait`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC
from types import NoneType, TracebackType
from typing import Any, Self

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

from kkpd.core.db import bulk_fill
from kkpd.core.db.types import Moment, Sen
from kkpd.core.money import Rupiah

Row = Mapping[str, object]


def insert_columns(session: Session, table: Table, columns: Row) -> int:
    """Insert rows given by column: a list is one value a row, anything else holds for all rows.

    Returns how many. All lists must have the same length; at least one column must be a list. The
    session is flushed first; the rows are not loaded as objects.
    """
    with Batches(session, table) as batches:
        return batches.add(columns)


class Batches:
    """Rows for one table, batch after batch, each as `insert_columns` takes them.

    PostgreSQL works on one batch while the next is made ready. So the session may be used again
    only after `wait`, which raises what the database said, or after the end of the `with`.
    """

    def __init__(self, session: Session, table: Table) -> None:
        self._session, self._table = session, table
        self._others: ThreadPoolExecutor | None = None
        self._sent: Future[None] | None = None

    def add(self, columns: Row) -> int:
        """One more batch; returns its rows. What the database says of it may come with the next."""
        size = _size(columns)
        if not size:
            return 0
        postgres = self._session.get_bind().dialect.name == "postgresql"
        lists, rest = _parted(self._table, columns)
        values = {n: _values(self._table.c[n], given, postgres) for n, given in lists.items()}
        fill = bulk_fill.for_postgresql if postgres else bulk_fill.for_sqlite
        send = fill(_aside(self._table), values)
        self.wait()
        self._session.flush()
        connection = self._session.connection()
        _make_aside(connection, self._table, list(lists))
        send(connection)
        given = (connection, self._table, list(lists), rest)
        if postgres:  # only what waits for the server: sending takes turns with us for Python
            self._others = self._others or ThreadPoolExecutor(1)
            self._sent = self._others.submit(_carry_over, *given)
        else:
            _carry_over(*given)
        return size

    def wait(self) -> None:
        """Until the last batch is in the table."""
        if self._sent is not None:
            sent, self._sent = self._sent, None
            sent.result()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        if self._others is not None:
            self._others.shutdown()
        if kind is None:
            self.wait()


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
        if bulk_fill.is_alike(given)
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
