"""Moments and business days (law 3): a moment is an aware UTC datetime, a business day a date."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from kkpd.core.errors import DomainError

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
