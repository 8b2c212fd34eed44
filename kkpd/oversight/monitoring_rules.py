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

from kkpd.core.money import NOL, Rupiah, total

#: The settings of these rules, in the order in which a page names them.
SETELAN: Final = (
    "low_use_threshold",
    "low_use_months",
    "late_months_threshold",
    "unused_card_days",
    "target_pemakaian_triwulan",
    "refill_per_month",
)
#: rule -> what it says; the figures fill it in
KALIMAT: Final = MappingProxyType(
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
class Ambang:
    """The thresholds in force for an OPD; None: not checked. Shares as fractions of 1."""

    rendah: Fraction | None = None
    bulan_rendah: int | None = None
    bulan_terlambat: int | None = None
    hari_kartu: int | None = None
    target: Fraction | None = None
    gu: Fraction | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulan:
    """One month of an OPD: realisasi of its DPTs, UP KKPD on its last day, how its bills were paid.

    `terlambat` None: no bill with a due date, or none that is due yet.
    """

    nomor: int
    selesai: bool
    belanja: Rupiah = NOL
    up: Rupiah | None = None
    up_kkpd: Rupiah | None = None
    jatuh: date | None = None
    dibayar: date | None = None
    terbuka: Rupiah = NOL
    terlambat: bool | None = None

    @property
    def pemakaian(self) -> Fraction | None:
        """Spending against UP KKPD; None without a decision."""
        return _bagian(self.belanja, self.up_kkpd)


@dataclass(frozen=True, slots=True, kw_only=True)
class Triwulan:
    """A quarter: its spending, UP and UP KKPD as last decided in it."""

    nomor: int
    belanja: Rupiah
    up: Rupiah | None
    up_kkpd: Rupiah | None
    mulai: bool
    selesai: bool

    @property
    def pemakaian(self) -> Fraction | None:
        """Spending of the quarter against one UP KKPD."""
        return _bagian(self.belanja, self.up_kkpd)

    @property
    def bagian(self) -> Fraction | None:
        """The card's share of the UP."""
        return None if self.up_kkpd is None else _bagian(self.up_kkpd, self.up)


@dataclass(frozen=True, slots=True, kw_only=True)
class KartuDiam:
    """An active card and since when it was not used (its last use, or its activation)."""

    akhir: str
    pemegang: str
    sejak: date
    hari: int
    pernah: bool


@dataclass(frozen=True, slots=True)
class Sorotan:
    """A threshold that is passed: the rule, the figures (law 13), the months it is about."""

    aturan: str
    angka: dict[str, object] = field(default_factory=dict)
    bulan: tuple[int, ...] = ()


def _bagian(part: Rupiah, whole: Rupiah | None) -> Fraction | None:
    return Fraction(part.sen, whole.sen) if whole else None


def triwulan(months: Sequence[Bulan], hari_ini: tuple[int, int], tahun: int) -> list[Triwulan]:
    """The four quarters of twelve months; `hari_ini` is (year, month) of the day looked from."""
    found = []
    for nomor in range(1, 5):
        part = months[nomor * 3 - 3 : nomor * 3]
        last = next((one for one in reversed(part) if one.up_kkpd is not None), part[-1])
        found.append(
            Triwulan(
                nomor=nomor,
                belanja=total(one.belanja for one in part),
                up=last.up,
                up_kkpd=last.up_kkpd,
                mulai=(tahun, part[0].nomor) <= hari_ini,
                selesai=all(one.selesai for one in part),
            )
        )
    return found


def sorot(
    months: Sequence[Bulan],
    quarters: Sequence[Triwulan],
    idle: Sequence[KartuDiam],
    isi_kembali: int,
    ambang: Ambang,
    lalu: Sequence[Bulan] = (),
) -> list[Sorotan]:
    """Every threshold that is passed. `isi_kembali`: SP2D-GU of the twelve months before.

    `lalu` are the months of the year before: what runs on over New Year is counted from there.
    """
    found = [*_low(months, ambang, lalu), *_late(months, ambang, lalu)]
    if idle and ambang.hari_kartu is not None:
        found.append(Sorotan("kartu", {"n": len(idle), "hari": ambang.hari_kartu}))
    found += _targets(quarters, ambang)
    return [*found, *_advice(months, found, isi_kembali, ambang)]


def _low(months: Sequence[Bulan], ambang: Ambang, lalu: Sequence[Bulan]) -> Iterator[Sorotan]:
    limit, length = ambang.rendah, ambang.bulan_rendah
    if limit is None or length is None:
        return

    def low(one: Bulan) -> bool:
        return one.selesai and _at_most(one.pemakaian, limit)

    for before, run in _runs(months, low, length, lalu):
        yield Sorotan("rendah", {"n": before + len(run), "ambang": limit}, run)


def _at_most(share: Fraction | None, limit: Fraction) -> bool:
    return share is not None and share <= limit


def _late(months: Sequence[Bulan], ambang: Ambang, lalu: Sequence[Bulan]) -> Iterator[Sorotan]:
    if ambang.bulan_terlambat is None:
        return

    def late(one: Bulan) -> bool:
        return one.terlambat is True

    for before, run in _runs(months, late, ambang.bulan_terlambat, lalu):
        yield Sorotan("terlambat", {"n": before + len(run)}, run)


def _runs(
    months: Sequence[Bulan], holds: Callable[[Bulan], bool], length: int, lalu: Sequence[Bulan]
) -> Iterator[tuple[int, tuple[int, ...]]]:
    """The stretches of neighbouring months for which it holds, at least `length` long: how many
    months of the year before run into it, and its months of this year.
    """
    before = len(list(takewhile(holds, reversed(lalu))))
    for held, group in groupby(months, holds):
        run = tuple(one.nomor for one in group)
        if held and before + len(run) >= max(length, 1):
            yield before, run
        before = 0


def _targets(quarters: Sequence[Triwulan], ambang: Ambang) -> Iterator[Sorotan]:
    if ambang.target is None:
        return
    for one in quarters:
        used = one.pemakaian
        if one.selesai and used is not None and used < ambang.target:
            months = tuple(range(one.nomor * 3 - 2, one.nomor * 3 + 1))
            figures: dict[str, object] = {"persen": used, "ambang": ambang.target}
            yield Sorotan("target", {"triwulan": one.nomor, **figures}, months)


def _advice(
    months: Sequence[Bulan], found: Sequence[Sorotan], isi_kembali: int, ambang: Ambang
) -> Iterator[Sorotan]:
    """Raise the card's share, or lower it: never both for one stretch of months."""
    over = [one for one in months if one.up_kkpd is not None and one.belanja > one.up_kkpd]
    monthly = Fraction(isi_kembali, 12)
    if over and ambang.gu is not None and monthly > ambang.gu:
        most = max(over, key=lambda one: (one.belanja - (one.up_kkpd or NOL), -one.nomor))
        figures: dict[str, object] = {"nilai": most.belanja, "batas": most.up_kkpd, "gu": monthly}
        yield Sorotan("naikkan", figures, tuple(one.nomor for one in over))
    for low in found:
        if low.aturan == "rendah":
            used = [one.pemakaian for one in months if one.nomor in low.bulan]
            most_used = max(share for share in used if share is not None)
            yield Sorotan("turunkan", {"persen": most_used}, low.bulan)
