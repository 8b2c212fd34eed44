"""The span that a report covers: a month (`2026-10`), a quarter (`2026-T3`) or a year (`2026`)."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from kkpd.core.errors import DomainError
from kkpd.core.moments import BULAN, nama_periode

_BENTUK = re.compile(r"(?P<tahun>\d{4})(?:-(?P<bulan>\d{2})|-T(?P<triwulan>\d))?", re.ASCII)
_ROMAWI = ("I", "II", "III", "IV")


@dataclass(frozen=True, slots=True, order=True)
class Rentang:
    """Whole months of one budget year, the first and the last included (1 to 12)."""

    tahun: int
    awal: int
    akhir: int

    @property
    def kode(self) -> str:
        """As it is written: `2026-10`, `2026-T3`, `2026`."""
        if self.awal == self.akhir:
            return f"{self.tahun}-{self.awal:02d}"
        return str(self.tahun) if self.akhir - self.awal == 11 else f"{self.tahun}-T{self._ke}"

    @property
    def nama(self) -> str:
        """As people say it: `Oktober 2026`, `Triwulan III 2026 (Juli-September)`, `Tahun 2026`."""
        if self.awal == self.akhir:
            return nama_periode(self.tahun, self.awal)
        if self.akhir - self.awal == 11:
            return f"Tahun {self.tahun}"
        months = f"{BULAN[self.awal - 1]}-{BULAN[self.akhir - 1]}"
        return f"Triwulan {_ROMAWI[self._ke - 1]} {self.tahun} ({months})"

    @property
    def _ke(self) -> int:
        return self.akhir // 3

    @property
    def mulai(self) -> date:
        """Its first day."""
        return date(self.tahun, self.awal, 1)

    @property
    def sampai(self) -> date:
        """Its last day."""
        return date(self.tahun, self.akhir, monthrange(self.tahun, self.akhir)[1])

    @property
    def bulan(self) -> tuple[tuple[int, int], ...]:
        """Its months in order, as (year, month)."""
        return tuple((self.tahun, month) for month in range(self.awal, self.akhir + 1))


def parse(text: str) -> Rentang:
    """Read `2026-10`, `2026-T3` or `2026`; a DomainError names the form otherwise."""
    found = _BENTUK.fullmatch(text)
    shown = f"Periode “{text[:20]}”"
    if found is None:
        raise DomainError(
            f"{shown} tidak dikenal. Tulis bulan 2026-10, triwulan 2026-T3, atau tahun 2026.",
            field="periode",
        )
    tahun, bulan, triwulan = int(found["tahun"]), found["bulan"], found["triwulan"]
    if tahun < 2022 or not 1 <= int(bulan or 1) <= 12 or not 1 <= int(triwulan or 1) <= 4:
        raise DomainError(
            f"{shown} tidak ada. Bulan 01 sampai 12, triwulan T1 sampai T4, sejak 2022.",
            field="periode",
        )
    if bulan:
        return Rentang(tahun, int(bulan), int(bulan))
    if triwulan:
        return Rentang(tahun, int(triwulan) * 3 - 2, int(triwulan) * 3)
    return Rentang(tahun, 1, 12)
