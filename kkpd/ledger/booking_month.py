"""Where a line is booked: its own month, or the oldest open one when that is closed (law 5)."""

from __future__ import annotations

from typing import NamedTuple

Bulan = tuple[int, int]


class Pembukuan(NamedTuple):
    """The month of booking, and the month it belongs to when that was closed already."""

    tahun: int
    bulan: int
    asal: Bulan | None = None


def bukukan(asal: Bulan, terkunci: Bulan | None) -> Pembukuan:
    """`terkunci` is the last month that is not open any more: periods close in order, so every
    month up to it is closed and the one after it is the oldest open.
    """
    if terkunci is None or asal > terkunci:
        return Pembukuan(*asal)
    return Pembukuan(*sesudah(terkunci), asal)


def sesudah(bulan: Bulan) -> Bulan:
    """The next month."""
    tahun, nomor = bulan
    return (tahun + 1, 1) if nomor == 12 else (tahun, nomor + 1)


def bulan_dari(iso: str) -> Bulan:
    """The month of an ISO date."""
    return int(iso[:4]), int(iso[5:7])
