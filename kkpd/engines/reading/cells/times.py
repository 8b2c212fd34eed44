"""Times of day as banks write them: in a column of their own, or behind the date in its cell."""

from __future__ import annotations

import re
from datetime import datetime, time
from typing import Final

from kkpd.engines.reading.statement import Cell, text_of

_CLOCK: Final = r"(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,]\d+)?)?\s*(?:([AaPp])\.?[Mm]\.?)?"
_ZONE: Final = r"(?:\s*(?:Z|UTC|GMT|WIB|WITA|WIT|[+-]\d{2}(?::?\d{2})?))?"
_ALONE: Final = re.compile(rf"\s*'?{_CLOCK}{_ZONE}\s*")
_AFTER_DATE: Final = re.compile(rf".*?\d[T ,]+{_CLOCK}{_ZONE}\*?\s*")
_DIGITS: Final = re.compile(r"\s*(\d{2})(\d{2})(\d{2})?\s*")
_MIDNIGHT: Final = time()
_HALF_DAY: Final = 12


def alone(cell: Cell) -> time | None:
    """The time of a cell of a column of times: `23:15`, `11.15 PM`, 231500, a spreadsheet's."""
    if isinstance(cell, time):
        return cell.replace(microsecond=0, tzinfo=None)
    if isinstance(cell, datetime):
        return cell.time().replace(microsecond=0)
    if isinstance(cell, float) and 0 <= cell < 1:  # a share of a day
        seconds = round(cell * 86_400) % 86_400
        return time(seconds // 3600, seconds // 60 % 60, seconds % 60)
    text = text_of(cell)
    found = _ALONE.fullmatch(text)
    if found is None and (digits := _DIGITS.fullmatch(text)) is not None:
        return _clock(digits[1], digits[2], digits[3], None)
    return None if found is None else _clock(*found.groups())


def after_date(cell: Cell) -> time | None:
    """The time behind a date in one cell. Midnight is what programs write that know none."""
    if isinstance(cell, datetime):
        found: time | None = cell.time().replace(microsecond=0)
    else:
        written = _AFTER_DATE.fullmatch(cell) if isinstance(cell, str) and len(cell) > 10 else None
        found = None if written is None else _clock(*written.groups())
    return None if found == _MIDNIGHT else found


def looks_like_time(cell: Cell) -> bool:
    """Whether a cell is a time of day and nothing else."""
    return alone(cell) is not None


class TimeColumn(dict[Cell, time | None]):
    """Cell -> time of day; None where there is none. Of a `lone` column, else behind dates."""

    def __init__(self, lone: bool) -> None:
        super().__init__()
        self._read = alone if lone else after_date

    def __missing__(self, cell: Cell) -> time | None:
        self[cell] = found = self._read(cell)
        return found


def _clock(hour: str, minute: str, second: str | None, half: str | None) -> time | None:
    hours = int(hour)
    if half is not None:
        if not 1 <= hours <= _HALF_DAY:
            return None
        hours = hours % _HALF_DAY + (_HALF_DAY if half in "Pp" else 0)
    if hours > 23 or int(minute) > 59 or int(second or 0) > 59:
        return None
    return time(hours, int(minute), int(second or 0))
