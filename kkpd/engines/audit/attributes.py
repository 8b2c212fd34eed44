"""Attribute and stratified samples: exact (Clopper-Pearson) bounds and sizes, Neyman allocation."""

from __future__ import annotations

import math
from collections.abc import Sequence

from scipy.special import betaincinv
from scipy.stats import binom

from kkpd.core.errors import DomainError

#: A larger sample is a census.
_LARGEST_SAMPLE = 1_000_000


def upper_rate(errors: int, size: int, confidence: float) -> float:
    """The one-sided Clopper-Pearson bound: the highest rate of errors that such a sample allows."""
    return 1.0 if errors >= size else float(betaincinv(errors + 1, size - errors, confidence))


def lower_rate(errors: int, size: int, confidence: float) -> float:
    """The same from below."""
    return float(betaincinv(errors, size - errors + 1, 1 - confidence)) if errors else 0.0


def attribute_size(tolerable: float, errors: int, confidence: float) -> int:
    """The smallest sample whose upper bound with so many errors is within the tolerable rate."""
    if not 0 < tolerable < 1 or errors < 0:
        raise DomainError("Tingkat kesalahan harus antara 0 dan 1, dan dugaan tidak negatif.")
    low, high = errors, errors + 1
    while binom.cdf(errors, high, tolerable) > 1 - confidence:
        low, high = high, high * 2
        if high > _LARGEST_SAMPLE:
            raise DomainError("Rencana ini meminta lebih dari sejuta sampel. Periksa angkanya.")
    while high - low > 1:
        middle = (low + high) // 2
        within = binom.cdf(errors, middle, tolerable) <= 1 - confidence
        low, high = (low, middle) if within else (middle, high)
    return high


def neyman(counts: Sequence[int], spreads: Sequence[float], size: int) -> list[int]:
    """A sample of `size` over strata by count times spread, whole numbers that add up to it.

    No stratum gets more than it holds; one with rows gets at least one while the size allows.
    """
    filled = [at for at, count in enumerate(counts) if count > 0]
    size = min(size, sum(counts))
    given = [0] * len(counts)
    for at in filled[:size]:
        given[at] = 1
    while (left := size - sum(given)) > 0:
        open_ones = [at for at in filled if given[at] < counts[at]]
        weights = {at: counts[at] * spreads[at] for at in open_ones}
        if not any(weights.values()):
            weights = {at: float(counts[at]) for at in open_ones}
        whole = math.fsum(weights.values())
        aims = {at: size * weight / whole - given[at] for at, weight in weights.items()}
        best = max(open_ones, key=lambda at: (aims[at], -at))
        given[best] += max(1, min(math.floor(aims[best]), left, counts[best] - given[best]))
    return given
