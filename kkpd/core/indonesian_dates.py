"""Dates in Indonesian words, without the machine's locale (law 14)."""

from __future__ import annotations

from datetime import date

from kkpd.core.moments import MONTHS
from kkpd.core.terbilang import whole_number

SHORT_MONTHS = (
    "Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des",
)  # fmt: skip
DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")


def long(day: date) -> str:
    """`24 November 2026`."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def brief(day: date) -> str:
    """`24 Nov 2026`."""
    return f"{day.day} {SHORT_MONTHS[day.month - 1]} {day.year}"


def numeric(day: date) -> str:
    """`24-11-2026`, for narrow columns."""
    return f"{day.day:02d}-{day.month:02d}-{day.year:04d}"


def with_weekday(day: date) -> str:
    """`Selasa, 24 November 2026`."""
    return f"{DAYS[day.weekday()]}, {long(day)}"


def in_words(day: date) -> str:
    """As minutes (*berita acara*) open: `hari Selasa tanggal dua puluh empat bulan ...`."""
    return (
        f"hari {DAYS[day.weekday()]} tanggal {whole_number(day.day)} "
        f"bulan {MONTHS[day.month - 1]} tahun {whole_number(day.year)}"
    )
