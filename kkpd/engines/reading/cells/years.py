"""The year of dates printed without one (`03 FEB`): told by the whole dates that the file shows."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import pairwise

from kkpd.engines.reading.cells import dates, months
from kkpd.engines.reading.profile import DateOrder
from kkpd.engines.reading.sheet import Row, text_of

#: A bill names its period, its day and when it is due; dates farther apart say something else too.
_SPREAD = timedelta(days=100)
#: The longest period that a statement covers and that leaves no day two years.
_PERIOD = timedelta(days=350)
#: A line may be posted some days after the day that its bill names.
_SLACK = timedelta(days=10)
_MONTH = "(?:" + "|".join(sorted(months.MONTHS, key=len, reverse=True)) + ")"
_WHOLE = re.compile(
    r"(?<![\d/.-])(?:\d{1,4}[-/.]\d{1,2}[-/.]\d{2,4}"
    rf"|\d{{1,2}}[-/. ]*{_MONTH}\.?[-/., ]+\d{{4}}|{_MONTH}\.?[-/. ]*\d{{1,2}},?[-/. ]+\d{{4}})"
    r"(?![\d/-])",
    re.IGNORECASE,
)
#: `11/16/25-12/15/25`: the dash parts two dates.
_DASH = re.compile(r"(?<=[/.]\d{2})[-–](?=\d{1,2}[/.])|(?<=[/.]\d{4})[-–](?=\d{1,2}[/.])")
_MONTH_OF_YEAR = re.compile(rf"(?<![^\W\d_])({_MONTH})\.? (\d{{4}})(?!\d)", re.IGNORECASE)
_BETWEEN = re.compile(
    r"\s*(?:-|–|—|to|until|through|thru|s\.?/?d\.?|sampai(?: dengan)?|hingga)\s*", re.IGNORECASE
)


def last_day(rows: Iterable[Row], order: DateOrder | None) -> date | None:
    """The latest day that a line of this bill can have, None when its rows do not tell.

    A period (`01 SEP 2024 TO 30 SEP 2024`) tells; else all whole dates must lie close together,
    or, where there is none, months of a year (`PERIODE : JANUARI 2026`).
    `order` reads numeric ones; without it only those count that have one reading.
    """
    lone: list[date] = []
    months: list[date] = []
    for row in rows:
        text = " ".join(filter(None, (text_of(cell).strip() for cell in row)))
        text = _DASH.sub(" - ", text)
        months += map(_end_of_month, _MONTH_OF_YEAR.findall(text))
        found = list(_days(text, order))
        for (_, end, first), (start, _, second) in pairwise(found):
            if first < second <= first + _PERIOD and _BETWEEN.fullmatch(text[end:start]):
                return second + _SLACK
        lone += [day for *_, day in found]
    lone = lone or months
    if not lone or max(lone) - min(lone) > _SPREAD:
        return None
    return max(lone) + _SLACK


def numeric_dates(texts: Iterable[str]) -> list[str]:
    """Dates of three numbers in some texts, such as both ends of a period."""
    found = (one[0] for text in texts for one in _WHOLE.finditer(_DASH.sub(" - ", text)))
    return [text for text in found if dates.is_numeric_date(text)]


def _end_of_month(named: tuple[str, str]) -> date:
    """The last day of `JANUARI 2026`."""
    month = months.MONTHS[named[0].casefold()]
    return date(int(named[1]), month, monthrange(int(named[1]), month)[1])


def _days(text: str, order: DateOrder | None) -> Iterator[tuple[int, int, date]]:
    for found in _WHOLE.finditer(text):
        day = dates.fixed(found[0])
        if day is None:
            own, certain = dates.decide_order([found[0]])
            chosen = order or (own if certain else None)
            day = dates.read(found[0], chosen) if chosen else None
        if day is not None:
            yield found.start(), found.end(), day
