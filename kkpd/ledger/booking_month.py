"""Where a line is booked: its own month, or the oldest open one when that is closed (law 5)."""

from __future__ import annotations

from typing import NamedTuple

Month = tuple[int, int]


class Booking(NamedTuple):
    """The month of booking, and the month it belongs to if that one is closed."""

    tahun: int
    bulan: int
    asal: Month | None = None


def book_month(asal: Month, last_closed: Month | None) -> Booking:
    """`last_closed` is the last closed month: periods close in order, so every month up to it is
    closed and the next one is the oldest open.
    """
    if last_closed is None or asal > last_closed:
        return Booking(*asal)
    return Booking(*after(last_closed), asal)


def after(bulan: Month) -> Month:
    """The next month."""
    tahun, nomor = bulan
    return (tahun + 1, 1) if nomor == 12 else (tahun, nomor + 1)


def month_of(iso: str) -> Month:
    """The month of an ISO date."""
    return int(iso[:4]), int(iso[5:7])
