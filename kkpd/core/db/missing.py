"""Create a row if it is missing, also when two try at once: a counter, a chain's head."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table, bindparam
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from kkpd.core.db import facts as db_facts
from kkpd.core.db.columns import Base
from kkpd.core.db.raw_sql import FixedStatement

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
