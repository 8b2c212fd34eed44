"""Working days: Monday to Friday, without the days in the calendar of holidays."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import Final

_DAY: Final = timedelta(days=1)
_SATURDAY: Final = 5


def working(day: date, days_off: Collection[date]) -> bool:
    """Whether offices work on that day."""
    return day.weekday() < _SATURDAY and day not in days_off


def after(day: date, banyak: int, days_off: Collection[date]) -> date:
    """The working day this many working days after `day` (0: `day` itself, or the next working
    day).
    """
    found = day
    while not working(found, days_off):
        found += _DAY
    for _ in range(banyak):
        found += _DAY
        while not working(found, days_off):
            found += _DAY
    return found


def left_over(day: date, due_day: date, days_off: Collection[date]) -> int:
    """Working days from `day` to `due_day`: 0 today, negative when it has passed."""
    first, last = min(day, due_day), max(day, due_day)
    days = (first + timedelta(days=n) for n in range(1, (last - first).days + 1))
    counted = sum(working(day, days_off) for day in days)
    return counted if due_day >= day else -max(counted, 1)
