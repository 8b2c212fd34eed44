"""The span that a report covers: a month (`2026-10`), a quarter (`2026-T3`) or a year (`2026`)."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from kkpd.core.errors import DomainError
from kkpd.core.moments import MONTHS, period_name

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


def parse(text: str) -> Span:
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
