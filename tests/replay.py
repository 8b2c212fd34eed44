"""The books as the events tell them: what `kkpd verify books` says, as lists for tests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.core.db import facts as db_facts
from kkpd.core.db.facts_kinds import NO_KEY
from kkpd.core.db.shadow import fact_tables
from kkpd.records.checks import books
from kkpd.records.checks.books import rows_of as steps

__all__ = ["differences", "fact_tables", "given", "steps"]
Row = dict[str, Any]


def given(session: Session) -> dict[str, list[Row]]:
    """What the fact tables hold now, to begin a replay from."""
    found = {}
    for table in fact_tables():
        columns = [c for c in table.columns if table.name not in NO_KEY or c.key != "id"]
        rows = session.connection().execute(select(*columns)).mappings()
        found[table.name] = [db_facts.row_json(table, dict(row)) for row in rows]
    return found


def differences(
    session: Session, start: Mapping[str, list[Row]] | None = None
) -> tuple[list[str], Counter[str]]:
    """What the tables and the replayed events say differently; how many rows were compared."""
    made = books.replay(session, start)
    with closing(made.shadow):
        return list(books.differences(session, made)), books.compared(session)
