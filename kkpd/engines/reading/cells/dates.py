"""Dates as banks write them: names of months, the order of day and month, years left out.

The order is decided by the whole column, never per row.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from kkpd.engines.reading.cells.amounts import ASKED, WRONG, Mark
from kkpd.engines.reading.profile import DateOrder
from kkpd.engines.reading.statement import Row, text_of

#: Each name and its month_number.
MONTHS = {
    name: month_number
    for month_number, names in enumerate(
        (
            "jan january januari janv januar ene enero gen gennaio",
            "feb february februari pebruari peb fev februar fevrier febrero",
            "mar march maret mrt maart marz mars marzo",
            "apr april avr avril abr abril",
            "may mei mai mayo mag",
            "jun june juni juin junio giu",
            "jul july juli juil juillet julio lug",
            "aug august agustus agu agt ags agst augustus aout ago agosto",
            "sep sept september septembre septiembre set",
            "oct october oktober okt octobre octubre ott",
            "nov november nopember nop novembre noviembre",
            "dec december desember des dez dezember decembre dic diciembre",
        ),
        start=1,
    )
    for name in names.split()
}
_ONLY_MONTH = re.compile(
    r"([^\W\d_]{3,10})[-/., ']*(?:19|20)\d\d|(?:19|20)\d\d[-/](?:0[1-9]|1[0-2])"
    r"|(?:0?[1-9]|1[0-2])[-/](?:19|20)\d\d"
)


def month_number(name: str) -> int:
    """The month_number of a month's name, 0 for any other word."""
    name = name.casefold().replace("ä", "a").replace("é", "e").replace("û", "u")
    return MONTHS.get(name, 0)


def is_month(text: str) -> bool:
    """Whether a text is a month and its year: `July 2014`, `2014-07`, `07/2014`."""
    found = _ONLY_MONTH.fullmatch(text.strip())
    return found is not None and (found[1] is None or bool(month_number(found[1])))


#: A cell as CSV (text) or a spreadsheet (typed) gives it.
Cell = object
_TIME = r"(?:(?:[T ,]+|:)\d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:[.,]\d+)?)?\s*(?:[AaPp]\.?[Mm]\.?)?)?"
#: A zone, the second day of `04/17/2023 as of 04/15/2023` (the first is the day of the books), and
#: the star of a footnote.
_ZONE = r"(?:\s*(?:Z|UTC|GMT|WIB|WITA|WIT|[+-]\d{2}(?::?\d{2})?))?(?:\s+as of\s+\S+)?\*?"
_DAY_NAME = r"(?:[A-Za-z]{3,9},?\s+)?"
_NUMERIC = re.compile(rf"'?{_DAY_NAME}(\d{{1,4}})([-/. ])(\d{{1,2}})\2(\d{{1,4}}){_TIME}{_ZONE}")
_DAY_MONTH_NAME = re.compile(
    rf"{_DAY_NAME}(\d{{1,2}})(?:st|nd|rd|th)?[-/. ]*([^\W\d_]{{3,10}})\.?[-/., ']*"
    rf"(\d{{4}}|\d{{2}})?{_TIME}{_ZONE}"
)
_MONTH_NAME_DAY = re.compile(
    rf"{_DAY_NAME}([^\W\d_]{{3,10}})\.?[-/. ]*(\d{{1,2}})(?:st|nd|rd|th)?[-/., ']+"
    rf"(\d{{4}}|\d{{2}}){_TIME}{_ZONE}"
)
_MONTH_NAME_ONLY_DAY = re.compile(r"([^\W\d_]{3,10})\.?[-/. ]*(\d{1,2})(?:st|nd|rd|th)?")
_COLONS = re.compile(rf"(\d{{4}})(:)(\d{{2}}):(\d{{2}}){_TIME}{_ZONE}")
_YEAR_MONTH_NAME = re.compile(
    rf"(\d{{4}})[-/. ]*([^\W\d_]{{3,10}})[-/. ]*(\d{{1,2}}){_TIME}{_ZONE}"
)
_COMPACT = re.compile(r"(\d{8})(?:\d{6}(?:\.\d+)?)?")
_NO_YEAR = re.compile(r"(\d{1,2})([-/])(\d{1,2})\*?")
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_EXCEL_START = date(1899, 12, 30)
_BLANK = frozenset(
    {
        *("", "-", "--", "n/a", "na", "null", "none", "nil", "#n/a"),
        *("1/0/1900", "01/00/1900", "00/01/1900", "01-00-1900", "00-01-1900", "1900-01-00"),
    }
)

ORDERS: tuple[DateOrder, ...] = ("dmy", "mdy", "ymd")


@dataclass(frozen=True, slots=True)
class Parts:
    """A numeric date before its order is known; `compact` marks eight digits in a row."""

    first: int
    second: int
    third: int
    year_first: bool
    short: bool


def is_blank(text: str) -> bool:
    """A cell that stands for no date: empty, a dash, `N/A`, zeros, or stars that hide one."""
    text = text.strip()
    return text.casefold() in _BLANK or not text.strip("*x ") or not text.strip("0-/.: ")


def fixed(cell: Cell) -> date | None:
    """The date of a cell that has only one reading: a typed date, a month by name, 2025-03-04."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if not isinstance(cell, str):
        return _digits(cell)
    text = cell.strip()
    return _named(text) or _year_first(text) or _compact_year_first(text)


def _digits(cell: Cell) -> date | None:
    """20250131 as a spreadsheet's number."""
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return None
    whole = 19_000_000 < cell < 21_010_000 and cell == int(cell)
    return _compact_year_first(str(int(cell))) if whole else None


def looks_like_date(cell: Cell) -> bool:
    """Whether a cell can be a date under some order, with or without a year."""
    if fixed(cell) is not None:
        return True
    if not isinstance(cell, str):
        return False
    text = cell.strip()
    return bool(orders_of(text)) or without_year(text) is not None


def fixed_or_numeric(text: str) -> bool:
    """Whether a text is a date with its year."""
    return is_numeric_date(text) or fixed(text) is not None


def orders_of(text: str) -> frozenset[DateOrder]:
    """The orders under which a numeric date is a day of the calendar; empty when it is none."""
    parts = _numeric(text)
    if parts is None:
        return frozenset()
    return frozenset(order for order in ORDERS if _build(parts, order) is not None)


def is_numeric_date(text: str) -> bool:
    """Three numbers with date separators, right or wrong (31/02/2025 too)."""
    return _numeric(text.strip()) is not None


def read(text: str, order: DateOrder) -> date | None:
    """A numeric date under `order`, None when the calendar has no such day."""
    parts = _numeric(text.strip())
    return None if parts is None else _build(parts, order)


def without_year(text: str) -> tuple[int, int] | None:
    """`12/03`, `12 MAR` or `Mar 12` of a card bill: two numbers, or (day, -month) by name."""
    found = _NO_YEAR.fullmatch(text.strip())
    if found:
        return int(found[1]), int(found[3])
    found = _DAY_MONTH_NAME.fullmatch(text.strip())
    if found and found[3] is None and month_number(found[2]):
        return int(found[1]), -month_number(found[2])
    found = _MONTH_NAME_ONLY_DAY.fullmatch(text.strip())
    if found and month_number(found[1]):
        return int(found[2]), -month_number(found[1])
    return None


def last_month(texts: Iterable[str], order: DateOrder | None) -> int:
    """The last month of dates without a year: of December and January, that after the turn."""
    months = set()
    for text in texts:
        if (parts := without_year(text)) is not None:
            first, second = parts
            months.add(first if order == "mdy" and second > 0 else abs(second))
    if {1, 12} <= months and len(months) < 12:
        return next(month for month in range(1, 13) if month + 1 not in months)
    return max(months, default=12)


def near(day: int, month: int, last: date) -> date | None:
    """The latest such day that is not after `last` (the bill date)."""
    for year in (last.year, last.year - 1):
        found = _day(year, month, day)
        if found is not None and found <= last:
            return found
    return _day(last.year - 1, month, day)


def serial(cell: Cell) -> date | None:
    """An Excel serial number between 1982 and 2064 as a date."""
    if isinstance(cell, str):
        if not _SERIAL.fullmatch(cell.strip()):
            return None
        cell = float(cell)
    if isinstance(cell, bool) or not isinstance(cell, int | float) or not 30_000 <= cell < 60_000:
        return None
    return _EXCEL_START + timedelta(days=int(cell))


def decide_order(texts: Iterable[str]) -> tuple[DateOrder | None, bool]:
    """The order of a column of numeric dates and whether it is certain.

    (None, True): no date that any order can read. (order, False): several orders read all; ask.
    """
    counts = Counter(text.strip() for text in texts)
    readings = {text: found for text in counts if (found := orders_of(text) or _short_of(text))}
    if not readings:
        return None, True
    votes = {
        order: sum(counts[text] for text, orders in readings.items() if order in orders)
        for order in ORDERS
    }
    leading = [order for order in ORDERS if votes[order] == max(votes.values())]
    if "ymd" in leading and len(leading) > 1:
        leading = _year_first_or_last(readings, leading)
    certain = len(leading) == 1 or same_under(readings, leading)
    return leading[0], certain


def _short_of(text: str) -> frozenset[DateOrder]:
    """The orders under which two numbers are a day and a month; what fits both says nothing."""
    found = _NO_YEAR.fullmatch(text)
    if found is None:
        return frozenset()
    first, second = int(found[1]), int(found[3])
    orders: dict[DateOrder, bool] = {"dmy": second <= 12, "mdy": first <= 12}
    fitting = frozenset(order for order, fits in orders.items() if fits)
    return fitting if len(fitting) == 1 else frozenset()


def _year_first_or_last(texts: Iterable[str], leading: list[DateOrder]) -> list[DateOrder]:
    """25-03-04: the year stands last, unless that makes many years and first makes few."""
    years = {
        order: len({day.year for text in texts if (day := read(text, order))}) for order in leading
    }
    last: list[DateOrder] = [order for order in leading if order != "ymd"]
    if min(years[order] for order in last) > 2 + years["ymd"]:
        return ["ymd"]
    return last


def same_under(texts: Iterable[str], orders: Iterable[DateOrder]) -> bool:
    """Whether all the orders read every date alike (03/03/2025)."""
    return all(len({read(text, order) for order in orders}) == 1 for text in texts)


def ambiguous_short(texts: Iterable[str]) -> list[str]:
    """Dates without a year that two orders read differently, such as 03/04."""
    found = [text for text in texts if (parts := without_year(text)) and parts[1] > 0]
    return [text for text in found if len(set(without_year(text) or ())) > 1]


def _named(text: str) -> date | None:
    found = _DAY_MONTH_NAME.fullmatch(text)
    if found and found[3] and month_number(found[2]):
        return _day(_year(found[3]), month_number(found[2]), int(found[1]))
    found = _MONTH_NAME_DAY.fullmatch(text)
    if found and month_number(found[1]):
        return _day(_year(found[3]), month_number(found[1]), int(found[2]))
    found = _YEAR_MONTH_NAME.fullmatch(text)
    if found and month_number(found[2]):
        return _day(int(found[1]), month_number(found[2]), int(found[3]))
    return None


def _year_first(text: str) -> date | None:
    found = _NUMERIC.fullmatch(text) or _COLONS.fullmatch(text)
    if found and len(found[1]) == 4:
        return _day(int(found[1]), int(found[3]), int(found[4]))
    return None


def _compact_year_first(text: str) -> date | None:
    found = _COMPACT.fullmatch(text)
    if found and found[1][:2] in ("19", "20"):
        return _day(int(found[1][:4]), int(found[1][4:6]), int(found[1][6:]))
    return None


def _numeric(text: str) -> Parts | None:
    """The three numbers of a date that still needs an order."""
    found = _NUMERIC.fullmatch(text)
    if found:
        if len(found[1]) == 3 or len(found[4]) == 3 or (len(found[1]) > 2 and len(found[4]) > 2):
            return None
        short = len(found[1]) <= 2 and len(found[4]) <= 2
        return Parts(int(found[1]), int(found[3]), int(found[4]), len(found[1]) == 4, short)
    found = _COMPACT.fullmatch(text)
    if found and found[1][4:6] in ("19", "20"):
        digits = found[1]
        return Parts(int(digits[:2]), int(digits[2:4]), int(digits[4:]), False, False)
    return None


def _build(parts: Parts, order: DateOrder) -> date | None:
    first, second, third = parts.first, parts.second, parts.third
    if order == "ymd":
        return _day(_year(first), second, third) if parts.year_first or parts.short else None
    if parts.year_first:
        return None
    day, month = (first, second) if order == "dmy" else (second, first)
    return _day(_year(third), month, day)


def _year(value: str | int) -> int:
    number = int(value)
    if number >= 100:
        return number
    return number + (2000 if number < 80 else 1900)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if 1900 <= year <= 2100 else None
    except ValueError:
        return None


#: A bill names its period, its day and when it is due; dates farther apart say something else too.
_SPREAD = timedelta(days=100)
#: The longest period that a statement covers and that leaves no day two years.
_PERIOD = timedelta(days=350)
#: A line may be posted some days after the day that its bill names.
_SLACK = timedelta(days=10)
_MONTH = "(?:" + "|".join(sorted(MONTHS, key=len, reverse=True)) + ")"
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

    A period tells; else whole dates close together, or months of a year (`PERIODE : JANUARI 2026`).
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
    return [text for text in found if is_numeric_date(text)]


def _end_of_month(named: tuple[str, str]) -> date:
    """The last day of `JANUARI 2026`."""
    month = MONTHS[named[0].casefold()]
    return date(int(named[1]), month, monthrange(int(named[1]), month)[1])


def _days(text: str, order: DateOrder | None) -> Iterator[tuple[int, int, date]]:
    for found in _WHOLE.finditer(text):
        day = fixed(found[0])
        if day is None:
            own, certain = decide_order([found[0]])
            chosen = order or (own if certain else None)
            day = read(found[0], chosen) if chosen else None
        if day is not None:
            yield found.start(), found.end(), day


Day = date | None | Mark


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
        found = fixed(cell)
        if found is not None:
            return found
        if not isinstance(cell, str):
            return None if cell is None else self._serial(cell)
        if is_blank(cell):
            return None
        if not is_numeric_date(cell):
            return self._unusual(cell)
        if self._asked:
            return ASKED if orders_of(cell.strip()) else WRONG
        return (self._order and read(cell, self._order)) or WRONG

    def _unusual(self, cell: str) -> Day:
        parts = without_year(cell)
        if parts is not None and self._asked and parts[1] > 0:
            return ASKED
        if parts is not None and self._last is None:
            return ASKED
        if parts is not None and self._last is not None:
            first, second = parts
            day, month = (second, first) if self._order == "mdy" and second > 0 else parts
            return near(day, abs(month), self._last) or WRONG
        return self._serial(cell) if self._serials else WRONG

    def _serial(self, cell: Cell) -> Day:
        found = serial(cell)
        return WRONG if found is None else found + self._later
