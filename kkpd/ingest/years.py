"""The year of dates printed without one (`03 FEB`): told by the whole dates that the file shows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import pairwise

from kkpd.ingest import dates
from kkpd.ingest.profile import DateOrder
from kkpd.ingest.sheet import Row, text_of

#: A bill names its period, its day and when it is due; dates farther apart say something else too.
_SPREAD = timedelta(days=100)
#: A line may be posted some days after the day that its bill names.
_SLACK = timedelta(days=10)
_MONTH = "(?:" + "|".join(sorted(dates.MONTHS, key=len, reverse=True)) + ")"
_WHOLE = re.compile(
    r"(?<![\d/.-])(?:\d{1,4}[-/.]\d{1,2}[-/.]\d{2,4}"
    rf"|\d{{1,2}}[-/. ]*{_MONTH}\.?[-/., ]+\d{{4}}|{_MONTH}\.?[-/. ]*\d{{1,2}},?[-/. ]+\d{{4}})"
    r"(?![\d/-])",
    re.IGNORECASE,
)
_BETWEEN = re.compile(
    r"\s*(?:-|–|—|to|until|through|thru|s\.?/?d\.?|sampai(?: dengan)?|hingga)\s*", re.IGNORECASE
)


def last_day(rows: Iterable[Row], order: DateOrder | None) -> date | None:
    """The latest day that a line of this bill can have, None when its rows do not tell.

    A period (`01 SEP 2024 TO 30 SEP 2024`) tells; else all whole dates must lie close together.
    `order` reads numeric ones; without it only those count that have one reading.
    """
    lone: list[date] = []
    for row in rows:
        text = " ".join(filter(None, (text_of(cell).strip() for cell in row)))
        found = list(_days(text, order))
        for (_, end, first), (start, _, second) in pairwise(found):
            if first < second <= first + _SPREAD and _BETWEEN.fullmatch(text[end:start]):
                return second + _SLACK
        lone += [day for *_, day in found]
    if not lone or max(lone) - min(lone) > _SPREAD:
        return None
    return max(lone) + _SLACK


def _days(text: str, order: DateOrder | None) -> Iterator[tuple[int, int, date]]:
    for found in _WHOLE.finditer(text):
        day = dates.fixed(found[0])
        if day is None:
            own, certain = dates.decide_order([found[0]])
            chosen = order or (own if certain else None)
            day = dates.read(found[0], chosen) if chosen else None
        if day is not None:
            yield found.start(), found.end(), day
