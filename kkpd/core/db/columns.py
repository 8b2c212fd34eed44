"""Helpers for mapped columns: every column has a line of meaning, every choice is a CHECK.

A choice is written as OR, not IN: SQLite builds an IN of more than two values anew for every row.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, MetaData
from sqlalchemy.orm import DeclarativeBase, MappedAsDataclass, MappedColumn, mapped_column

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(MappedAsDataclass, DeclarativeBase, kw_only=True):
    """What all mapped classes share: dataclass constructors, so that mypy sees wrong columns."""

    metadata = MetaData(naming_convention=NAMING)


def kolom(meaning: str, *args: Any, **options: Any) -> MappedColumn[Any]:
    """A column with its one line of meaning; with a `default` the constructor may leave it out.

    The old value is always loaded on a change, because the change's event tells it.
    """
    return mapped_column(*args, doc=meaning, active_history=True, **options)


def kunci() -> MappedColumn[Any]:
    """The surrogate primary key, given by the database."""
    return mapped_column(primary_key=True, init=False, doc="Kunci pengganti.")


def reference(target: str, meaning: str, **options: Any) -> MappedColumn[Any]:
    """A foreign key, indexed unless told otherwise."""
    options.setdefault("index", True)
    return mapped_column(ForeignKey(target), doc=meaning, active_history=True, **options)


def one_of(column: str, values: Sequence[str], *, nullable: bool = False) -> CheckConstraint:
    """CHECK that the column holds one of these values.

    Written as a chain of OR: for IN with more than two values SQLite builds a temporary table for
    every row it checks, a quarter of the work of inserting a bill's line.
    """
    named = [f"{column} = '{value}'" for value in values]
    empty = [f"{column} IS NULL"] if nullable else []
    return CheckConstraint(" OR ".join([*empty, *named]), name=column)
