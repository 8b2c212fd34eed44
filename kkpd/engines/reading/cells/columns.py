"""Whole columns of cells to dates, amounts and texts: a format is settled once, cells are quick.

A cell that no format reads becomes `WRONG`, a date whose order must be asked `ASKED`; the table
decides what that means for the row.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from typing import Final, Literal

from kkpd.engines.reading.cells import amounts, dates
from kkpd.engines.reading.profile import DateOrder, DecimalSign
from kkpd.engines.reading.sheet import Cell


class Mark(Enum):
    """The values beside date, amount and None: unreadable, or readable in more than one way."""

    WRONG = "wrong"
    ASKED = "asked"


WRONG: Final = Mark.WRONG
ASKED: Final = Mark.ASKED
Wrong = Literal[Mark.WRONG]
Day = date | None | Mark
Amount = Decimal | None | Wrong

_CURRENCIES = {
    "RP": "IDR", "RP.": "IDR", "RUPIAH": "IDR", "$": "USD", "US$": "USD", "£": "GBP", "€": "EUR",
    "¥": "JPY", "S$": "SGD", "RM": "MYR", "A$": "AUD",
}  # fmt: skip


#: Digits and separators alone.
_PLAIN = re.compile(r"\d[\d.,]{0,40}", re.ASCII)


class DateColumn(dict[Cell, Day]):
    """Cell -> date under one order, None when empty; `last` dates cells without a year."""

    def __init__(
        self,
        order: DateOrder | None,
        last: date | None,
        serials: bool,
        asked: bool = False,
        later: int = 0,
    ) -> None:
        super().__init__()
        self._later = timedelta(days=later)
        self._order, self._last, self._serials, self._asked = order, last, serials, asked

    def __missing__(self, cell: Cell) -> Day:
        self[cell] = found = self._read(cell)
        return found

    def _read(self, cell: Cell) -> Day:
        found = dates.fixed(cell)
        if found is not None:
            return found
        if not isinstance(cell, str):
            return None if cell is None else self._serial(cell)
        if dates.is_blank(cell):
            return None
        if not dates.is_numeric_date(cell):
            return self._unusual(cell)
        if self._asked:
            return ASKED if dates.orders_of(cell.strip()) else WRONG
        return (self._order and dates.read(cell, self._order)) or WRONG

    def _unusual(self, cell: str) -> Day:
        parts = dates.without_year(cell)
        if parts is not None and self._asked and parts[1] > 0:
            return ASKED
        if parts is not None and self._last is not None:
            first, second = parts
            day, month = (second, first) if self._order == "mdy" and second > 0 else parts
            return dates.near(day, abs(month), self._last) or WRONG
        return self._serial(cell) if self._serials else WRONG

    def _serial(self, cell: Cell) -> Day:
        found = dates.serial(cell)
        return WRONG if found is None else found + self._later


class AmountColumn(dict[Cell, Amount]):
    """Cell -> amount under one decimal sign, None when empty; CR (or a plus) makes it negative."""

    def __init__(
        self, decimal: DecimalSign | None, plus_back: bool = False, debit_minus: bool = False
    ) -> None:
        super().__init__()
        self._decimal: DecimalSign = decimal or "."
        self._plus_back, self._debit_minus = plus_back, debit_minus

    @classmethod
    def deciding(cls, texts: Iterable[str]) -> AmountColumn:
        """Under the decimal sign that these texts themselves decide."""
        written = (amounts.take_apart(text) for text in texts)
        sign, certain = amounts.decide_decimal([one.core for one in written if one is not None])
        return cls(sign if certain else None)

    def __missing__(self, cell: Cell) -> Amount:
        self[cell] = found = self._read(cell)
        return found

    def read(self, cells: Sequence[Cell]) -> list[Amount]:
        """A whole column."""
        return [self[cell] for cell in cells]

    def _read(self, cell: Cell) -> Amount:
        if isinstance(cell, bool):
            return WRONG
        if isinstance(cell, int | float):
            return amounts.from_number(cell)
        if not isinstance(cell, str):
            return None if cell is None else WRONG
        if _PLAIN.fullmatch(cell):  # most amounts of a long file
            value = amounts.to_decimal(cell, self._decimal)
            return WRONG if value is None else value
        if amounts.is_blank(cell):
            return None
        written = amounts.take_apart(cell)
        value = amounts.to_decimal(written.core, self._decimal) if written else None
        if written is None or value is None:
            return WRONG
        if self._debit_minus and written.mark is not None:
            return -value if amounts.is_back(written.mark) else value
        credit = amounts.is_back(written.mark) or (written.plus and self._plus_back)
        return -value if written.negative != credit else value


def currency_code(text: str) -> str | None:
    """The ISO code that a sign or name stands for."""
    wanted = text.strip().upper()
    return _CURRENCIES.get(wanted) or (wanted if wanted.isalpha() and len(wanted) == 3 else None)
