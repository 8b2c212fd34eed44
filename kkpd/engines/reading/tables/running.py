"""Opening and closing balance of a table: by its labels, else by a balance beside each line."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from kkpd.engines.reading.cells.amounts import take_apart
from kkpd.engines.reading.cells.columns import Amount, AmountColumn
from kkpd.engines.reading.sheet import Cell

Known = tuple[Decimal, Decimal]


class Running:
    """The first and last line of a table with their balances, and the sum of all lines.

    `found` gives (opening, closing) only where the sum leads exactly from one to the other: money
    out lowers an account's balance and raises what a card owes, and a list may run backwards.
    """

    def __init__(self) -> None:
        self._first: Known | None = None
        self._last: Known | None = None
        self._sum = Decimal(0)
        self._broken = False
        self._marked = True

    def add(
        self,
        lines: Sequence[Amount],
        cells: Sequence[Cell],
        keep: Sequence[bool],
        money: AmountColumn,
    ) -> None:
        """Take in a batch: our amounts, the balance column's cells, and which rows are lines."""
        kept = [at for at, one in enumerate(keep) if one]
        if not kept:
            return
        self._sum += sum((one for at in kept if isinstance(one := lines[at], Decimal)), Decimal(0))
        ends = [(lines[at], money[cells[at]]) for at in (kept[0], kept[-1])]
        known = [
            (amount, balance)
            for amount, balance in ends
            if isinstance(amount, Decimal) and isinstance(balance, Decimal)
        ]
        if len(known) < len(ends):
            self._broken = True
            return
        self._marked &= all(map(_is_marked, (cells[kept[0]], cells[kept[-1]])))
        self._first = self._first or known[0]
        self._last = known[1]

    def found(self) -> Known | None:
        """Opening and closing balance as the bank prints them; None when they are not proven."""
        if self._broken or self._first is None or self._last is None:
            return None
        ways = set()
        for first, last in ((self._first, self._last), (self._last, self._first)):
            for owed in (1, -1):
                opening, closing = first[1] - owed * first[0], last[1]
                if closing == opening + owed * self._sum:
                    ways.add((opening, closing))
        if len(ways) != 1:
            return None
        opening, closing = ways.pop()
        return (-opening, -closing) if self._marked else (opening, closing)


def _is_marked(cell: Cell) -> bool:
    """`61,627.85Cr`: an account that marks all its balances, of which a credit one is positive."""
    written = take_apart(cell) if isinstance(cell, str) else None
    return written is not None and written.mark is not None
