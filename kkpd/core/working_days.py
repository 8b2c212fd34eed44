"""Working days: Monday to Friday without the days that the calendar of holidays names."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import Final

_HARI: Final = timedelta(days=1)
_SABTU: Final = 5


def kerja(hari: date, libur: Collection[date]) -> bool:
    """Whether offices work on that day."""
    return hari.weekday() < _SABTU and hari not in libur


def sesudah(hari: date, banyak: int, libur: Collection[date]) -> date:
    """The working day that is so many working days after `hari` (0: itself, or the next one)."""
    found = hari
    while not kerja(found, libur):
        found += _HARI
    for _ in range(banyak):
        found += _HARI
        while not kerja(found, libur):
            found += _HARI
    return found


def sisa(hari: date, jatuh: date, libur: Collection[date]) -> int:
    """Working days from `hari` to `jatuh`: 0 today, negative when it has passed."""
    first, last = min(hari, jatuh), max(hari, jatuh)
    days = (first + timedelta(days=n) for n in range(1, (last - first).days + 1))
    counted = sum(kerja(day, libur) for day in days)
    return counted if jatuh >= hari else -max(counted, 1)
