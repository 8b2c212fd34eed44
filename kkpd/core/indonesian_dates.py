"""Dates in Indonesian words, without the machine's locale (law 14)."""

from __future__ import annotations

from datetime import date

from kkpd.core.terbilang import bilangan

BULAN = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni",
    "Juli", "Agustus", "September", "Oktober", "November", "Desember",
)  # fmt: skip
BULAN_PENDEK = (
    "Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des",
)  # fmt: skip
HARI = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")


def panjang(day: date) -> str:
    """`24 November 2026`."""
    return f"{day.day} {BULAN[day.month - 1]} {day.year}"


def pendek(day: date) -> str:
    """`24 Nov 2026`."""
    return f"{day.day} {BULAN_PENDEK[day.month - 1]} {day.year}"


def angka(day: date) -> str:
    """`24-11-2026`, for narrow columns."""
    return f"{day.day:02d}-{day.month:02d}-{day.year:04d}"


def berhari(day: date) -> str:
    """`Selasa, 24 November 2026`."""
    return f"{HARI[day.weekday()]}, {panjang(day)}"


def bulan(year: int, month: int) -> str:
    """`Oktober 2026`."""
    return f"{BULAN[month - 1]} {year}"


def dalam_kata(day: date) -> str:
    """As minutes (*berita acara*) open: `hari Selasa tanggal dua puluh empat bulan ...`."""
    return (
        f"hari {HARI[day.weekday()]} tanggal {bilangan(day.day)} "
        f"bulan {BULAN[day.month - 1]} tahun {bilangan(day.year)}"
    )
