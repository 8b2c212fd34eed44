"""Amounts of which only money out is marked (`265,321.67 DB`): those without a mark came in."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from kkpd.engines.reading.cells.amounts import take_apart
from kkpd.engines.reading.cells.columns import Amount, AmountColumn
from kkpd.engines.reading.sheet import Cell

#: Without a balance to prove it, so many marks stand beside each amount without one.
_LEAST = 2


def is_back(cells: Sequence[Cell], balances: Sequence[Cell], money: AmountColumn) -> bool:
    """Whether amounts without a mark are money back: some carry DB, none CR or a sign of its own,
    and the balances agree with it or, where there are none, most amounts are marked.
    """
    marks = [_mark(cell) for cell in cells]
    bare, out = marks.count(""), sum(mark[:1] == "D" for mark in marks if mark)
    if not bare or not out or bare + out < len(marks) - marks.count(None):
        return False
    if not balances:
        return out >= _LEAST * bare
    amounts = [
        money[cell] if mark is not None else None for cell, mark in zip(cells, marks, strict=True)
    ]
    moved_back, moved_same = (
        [
            amount * (factor if mark == "" else 1) if isinstance(amount, Decimal) else Decimal(0)
            for amount, mark in zip(amounts, marks, strict=True)
        ]
        for factor in (-1, 1)
    )
    known = [money[cell] for cell in balances]
    return _agreeing(moved_back, known) > _agreeing(moved_same, known)


def _mark(cell: Cell) -> str | None:
    """The mark of an amount, empty for none and `-` for a sign; None where there is no amount."""
    written = take_apart(cell) if isinstance(cell, str) else None
    if written is None:
        return None
    return "-" if written.negative or written.plus else written.mark or ""


def _agreeing(moved: Sequence[Decimal], balances: Sequence[object]) -> int:
    """How many steps from one printed balance to the next are the sum between them."""
    count, total, before = 0, Decimal(0), None
    for amount, balance in zip(moved, balances, strict=True):
        total += amount
        if isinstance(balance, Decimal):
            count += before is not None and bool(total) and abs(balance - before) == abs(total)
            total, before = Decimal(0), balance
    return count


def turned(cells: Sequence[Cell], amounts: Sequence[Amount]) -> list[Amount]:
    """The amounts with those without a mark as money back."""
    return [
        -amount if isinstance(amount, Decimal) and _mark(cell) == "" else amount
        for cell, amount in zip(cells, amounts, strict=True)
    ]
