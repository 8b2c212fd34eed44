"""SPD and anggaran kas by month: which limits apply to a purchase of a month.

Two ways, by a dated setting: `bulan` (each month by itself) or `kumulatif` (available up to a
month, against spent up to it). In the second way a purchase of March also uses April and later, so
that a late line cannot take what a later month has spent. Months that make nothing new available
need no limit of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kkpd.core.money import ZERO, Rupiah, total

#: The words of the settings `periksa_spd` and `periksa_kas`; blank means not checked.
WAYS: Final = ("bulan", "kumulatif")


def kunci(sub_kegiatan: str, rekening: str, bulan: int, cara: str) -> str:
    """The key of one month's ceiling: `...|03` for the month, `...|sd03` for up to the month."""
    return f"{sub_kegiatan}|{rekening}|{'sd' if cara == 'kumulatif' else ''}{bulan:02d}"


def parse_key(text: str) -> tuple[str, str, int, str]:
    """(sub kegiatan, account, month, way) of such a key."""
    sub_kegiatan, rekening, month = text.split("|")
    cara = "kumulatif" if month.startswith("sd") else "bulan"
    return sub_kegiatan, rekening, int(month.removeprefix("sd")), cara


def bound(monthly: Mapping[int, Rupiah], bulan: int, cara: str) -> Rupiah:
    """What is available in the month, or up to it."""
    if cara == "bulan":
        return monthly.get(bulan, ZERO)
    return total(amount for month, amount in monthly.items() if month <= bulan)


def weighed_months(monthly: Mapping[int, Rupiah], bulan: int, cara: str) -> tuple[int, ...]:
    """The months whose limits a purchase of this month meets."""
    if cara == "bulan":
        return (bulan,)
    return tuple(month for month in range(bulan, 13) if month == 12 or monthly.get(month + 1, ZERO))
