"""Make a row if it is missing, safely when two make it at once (a counter, a chain's head)."""

from __future__ import annotations

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from kkpd.db.columns import Base


def insert_missing(session: Session, model: type[Base], **values: Any) -> None:
    """INSERT ... ON CONFLICT DO NOTHING: afterwards the row exists, ours or another's."""
    maker = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    session.execute(maker(model).values(**values).on_conflict_do_nothing())
