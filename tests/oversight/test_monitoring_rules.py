"""The rules of monitoring as tables: which months make a stretch, what advice follows."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from kkpd.core.money import Rupiah
from kkpd.oversight.monitoring_rules import (
    Highlight,
    IdleCard,
    Month,
    Thresholds,
    find_highlights,
    year_quarters,
)

UP = Rupiah.of(100)
THRESHOLD = Thresholds(
    low_mark=Fraction(3, 4),
    low_months=2,
    late_months=2,
    idle_card_days=90,
    target=Fraction(1, 5),
    refill=Fraction(1),
)


def tahun(belanja: list[int], came_late: str = "", *, selesai: int = 12) -> list[Month]:
    """Twelve months with these amounts; `came_late` is y, n or - a month."""
    late = {"y": True, "n": False}
    return [
        Month(
            nomor=at + 1,
            selesai=at < selesai,
            belanja=Rupiah.of(belanja[at] if at < len(belanja) else 90),
            up=Rupiah.of(250),
            up_kkpd=UP,
            came_late=late.get(came_late[at : at + 1]),
        )
        for at in range(12)
    ]


def look(
    months: list[Month], threshold: Thresholds = THRESHOLD, idle: int = 0, gu: int = 12
) -> list[tuple[str, tuple[int, ...]]]:
    cards = [
        IdleCard(finish="4821", pemegang="Ani", sejak=date(2026, 1, 1), day=100, ever_used=True)
    ] * idle
    found = find_highlights(months, year_quarters(months, (2026, 12), 2026), cards, gu, threshold)
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
    found = look(tahun(belanja, selesai=selesai))
    assert [months for rule, months in found if rule == "rendah"] == runs
    assert [months for rule, months in found if rule == "turunkan"] == runs


@pytest.mark.parametrize(
    ("came_late", "runs"),
    [("yy", [(1, 2)]), ("yny", []), ("y-y", []), ("nyyyn", [(2, 3, 4)])],
)
def test_late_two_months_running(came_late: str, runs: list[tuple[int, ...]]) -> None:
    assert look(tahun([], came_late)) == [("terlambat", months) for months in runs]


def test_cards_targets_and_raising() -> None:
    assert look(tahun([]), idle=2) == [("kartu", ())]
    assert look(tahun([5, 5, 5]))[1:2] == [("target", (1, 2, 3))]
    assert look(tahun([90, 150, 120]), gu=13) == [("naikkan", (2, 3))]
    assert look(tahun([90, 150, 120]), gu=12) == []
    months = tahun([90, 150])
    (one,) = find_highlights(months, year_quarters(months, (2026, 12), 2026), [], 18, THRESHOLD)
    assert one == Highlight(
        "naikkan", {"nilai": Rupiah.of(150), "batas": UP, "gu": Fraction(3, 2)}, (2,)
    )


def test_what_is_blank_is_not_checked() -> None:
    assert look(tahun([0] * 12, "y" * 12), Thresholds(), idle=1, gu=99) == []
    without = [Month(nomor=n, selesai=True) for n in range(1, 13)]
    assert look(without) == []


def test_quarters_carry_the_last_decision() -> None:
    first, *rest = year_quarters(tahun([50, 60, 70]), (2026, 5), 2026)
    assert (first.belanja, first.usage, first.bagian) == (
        Rupiah.of(180),
        Fraction(9, 5),
        Fraction(2, 5),
    )
    assert [one.mulai for one in rest] == [True, False, False]


def test_what_runs_on_over_new_year_is_one_stretch() -> None:
    """December and January are neighbours: two low or late months, though of two years."""
    december = tahun([90] * 11 + [10], "-" * 11 + "y")
    january = tahun([10, 90], "y-")
    quarters = year_quarters(january, (2027, 2), 2027)
    found = find_highlights(january, quarters, [], 0, THRESHOLD, december)
    assert [(one.aturan, one.numeric["n"], one.bulan) for one in found[:2]] == [
        ("rendah", 2, (1,)),
        ("terlambat", 2, (1,)),
    ]
    later = tahun([90, 10], "-y")
    assert (
        find_highlights(later, year_quarters(later, (2027, 2), 2027), [], 0, THRESHOLD, december)
        == []
    )
