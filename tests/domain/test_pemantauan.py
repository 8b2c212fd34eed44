"""The rules of monitoring as tables: which months make a stretch, what advice follows."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from kkpd.core.money import Rupiah
from kkpd.oversight.monitoring_rules import Ambang, Bulan, KartuDiam, Sorotan, sorot, triwulan

UP = Rupiah.of(100)
AMBANG = Ambang(
    rendah=Fraction(3, 4),
    bulan_rendah=2,
    bulan_terlambat=2,
    hari_kartu=90,
    target=Fraction(1, 5),
    gu=Fraction(1),
)


def tahun(belanja: list[int], terlambat: str = "", *, selesai: int = 12) -> list[Bulan]:
    """Twelve months with these amounts; `terlambat` is y, n or - a month."""
    late = {"y": True, "n": False}
    return [
        Bulan(
            nomor=at + 1,
            selesai=at < selesai,
            belanja=Rupiah.of(belanja[at] if at < len(belanja) else 90),
            up=Rupiah.of(250),
            up_kkpd=UP,
            terlambat=late.get(terlambat[at : at + 1]),
        )
        for at in range(12)
    ]


def lihat(
    months: list[Bulan], ambang: Ambang = AMBANG, idle: int = 0, gu: int = 12
) -> list[tuple[str, tuple[int, ...]]]:
    cards = [
        KartuDiam(akhir="4821", pemegang="Ani", sejak=date(2026, 1, 1), hari=100, pernah=True)
    ] * idle
    found = sorot(months, triwulan(months, (2026, 12), 2026), cards, gu, ambang)
    return [(one.aturan, one.bulan) for one in found]


@pytest.mark.parametrize(
    ("belanja", "selesai", "runs"),
    [
        ([75, 75], 12, [(1, 2)]),
        ([75, 76, 75], 12, []),
        ([90, 10, 10, 10, 90, 0, 0], 12, [(2, 3, 4), (6, 7)]),
        ([90, 10, 10], 2, []),
        ([90] * 10 + [5, 5], 12, [(11, 12)]),
    ],
)
def test_use_at_or_below_the_threshold_two_months_running(
    belanja: list[int], selesai: int, runs: list[tuple[int, ...]]
) -> None:
    found = lihat(tahun(belanja, selesai=selesai))
    assert [months for rule, months in found if rule == "rendah"] == runs
    assert [months for rule, months in found if rule == "turunkan"] == runs


@pytest.mark.parametrize(
    ("terlambat", "runs"),
    [("yy", [(1, 2)]), ("yny", []), ("y-y", []), ("nyyyn", [(2, 3, 4)])],
)
def test_late_two_months_running(terlambat: str, runs: list[tuple[int, ...]]) -> None:
    assert lihat(tahun([], terlambat)) == [("terlambat", months) for months in runs]


def test_cards_targets_and_raising() -> None:
    assert lihat(tahun([]), idle=2) == [("kartu", ())]
    assert lihat(tahun([5, 5, 5]))[1:2] == [("target", (1, 2, 3))]
    assert lihat(tahun([90, 150, 120]), gu=13) == [("naikkan", (2, 3))]
    assert lihat(tahun([90, 150, 120]), gu=12) == []
    months = tahun([90, 150])
    (one,) = sorot(months, triwulan(months, (2026, 12), 2026), [], 18, AMBANG)
    assert one == Sorotan(
        "naikkan", {"nilai": Rupiah.of(150), "batas": UP, "gu": Fraction(3, 2)}, (2,)
    )


def test_what_is_blank_is_not_checked() -> None:
    assert lihat(tahun([0] * 12, "y" * 12), Ambang(), idle=1, gu=99) == []
    without = [Bulan(nomor=n, selesai=True) for n in range(1, 13)]
    assert lihat(without) == []


def test_quarters_carry_the_last_decision() -> None:
    first, *rest = triwulan(tahun([50, 60, 70]), (2026, 5), 2026)
    assert (first.belanja, first.pemakaian, first.bagian) == (
        Rupiah.of(180),
        Fraction(9, 5),
        Fraction(2, 5),
    )
    assert [one.mulai for one in rest] == [True, False, False]


def test_what_runs_on_over_new_year_is_one_stretch() -> None:
    """December and January are neighbours: two low or late months, though of two years."""
    december = tahun([90] * 11 + [10], "-" * 11 + "y")
    january = tahun([10, 90], "y-")
    quarters = triwulan(january, (2027, 2), 2027)
    found = sorot(january, quarters, [], 0, AMBANG, december)
    assert [(one.aturan, one.angka["n"], one.bulan) for one in found[:2]] == [
        ("rendah", 2, (1,)),
        ("terlambat", 2, (1,)),
    ]
    later = tahun([90, 10], "-y")
    assert sorot(later, triwulan(later, (2027, 2), 2027), [], 0, AMBANG, december) == []
