"""Lines of a bill without titles as rows: date, text, amount, and a balance that proves itself."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise

from kkpd.engines.reading.cells import dates
from kkpd.engines.reading.cells.amounts import is_money
from kkpd.engines.reading.cells.columns import AmountColumn
from kkpd.engines.reading.pdf.words import TextLine

_CENTS = re.compile(r"\d[.,]\d\d(?!\d)")
#: So many steps of a balance must be the amounts between them.
_PROOF = 2
_YEAR, _SHORTEST_MONTH = 366, 29


def rows(found: Sequence[TextLine]) -> list[list[str]]:
    """A line that begins with a date and ends with an amount as a row, others as one text.

    Of two amounts at the end the last is a balance where the amounts lead from one to the next;
    else nobody could say which is which, and such a line stays a text.
    """
    parts = [_parts(line) for line in found]
    later = _first_is_later([part[0] for part in parts if part])
    with_balance = _is_running([amount for part in parts if part and (amount := part[1])])
    made = []
    for line, part in zip(found, parts, strict=True):
        if part is None or len(part[1]) > (2 if with_balance else 1):
            made.append([": ".join(line.texts)])
        else:
            days = part[0][1::-1] if later else part[0][:2]
            made.append([*days, part[0][2], *part[1]])
    return made


def _parts(line: TextLine) -> tuple[list[str], list[str]] | None:
    """Two dates and the text, then the amounts at the end; None for a line of another kind."""
    texts = line.texts
    days = [text for text in texts[:2] if dates.looks_like_date(text)]
    end = len(texts)
    while end > len(days) and is_money(texts[end - 1]):
        end -= 1
    said = " ".join(texts[len(days) : end])
    if not days or end == len(texts) or any(_like(texts[-1], one) for one in said.split()[-3:]):
        return None
    return [days[0], days[-1], said], texts[end:]


def _first_is_later(found: Sequence[Sequence[str]]) -> bool:
    """Whether the day of the books stands before the day of the purchase, which is never later.

    Only days with one reading tell; all that differ must agree.
    """
    told = set()
    for first, second, _ in found:
        one, other = _day_of_year(first), _day_of_year(second)
        if one is not None and other is not None and one != other:
            told.add((one - other) % _YEAR < _YEAR // 2)
    return told == {True}


def _day_of_year(text: str) -> int | None:
    parts = dates.without_year(text)
    if parts is not None and parts[1] < 0:
        day = date(2000, -parts[1], parts[0]) if parts[0] <= _SHORTEST_MONTH else None
    else:
        day = dates.fixed(text)
    return None if day is None else day.timetuple().tm_yday


def _like(amount: str, word: str) -> bool:
    """Whether a word is written as the amount is, with as many decimals, so could be it as well."""
    return is_money(word) and bool(_CENTS.search(amount)) == bool(_CENTS.search(word))


def _is_running(found: Sequence[Sequence[str]]) -> bool:
    """Whether each line's second amount is the one before it more or less its first."""
    if any(len(texts) > 2 for texts in found):
        return False
    money = AmountColumn.deciding(text for texts in found for text in texts)
    pairs = [money.read(texts) for texts in found if len(texts) == 2]
    steps = [
        isinstance(amount, Decimal)
        and isinstance(before, Decimal)
        and isinstance(after, Decimal)
        and abs(after - before) == abs(amount)
        for (_, before), (amount, after) in pairwise(pairs)
    ]
    return len(steps) >= _PROOF and all(steps)
