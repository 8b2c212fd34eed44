"""Monitoring of card use: which thresholds are passed, with the figures behind each (kkpd.md 1.13).

Every threshold is a dated setting (law 15); one that is blank is None here and is not checked. The
national yardsticks for the central card are the model: share cut after two months at or below 75 %,
or two months of late bills; the tests for raising and lowering it are those of PMK 196/2018 Art. 6.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from itertools import groupby, takewhile
from types import MappingProxyType
from typing import Final

from kkpd.core.money import ZERO, Rupiah, total

#: The settings of these rules, in the order in which a page names them.
SETTING_KEYS: Final = (
    "low_use_threshold",
    "low_use_months",
    "late_months_threshold",
    "unused_card_days",
    "target_pemakaian_triwulan",
    "refill_per_month",
)
#: rule -> its sentence, filled with the figures
SENTENCES: Final = MappingProxyType(
    {
        "rendah": "Pemakaian paling tinggi %(ambang)s dari UP KKPD %(n)s bulan berturut-turut.",
        "terlambat": "Tagihan terlambat dibayar %(n)s bulan berturut-turut.",
        "kartu": "%(n)s kartu aktif tidak dipakai %(hari)s hari atau lebih.",
        "target": "Pemakaian triwulan %(triwulan)s %(persen)s, di bawah target %(ambang)s.",
        "naikkan": "Pertimbangkan menaikkan bagian kartu: kebutuhan sebulan %(nilai)s melampaui "
        "UP KKPD %(batas)s, dan pengisian kembali rata-rata %(gu)s kali sebulan setahun terakhir.",
        "turunkan": "Pertimbangkan menurunkan bagian kartu: pemakaian tertinggi %(persen)s dari "
        "UP KKPD selama bulan-bulan rendah itu. Kebutuhan tunai tidak tercatat di buku ini.",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """The thresholds in force for an OPD; None: not checked. Shares as fractions of 1."""

    low_mark: Fraction | None = None
    low_months: int | None = None
    late_months: int | None = None
    idle_card_days: int | None = None
    target: Fraction | None = None
    refill: Fraction | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """One month of an OPD: realisasi of its DPTs, UP KKPD on its last day, how its bills were paid.

    `came_late` None: no bill with a due date, or none that is due yet.
    """

    nomor: int
    selesai: bool
    belanja: Rupiah = ZERO
    up: Rupiah | None = None
    up_kkpd: Rupiah | None = None
    due_day: date | None = None
    dibayar: date | None = None
    still_open: Rupiah = ZERO
    came_late: bool | None = None

    @property
    def usage(self) -> Fraction | None:
        """Spending against UP KKPD; None without a decision."""
        return _parts(self.belanja, self.up_kkpd)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarter:
    """A quarter: its spending, UP and UP KKPD as last decided in it."""

    nomor: int
    belanja: Rupiah
    up: Rupiah | None
    up_kkpd: Rupiah | None
    mulai: bool
    selesai: bool

    @property
    def usage(self) -> Fraction | None:
        """Spending of the quarter against one UP KKPD."""
        return _parts(self.belanja, self.up_kkpd)

    @property
    def bagian(self) -> Fraction | None:
        """The card's share of the UP."""
        return None if self.up_kkpd is None else _parts(self.up_kkpd, self.up)


@dataclass(frozen=True, slots=True, kw_only=True)
class IdleCard:
    """An active card and since when it was not used (its last use, or its activation)."""

    finish: str
    pemegang: str
    sejak: date
    day: int
    ever_used: bool


@dataclass(frozen=True, slots=True)
class Highlight:
    """A threshold that is passed: the rule, the figures (law 13), the months it is about."""

    aturan: str
    numeric: dict[str, object] = field(default_factory=dict)
    bulan: tuple[int, ...] = ()


def _parts(part: Rupiah, whole: Rupiah | None) -> Fraction | None:
    return Fraction(part.sen, whole.sen) if whole else None


def year_quarters(months: Sequence[Month], this_day: tuple[int, int], tahun: int) -> list[Quarter]:
    """The four quarters of twelve months; `this_day` is (year, month) of the day looked from."""
    found = []
    for nomor in range(1, 5):
        part = months[nomor * 3 - 3 : nomor * 3]
        last = next((one for one in reversed(part) if one.up_kkpd is not None), part[-1])
        found.append(
            Quarter(
                nomor=nomor,
                belanja=total(one.belanja for one in part),
                up=last.up,
                up_kkpd=last.up_kkpd,
                mulai=(tahun, part[0].nomor) <= this_day,
                selesai=all(one.selesai for one in part),
            )
        )
    return found


def find_highlights(
    months: Sequence[Month],
    quarters: Sequence[Quarter],
    idle: Sequence[IdleCard],
    refill_count: int,
    threshold: Thresholds,
    previous: Sequence[Month] = (),
) -> list[Highlight]:
    """Every threshold that is passed. `refill_count`: SP2D-GU of the twelve months before.

    `previous` are the months of the year before: what runs on over New Year is counted from there.
    """
    found = [*_low(months, threshold, previous), *_late(months, threshold, previous)]
    if idle and threshold.idle_card_days is not None:
        found.append(Highlight("kartu", {"n": len(idle), "hari": threshold.idle_card_days}))
    found += _targets(quarters, threshold)
    return [*found, *_advice(months, found, refill_count, threshold)]


def _low(
    months: Sequence[Month], threshold: Thresholds, previous: Sequence[Month]
) -> Iterator[Highlight]:
    limit, length = threshold.low_mark, threshold.low_months
    if limit is None or length is None:
        return

    def low(one: Month) -> bool:
        return one.selesai and _at_most(one.usage, limit)

    for before, run in _runs(months, low, length, previous):
        yield Highlight("rendah", {"n": before + len(run), "ambang": limit}, run)


def _at_most(share: Fraction | None, limit: Fraction) -> bool:
    return share is not None and share <= limit


def _late(
    months: Sequence[Month], threshold: Thresholds, previous: Sequence[Month]
) -> Iterator[Highlight]:
    if threshold.late_months is None:
        return

    def late(one: Month) -> bool:
        return one.came_late is True

    for before, run in _runs(months, late, threshold.late_months, previous):
        yield Highlight("terlambat", {"n": before + len(run)}, run)


def _runs(
    months: Sequence[Month], holds: Callable[[Month], bool], length: int, previous: Sequence[Month]
) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Runs of consecutive months for which it is true, at least `length` long: the number of its
    months in the year before, and its months of this year.
    """
    before = len(list(takewhile(holds, reversed(previous))))
    for held, group in groupby(months, holds):
        run = tuple(one.nomor for one in group)
        if held and before + len(run) >= max(length, 1):
            yield before, run
        before = 0


def _targets(quarters: Sequence[Quarter], threshold: Thresholds) -> Iterator[Highlight]:
    if threshold.target is None:
        return
    for one in quarters:
        used = one.usage
        if one.selesai and used is not None and used < threshold.target:
            months = tuple(range(one.nomor * 3 - 2, one.nomor * 3 + 1))
            figures: dict[str, object] = {"persen": used, "ambang": threshold.target}
            yield Highlight("target", {"triwulan": one.nomor, **figures}, months)


def _advice(
    months: Sequence[Month], found: Sequence[Highlight], refill_count: int, threshold: Thresholds
) -> Iterator[Highlight]:
    """Raise the card's share, or lower it: never both for one stretch of months."""
    over = [one for one in months if one.up_kkpd is not None and one.belanja > one.up_kkpd]
    monthly = Fraction(refill_count, 12)
    if over and threshold.refill is not None and monthly > threshold.refill:
        most = max(over, key=lambda one: (one.belanja - (one.up_kkpd or ZERO), -one.nomor))
        figures: dict[str, object] = {"nilai": most.belanja, "batas": most.up_kkpd, "gu": monthly}
        yield Highlight("naikkan", figures, tuple(one.nomor for one in over))
    for low in found:
        if low.aturan == "rendah":
            used = [one.usage for one in months if one.nomor in low.bulan]
            most_used = max(share for share in used if share is not None)
            yield Highlight("turunkan", {"persen": most_used}, low.bulan)
