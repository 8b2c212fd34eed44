"""The auditor's figures once more by another method: series and bisection, no library, no kkpd."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache


def probability(shape: float, mean: float) -> float:
    """The regularised lower incomplete gamma function, by its power series."""
    if mean <= 0:
        return 0.0
    term = math.exp(shape * math.log(mean) - mean - math.lgamma(shape + 1))
    total, n = 0.0, 0
    while term > total * 1e-17 or n < mean:
        total += term
        n += 1
        term *= mean / (shape + n)
    return total


def halved(low: float, high: float, below: Callable[[float], bool]) -> float:
    """Where `below` turns from true to false, by halving."""
    for _ in range(90):
        middle = (low + high) / 2
        low, high = (middle, high) if below(middle) else (low, middle)
    return (low + high) / 2


@lru_cache(maxsize=4_096)
def factor(errors: float, confidence: float) -> float:
    """The gamma factor for 1 + errors."""
    high = 10 + 3 * errors
    return halved(0.0, high, lambda mean: probability(1 + errors, mean) < confidence)


def interval(materiality: float, expected: float, confidence: float) -> float:
    """The interval whose bound is the materiality, by halving."""
    return halved(
        materiality * 1e-7,
        materiality * 10,
        lambda width: width * factor(expected / width, confidence) < materiality,
    )


def bound(
    pairs: Sequence[tuple[float, float]], width: float, confidence: float
) -> tuple[float, float, float, float]:
    """(projection, basic, allowance, bound) of overstatements, factor by factor."""
    taints = sorted(((b - a) / b for b, a in pairs if a < b < width), reverse=True)
    certain = sum(b - a for b, a in pairs if b >= width and a < b)
    before = basic = factor(0, confidence)
    whole = basic * width + certain
    for place, taint in enumerate(taints, 1):
        now = factor(place, confidence)
        whole += (now - before) * taint * width
        before = now
    projection = sum(taints) * width + certain
    return projection, basic * width, whole - projection - basic * width, whole
