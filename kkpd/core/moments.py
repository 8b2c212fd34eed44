"""Moments, days and spans (law 3): a moment is an aware UTC datetime, a business day a date, a span
a month (`2026-10`), a quarter (`2026-T3`) or a year (`2026`); with their words in Indonesian.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from kkpd.core.errors import DomainError
from kkpd.core.money import whole_number

MONTHS = (
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
)


def require_utc(moment: datetime) -> datetime:
    """An aware moment in UTC; a naive datetime is a programmer's error."""
    if moment.tzinfo is None:
        raise TypeError("a moment must be an aware datetime")
    return moment.astimezone(UTC)


def business_day(moment: datetime, zone: str = "Asia/Jakarta") -> date:
    """The date in the office's time zone at that moment."""
    return require_utc(moment).astimezone(ZoneInfo(zone)).date()


def clock_time(moment: datetime, zone: str = "Asia/Jakarta") -> str:
    """`20-10-2026 10.00`: a moment in the office's time zone, for a sentence."""
    return f"{require_utc(moment).astimezone(ZoneInfo(zone)):%d-%m-%Y %H.%M}"


def parse_periode(text: str) -> tuple[int, int]:
    """`2026-10` -> (2026, 10); a DomainError names the form otherwise."""
    tahun, _, bulan = text.partition("-")
    if not (
        text.isascii()
        and len(tahun) == 4
        and tahun.isdecimal()
        and len(bulan) == 2
        and bulan.isdecimal()
    ):
        raise DomainError(f"Periode “{text[:20]}” tidak dikenal. Tulis seperti 2026-10.")
    if not 1 <= int(bulan) <= 12 or int(tahun) < 2022:
        raise DomainError(f"Periode “{text[:20]}” tidak ada. Bulan 01 sampai 12, sejak 2022.")
    return int(tahun), int(bulan)


def period_code(tahun: int, bulan: int) -> str:
    """`2026-10`, what `parse_periode` reads."""
    return f"{tahun}-{bulan:02d}"


def period_name(tahun: int, bulan: int) -> str:
    """`Oktober 2026`."""
    return f"{MONTHS[bulan - 1]} {tahun}"


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


_SHAPES = re.compile(r"(?P<tahun>\d{4})(?:-(?P<bulan>\d{2})|-T(?P<triwulan>\d))?", re.ASCII)
_ROMAN = ("I", "II", "III", "IV")


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Whole months of one budget year, first and last included (1 to 12)."""

    tahun: int
    start: int
    finish: int

    @property
    def kode(self) -> str:
        """As it is written: `2026-10`, `2026-T3`, `2026`."""
        if self.start == self.finish:
            return f"{self.tahun}-{self.start:02d}"
        return (
            str(self.tahun) if self.finish - self.start == 11 else f"{self.tahun}-T{self._quarter}"
        )

    @property
    def nama(self) -> str:
        """As people say it: `Oktober 2026`, `Triwulan III 2026 (Juli-September)`, `Tahun 2026`."""
        if self.start == self.finish:
            return period_name(self.tahun, self.start)
        if self.finish - self.start == 11:
            return f"Tahun {self.tahun}"
        months = f"{MONTHS[self.start - 1]}-{MONTHS[self.finish - 1]}"
        return f"Triwulan {_ROMAN[self._quarter - 1]} {self.tahun} ({months})"

    @property
    def _quarter(self) -> int:
        return self.finish // 3

    @property
    def mulai(self) -> date:
        """Its first day."""
        return date(self.tahun, self.start, 1)

    @property
    def sampai(self) -> date:
        """Its last day."""
        return date(self.tahun, self.finish, monthrange(self.tahun, self.finish)[1])

    @property
    def bulan(self) -> tuple[tuple[int, int], ...]:
        """Its months in order, as (year, month)."""
        return tuple((self.tahun, month) for month in range(self.start, self.finish + 1))


def parse_span(text: str) -> Span:
    """Read `2026-10`, `2026-T3` or `2026`; a DomainError names the form otherwise."""
    found = _SHAPES.fullmatch(text)
    shown = f"Periode “{text[:20]}”"
    if found is None:
        raise DomainError(
            f"{shown} tidak dikenal. Tulis bulan 2026-10, triwulan 2026-T3, atau tahun 2026.",
            field="periode",
        )
    tahun, bulan, year_quarters = int(found["tahun"]), found["bulan"], found["triwulan"]
    if tahun < 2022 or not 1 <= int(bulan or 1) <= 12 or not 1 <= int(year_quarters or 1) <= 4:
        raise DomainError(
            f"{shown} tidak ada. Bulan 01 sampai 12, triwulan T1 sampai T4, sejak 2022.",
            field="periode",
        )
    if bulan:
        return Span(tahun, int(bulan), int(bulan))
    if year_quarters:
        return Span(tahun, int(year_quarters) * 3 - 2, int(year_quarters) * 3)
    return Span(tahun, 1, 12)
