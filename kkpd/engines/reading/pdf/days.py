"""Dates printed once for several lines: filled in only where a running balance proves the lines."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from kkpd.engines.reading.cells import dates
from kkpd.engines.reading.cells.columns import AmountColumn
from kkpd.engines.reading.profile import DAYS, MONEY

#: So many steps of the balance must be the amounts between them, and all of them.
_PROOF = 2

Rows = Sequence[list[str]]


@dataclass(slots=True)
class _Walk:
    """The last date and balance so far, what moved since, and which rows lack their date."""

    days: dict[int, str] = field(default_factory=dict)
    balance: Decimal | None = None
    moved: Decimal = Decimal(0)
    undated: list[tuple[list[str], dict[int, str]]] = field(default_factory=list)
    steps: int = 0


def fill(rows: Rows, roles: Mapping[str, int], is_sum: Callable[[str], bool]) -> None:
    """Give rows with an amount and no date the date above them, where each balance is the one
    before it with all amounts between, those rows among them; else leave all as they are.
    """
    if "balance" not in roles:
        return
    money = _reader(rows, roles)
    for factor in (1, -1):
        walk = _Walk()
        if (
            all(_step(walk, row, roles, money, factor, is_sum) for row in rows)
            and walk.steps >= _PROOF
        ):
            for row, days in walk.undated:
                for column, text in days.items():
                    row[column] = text
            return


def _reader(rows: Rows, roles: Mapping[str, int]) -> AmountColumn:
    columns = [roles[role] for role in (*MONEY, "balance") if role in roles]
    wide = (row for row in rows if len(row) > max(columns))
    return AmountColumn.deciding(row[column] for row in wide for column in columns)


def _step(
    walk: _Walk,
    row: list[str],
    roles: Mapping[str, int],
    money: AmountColumn,
    factor: int,
    is_sum: Callable[[str], bool],
) -> bool:
    """Take in a row; False when its balance is not what the amounts make it."""
    if len(row) <= max(roles.values()):
        return True
    days = {roles[role]: row[roles[role]] for role in DAYS if role in roles}
    dated = any(map(dates.looks_like_date, days.values()))
    if dated:
        walk.days = days
    balance = money[row[roles["balance"]]]
    moved = None if any(map(is_sum, row)) else _moved(row, roles, money)
    if moved is not None and any(walk.days.values()):
        walk.moved += factor * moved
        if not dated:
            walk.undated.append((row, walk.days))
    if not isinstance(balance, Decimal):
        return True
    right = walk.balance is None or balance == walk.balance + walk.moved
    walk.steps += walk.balance is not None and bool(walk.moved)
    walk.balance, walk.moved = balance, Decimal(0)
    return right


def _moved(row: list[str], roles: Mapping[str, int], money: AmountColumn) -> Decimal | None:
    """Money in less money out of a row, or its signed amount."""
    read = {role: money[row[roles[role]]] for role in MONEY if role in roles}
    found = {role: one for role, one in read.items() if isinstance(one, Decimal)}
    if not found:
        return None
    if "amount" in found:
        return found["amount"]
    return found.get("credit", Decimal(0)) - found.get("debit", Decimal(0))
