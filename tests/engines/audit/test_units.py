"""Monetary units: factors, plan, selection and bound against another hand."""

from __future__ import annotations

import math
import random
from fractions import Fraction

import numpy as np
import pytest

from benchmarks.audit import CONFIDENCE, covered
from kkpd.core.errors import DomainError
from kkpd.engines.audit import units
from tests.engines.audit import other_hand

CONFIDENCES = (0.8, 0.9, 0.95, 0.99)


def _near(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-6)


def test_published_factors() -> None:
    """The confidence factors printed in the guide of the AICPA (table C-3), 95 %."""
    printed = (3.00, 4.75, 6.30, 7.76, 9.16, 10.52, 11.85)
    found = [round(units.confidence_factor(n, 0.95), 2) for n in range(7)]
    assert found == pytest.approx(printed, abs=0.0101)


def test_plans_equal_another_hand() -> None:
    """100 plans, the interval to 1e-9 of itself and the size exactly."""
    chance = random.Random(20261)
    for _ in range(100):
        materiality = chance.randrange(10**8, 10**13)
        expected = chance.choice([0, int(materiality * chance.uniform(0.01, 0.6))])
        book = int(materiality * chance.uniform(0.5, 60))
        confidence = chance.choice(CONFIDENCES)
        found = units.plan(book, materiality, expected, confidence)
        other = other_hand.interval(materiality, expected, confidence)
        assert _near(found.interval / other, 1.0)
        assert found.size == math.ceil(book / other)
        assert _near(found.factor, materiality / other)


def test_bounds_equal_another_hand() -> None:
    """1,000 audited samples, with understatements and certain items among them, to 1e-6 rupiah."""
    chance = random.Random(20262)
    for _ in range(1_000):
        width = chance.randrange(10**7, 10**11)
        confidence = chance.choice(CONFIDENCES)
        pairs = []
        for _ in range(chance.randrange(1, 60)):
            book = chance.randrange(1, int(width * 1.5))
            wrong = chance.random()
            audited = book if wrong < 0.6 else int(book * chance.uniform(-0.1, 1.3))
            pairs.append((book, audited))
        found = units.evaluate(
            [b for b, _ in pairs], [a for _, a in pairs], Fraction(width), confidence
        )
        other = other_hand.bound(pairs, width, confidence)
        mine = (found.over.projected, found.basic, found.over.allowance, found.upper)
        for one, another in zip(mine, other, strict=True):
            assert abs(one - another) / 100 <= 1e-6 * max(1, abs(another) / 100)


def test_an_understatement_lowers_no_bound() -> None:
    books, width = [10_000, 20_000, 90_000], Fraction(50_000)
    alone = units.evaluate(books, [8_000, 20_000, 90_000], width, 0.95)
    both = units.evaluate(books, [8_000, 39_000, 95_000], width, 0.95)
    assert both.upper == alone.upper
    assert both.over.projected == alone.over.projected
    assert both.upper_under > alone.upper_under


def test_items_of_certainty_count_as_they_are() -> None:
    done = units.evaluate([50_000, 70_000], [40_000, 69_000], Fraction(50_000), 0.95)
    assert (done.over.projected, done.over.allowance, done.certain_items) == (11_000, 0, 2)


@pytest.mark.parametrize("seed", range(30))
def test_every_interval_is_hit_once(seed: int) -> None:
    """Between two hits lies one interval; what is at or beyond it is always taken, once."""
    chance = random.Random(seed)
    values = np.array([chance.randrange(-5_000, 90_000) for _ in range(400)], dtype=np.int64)
    width = chance.uniform(20_000, 120_000)
    taken = units.select(values, width, seed)
    assert not taken[values <= 0].any()
    assert taken[values >= width].all()
    running = np.concatenate(([0], np.cumsum(np.maximum(values, 0))))
    start = random.Random(seed).random() * width
    points = np.arange(start, running[-1], width)
    hit = set(np.searchsorted(running, points, side="right") - 1)
    assert set(np.flatnonzero(taken).tolist()) == {int(i) for i in hit}
    assert (units.select(values, width, seed) == taken).all()


def test_a_row_is_drawn_in_proportion_to_its_value() -> None:
    values = np.array([1_000, 3_000, 6_000], dtype=np.int64)
    drawn = sum(units.select(values, 10_000.0, seed) for seed in range(4_000))
    assert np.asarray(drawn) / 4_000 == pytest.approx([0.1, 0.3, 0.6], abs=0.03)


def test_a_small_population_gives_a_row() -> None:
    """An interval beyond the whole book value still draws one unit."""
    values = np.array([5_00, 7_00], dtype=np.int64)
    assert [int(units.select(values, 1e9, seed).sum()) for seed in range(20)] == [1] * 20


@pytest.mark.parametrize("expected", [100, 150, 99_999_999])
def test_an_error_at_materiality_cannot_be_planned(expected: int) -> None:
    materiality = 100 if expected < 1_000 else 100_000_000
    with pytest.raises(DomainError, match="dugaan"):
        units.plan(10**12, materiality, expected, 0.95)


@pytest.mark.parametrize("hard", [False, True])
def test_the_true_error_is_within_the_bound(hard: bool) -> None:
    """At the nominal rate and better; the benchmark asks 10,000 populations."""
    held, _ = covered(500, hard, seed=7)
    assert held / 500 >= CONFIDENCE
