"""Attribute samples against sums of probabilities; allocation that adds up."""

from __future__ import annotations

import math
import random

import pytest

from kkpd.engines.audit import attributes
from tests.engines.audit.other_hand import halved


def _at_most(errors: int, size: int, rate: float) -> float:
    return math.fsum(
        math.comb(size, n) * rate**n * (1 - rate) ** (size - n) for n in range(errors + 1)
    )


def _turn(errors: int, size: int, probability: float) -> float:
    """The rate at which at most so many errors have this probability."""
    return halved(0, 1, lambda rate: _at_most(errors, size, rate) > probability)


def test_bounds_equal_another_hand() -> None:
    """Rates at which so few, or so many, errors are as improbable as 1 - confidence."""
    chance = random.Random(5)
    for _ in range(300):
        size = chance.randrange(5, 300)
        errors, confidence = chance.randrange(0, size), chance.choice([0.9, 0.95, 0.99])
        found = attributes.upper_rate(errors, size, confidence)
        assert found == pytest.approx(_turn(errors, size, 1 - confidence), abs=1e-9)
        if errors:
            found = attributes.lower_rate(errors, size, confidence)
            assert found == pytest.approx(_turn(errors - 1, size, confidence), abs=1e-9)


@pytest.mark.parametrize(("tolerable", "errors", "size"), [(0.05, 0, 59), (0.05, 1, 93)])
def test_sizes_of_the_tables(tolerable: float, errors: int, size: int) -> None:
    """The sizes printed in the AICPA guide for 95 %, and the smallest that hold."""
    assert attributes.attribute_size(tolerable, errors, 0.95) == size
    assert attributes.upper_rate(errors, size, 0.95) <= tolerable
    assert attributes.upper_rate(errors, size - 1, 0.95) > tolerable


def test_allocation_by_count_and_spread() -> None:
    assert attributes.neyman([1_000, 1_000], [1.0, 3.0], 100) == [25, 75]
    assert attributes.neyman([1_000, 10], [1.0, 1_000.0], 100) == [90, 10]
    assert attributes.neyman([50, 0, 50], [0.0, 5.0, 0.0], 10) == [5, 0, 5]


def test_allocation_adds_up() -> None:
    chance = random.Random(6)
    for _ in range(300):
        counts = [chance.randrange(0, 400) for _ in range(chance.randrange(1, 9))]
        spreads = [chance.uniform(0, 50) for _ in counts]
        size = chance.randrange(1, 500)
        given = attributes.neyman(counts, spreads, size)
        assert sum(given) == min(size, sum(counts))
        assert all(0 <= one <= count for one, count in zip(given, counts, strict=True))
