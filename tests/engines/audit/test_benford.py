"""Benford's law: shares, z and MAD by hand, bands, and what is too few."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest

from kkpd.engines.audit import benford
from kkpd.engines.audit.benford import Digits

LAWFUL = np.unique((10 ** np.linspace(5, 9, 20_001)[:-1]).astype(np.int64)) * 100


def _by_text(kind: str, sen: int) -> int:
    text = str(sen).ljust(2, "0")
    taken = {"1": text[0], "2": text[1], "12": text[:2], "akhir2": str(sen // 100)[-2:]}
    return int(taken[kind])


@pytest.mark.parametrize("kind", ["1", "2", "12", "akhir2"])
def test_digits_equal_those_of_the_text(kind: Digits) -> None:
    chance = np.random.default_rng(3)
    values = (10 ** chance.uniform(0, 14, 3_000)).astype(np.int64)
    done = benford.analyse(np.concatenate((values, [0, -500])), kind)
    counts = Counter(_by_text(kind, int(one)) for one in values)
    assert done.n == 3_000
    for one in done.digits:
        assert one.observed == pytest.approx(counts[one.digit] / 3_000, abs=1e-12)
        apart, correction = abs(one.observed - one.expected), 1 / 6_000
        apart -= correction if correction < apart else 0
        spread = math.sqrt(one.expected * (1 - one.expected) / 3_000)
        assert one.z == pytest.approx(apart / spread, abs=1e-9)
    assert sum(one.expected for one in done.digits) == pytest.approx(1)
    assert done.mad == pytest.approx(
        sum(abs(one.observed - one.expected) for one in done.digits) / len(done.digits)
    )


def test_the_law_itself() -> None:
    assert benford.expected_shares("1")[0] == pytest.approx(math.log10(2))
    assert benford.expected_shares("2")[:2] == pytest.approx([0.11968, 0.11389], abs=1e-5)
    assert benford.expected_shares("12")[0] == pytest.approx(math.log10(1.1))
    kinds: tuple[Digits, ...] = ("1", "2", "12", "orde2")
    for kind in kinds:
        done = benford.analyse(LAWFUL, kind)
        assert done.conformity == "sesuai", kind
        assert not done.too_few


def test_made_up_amounts_do_not_conform() -> None:
    chance = np.random.default_rng(4)
    level = chance.integers(100_000, 999_999, 5_000) * 100
    assert benford.analyse(level, "1").conformity == "tidak sesuai"
    many = np.concatenate((LAWFUL, np.full(6_000, 48_500_000)))
    done = benford.analyse(many, "12")
    assert done.conformity == "tidak sesuai"
    assert max(done.digits, key=lambda one: one.z or 0).digit == 48


def test_the_sum_shows_one_great_amount() -> None:
    """Nigrini's summation test: each first pair should bear a ninetieth of the sum."""
    values = np.concatenate((LAWFUL, [int(LAWFUL.sum())]))
    pair = int(str(values[-1])[:2])
    done = benford.analyse(values, "jumlah")
    assert max(done.digits, key=lambda one: one.observed).digit == pair
    assert all(one.z is None for one in done.digits)


@pytest.mark.parametrize("kind", ["1", "2", "12", "akhir2"])
def test_too_few_is_said(kind: Digits) -> None:
    few = benford.enough(kind)
    assert 300 < few < 3_000
    assert benford.analyse(LAWFUL[: few - 50], kind).too_few
    assert not benford.analyse(LAWFUL[: few + 50], kind).too_few
