"""Column types that hold the laws: whole-sen money (law 2) and aware UTC moments (law 3)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect
from sqlalchemy.types import TypeDecorator

from kkpd.core.money import Rupiah


class Sen(TypeDecorator[Rupiah]):
    """`Rupiah` as BIGINT of sen. Binding anything else, such as a float, is a TypeError."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> int | None:
        """Sen to the database."""
        if value is None:
            return None
        if not isinstance(value, Rupiah):
            raise TypeError(f"money is bound as Rupiah, not {type(value).__name__}")
        return value.sen

    def process_result_value(self, value: Any, dialect: Dialect) -> Rupiah | None:
        """Sen from the database; `sum()` of BIGINT comes back as Decimal on PostgreSQL."""
        return None if value is None else Rupiah(int(value))


class Moment(TypeDecorator[datetime]):
    """An aware UTC datetime. SQLite keeps it as naive UTC text; a naive value is a TypeError."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> datetime | None:
        """UTC to the database."""
        if value is None:
            return None
        if not isinstance(value, datetime) or value.tzinfo is None:
            raise TypeError("a moment is bound as an aware datetime")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Aware UTC from the database."""
        if value is None:
            return None
        found: datetime = value
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
