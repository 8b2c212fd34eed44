"""The meaningful columns of one batch of rows, filled up, either dated, empty texts as None."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from kkpd.core.pan import mask_many
from kkpd.engines.reading.cells import dates
from kkpd.engines.reading.cells.columns import (
    ASKED,
    WRONG,
    Amount,
    Day,
    all_of,
    currency_code,
    texts,
)
from kkpd.engines.reading.profile import DAYS
from kkpd.engines.reading.sheet import Cell
from kkpd.engines.reading.tables.layout import Layout

Meant = dict[str, Sequence[Cell]]

_CURRENCY_NAMES = frozenset({"IDR", "USD", "EUR", "GBP", "CAD", "AUD", "SGD", "MYR", "JPY"})


def meant(turned: Sequence[Sequence[Cell]], layout: Layout, size: int) -> Meant:
    """The columns that mean something; one beyond the rows' ends is empty."""
    empty = ("",) * size
    return {
        role: turned[index] if index < len(turned) else empty
        for role, index in layout.columns.items()
    }


def back(amounts: Sequence[Amount]) -> list[bool]:
    """Which amounts are money back."""
    if all_of(amounts, Decimal):
        return list(map(Decimal.is_signed, amounts))  # type: ignore[arg-type]  # all are Decimal
    return [isinstance(amount, Decimal) and amount.is_signed() for amount in amounts]


def either(days: Sequence[list[Day] | None], columns: Meant) -> list[Day]:
    """The first date column's value, else the second's; a day that no calendar has is WRONG in
    either, since a line with 31/02 is not understood by its other date.
    """
    first, second = days
    if first is None or second is None:
        return first or second or []
    if all_of(first, date) and all_of(second, date):
        return first
    cells = zip(columns[DAYS[0]], columns[DAYS[1]], strict=True)
    return [
        WRONG
        if _no_such_day(one, cell) or _no_such_day(other, below)
        else one
        if isinstance(one, date) or one is ASKED or other is None
        else other
        for one, other, (cell, below) in zip(first, second, cells, strict=True)
    ]


def _no_such_day(day: Day, cell: Cell) -> bool:
    return day is WRONG and isinstance(cell, str) and dates.is_numeric_date(cell)


def days_of(days: list[Day] | None, size: int) -> Sequence[date | None]:
    """The dates of a column; None where it has none or there is no such column."""
    if days is None:
        return [None] * size
    if all_of(days, date):
        return days  # type: ignore[return-value]  # all are dates
    return [day if isinstance(day, date) else None for day in days]


def named(column: Sequence[str]) -> list[str | None]:
    """Empty texts are None."""
    return [text or None for text in column] if "" in column else list(column)


def filled(columns: Meant, role: str, size: int) -> Sequence[str | None]:
    """The texts of a role without card numbers; None where empty or without such a column."""
    if role not in columns:
        return [None] * size
    return named(mask_many(texts(columns[role])))


def currency_of_title(layout: Layout) -> str | None:
    """`Jumlah (Rp)` names the currency of the column."""
    title = layout.title("amount") or layout.title("debit") or ""
    words = title.replace("(", " ").replace(")", " ").split()
    codes = [code for word in words if (code := currency_code(word)) in _CURRENCY_NAMES]
    return codes[0] if codes else None
