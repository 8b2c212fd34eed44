"""What printed balances prove: each must be the one before it and what moved between.

A table is read from its first day or its last, an account falls by what is spent and a debt grows
by it: four ways, of which the one with the fewest broken steps is the table's.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from kkpd.engines.reading.cells.amounts import Amount, take_apart
from kkpd.engines.reading.statement import Cell, text_of

#: So many broken steps are named of each way.
_NAMED = 20
#: After so many steps one way is sure, and only its steps are looked at.
_SURE = 200
ZERO = Decimal(0)


class Way(NamedTuple):
    """How a table prints its balances."""

    down: bool
    owed: bool


_WAYS = (Way(True, False), Way(True, True), Way(False, False), Way(False, True))


class Broken(NamedTuple):
    """A balance that is not what the rows make it: `off` is missing, or too much."""

    row: int
    off: Decimal


class Chain:
    """The steps of a column of balances under our amounts (spending positive), as they come."""

    def __init__(self, down: bool | None = None) -> None:
        self._ways = [at for at, way in enumerate(_WAYS) if down in (None, way.down)]
        self.steps = 0
        self._counts = [0] * len(_WAYS)
        self._broken: list[list[Broken]] = [[] for _ in _WAYS]
        self._first: tuple[Decimal, Amount] | None = None
        self._end: tuple[Decimal, Amount] = ZERO, None
        self._last: Decimal | None = None
        self._since = self._until = ZERO
        self._sure: int | None = None

    def begin(self, balance: Amount) -> None:
        """Take in the balance printed above the first line."""
        if isinstance(balance, Decimal) and self._first is None:
            self._last, self._since, self._until = balance, ZERO, ZERO

    def rest(self, row: int, balance: Amount) -> None:
        """Take in a balance printed once more, before a line or after it."""
        if isinstance(balance, Decimal):
            self._step(row, balance)
            self._last, self._since, self._until = balance, ZERO, ZERO

    def add(self, row: int, amount: Decimal, balance: Amount) -> None:
        """Take in a line: our amount and its balance, where it prints one."""
        self._end = amount, balance
        if self._sure == 0 and not self._since and balance == self._last - amount:  # type: ignore[operator]  # a sure way has a last balance
            self.steps += 1
            self._last = balance  # type: ignore[assignment]  # as it equals a Decimal
            return
        if self._first is None:
            self._first = self._end
        self._since += amount
        if not isinstance(balance, Decimal):
            self._until += amount
            return
        self._step(row, balance)
        self._last, self._since, self._until = balance, ZERO, amount

    def _step(self, row: int, balance: Decimal) -> None:
        if self._last is None:
            return
        step = balance - self._last
        if not (step or self._since or self._until):
            return
        self.steps += 1
        if self._sure is not None:
            moved = self._since if self._sure < 2 else self._until
            if step == (-moved if self._sure in (0, 3) else moved):
                return
        off = (step + self._since, step - self._since)
        for way, one in enumerate((*off, step - self._until, step + self._until)):
            if one:
                self._counts[way] += 1
                if self._counts[way] <= _NAMED:
                    self._broken[way].append(Broken(row, one))
        if self.steps == _SURE and 2 * sorted(self._counts)[1] > _SURE > 10 * self.wrong:
            self._sure = self._best

    @property
    def wrong(self) -> int:
        """How many steps the best way does not explain."""
        return min(self._counts[way] for way in self._ways)

    @property
    def _best(self) -> int:
        return min(self._ways, key=self._counts.__getitem__)

    @property
    def right(self) -> int:
        """How many steps the best way explains."""
        return self.steps - self.wrong

    @property
    def way(self) -> Way:
        """The best way; an account from its first day where others do as well."""
        return _WAYS[self._best]

    @property
    def broken(self) -> list[Broken]:
        """The first broken steps of the best way."""
        return self._broken[self._best]

    @property
    def first(self) -> Amount:
        """The balance of the first line."""
        return self._first[1] if self._first else None

    def known(self, moved: Decimal) -> tuple[Decimal, Decimal] | None:
        """Opening and closing balance of lines that sum up to `moved`; None where no way, or more
        than one, leads to them.
        """
        found = set()
        for down, owed in (_WAYS[way] for way in self._ways):
            begin, end = (self._first, self._end) if down else (self._end, self._first)
            if begin is None or end is None:
                return None
            (amount, first), (_, last) = begin, end
            if not isinstance(first, Decimal) or not isinstance(last, Decimal):
                return None
            factor = 1 if owed else -1
            if last == first - factor * amount + factor * moved:
                found.add((first - factor * amount, last))
        return found.pop() if len(found) == 1 else None


def marked(cells: Iterable[Cell]) -> bool:
    """`61,627.85Cr`: whether every balance has its mark, of which a credit one is positive."""
    texts = [text for cell in cells if (text := text_of(cell).strip())]
    written = [take_apart(text) for text in texts]
    return bool(texts) and all(one is not None and one.mark is not None for one in written)


def judged(amounts: Iterable[Amount], balances: Iterable[Amount], down: bool | None) -> Chain:
    """The chain of two columns; a row without an amount is no line."""
    chain = Chain(down)
    for row, (amount, balance) in enumerate(zip(amounts, balances, strict=True)):
        if isinstance(amount, Decimal):
            chain.add(row, amount, balance)
        else:
            chain.rest(row, balance)
    return chain
