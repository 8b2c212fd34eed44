"""Monetary unit sampling: interval, selection, and the Stringer bound by gamma (Poisson) factors.

AICPA Audit Guide *Audit Sampling*, chapter 6 and appendix C; Stringer (1963); for the error that is
expected, Stewart (2012): an error of E counts as E / interval errors found.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import gammaincinv

from kkpd.core.errors import DomainError

#: A plan beyond it is no sample any more.
_LARGEST_SAMPLE = 10_000_000


def confidence_factor(errors: float, confidence: float) -> float:
    """The Poisson mean at which so few errors have the probability 1 - confidence."""
    return float(gammaincinv(errors + 1.0, confidence))


@dataclass(frozen=True, slots=True)
class Plan:
    """How to sample: the interval in sen, materiality over it, and how many units are drawn."""

    interval: float
    factor: float
    size: int


def plan(book: int, materiality: int, expected: int, confidence: float) -> Plan:
    """The widest interval whose bound, with the expected error found, is the materiality (sen).

    materiality = interval * factor(expected / interval). One interval solves it, since the factor
    grows slower than its argument.
    """
    if not 0 <= expected < materiality:
        raise DomainError(
            "Salah dugaan harus nol atau lebih dan di bawah materialitas: dengan dugaan sebesar "
            "itu sampel tidak dapat memberi keyakinan.",
            field="salah_dugaan",
        )
    if expected == 0:
        interval = materiality / confidence_factor(0, confidence)
    else:
        ratio = materiality / expected

        def beyond(errors: float) -> float:
            return confidence_factor(errors, confidence) - errors * ratio

        high = 1.0
        while beyond(high) > 0:
            high *= 2
            if book * high / expected > 2 * _LARGEST_SAMPLE:
                raise DomainError(
                    "Salah dugaan terlalu dekat dengan materialitas: sampelnya tidak terhingga "
                    "besar. Periksa kedua angkanya.",
                    field="salah_dugaan",
                )
        interval = expected / float(brentq(beyond, 0.0, high, xtol=1e-15, rtol=1e-14))
    size = math.ceil(book / interval)
    if size > _LARGEST_SAMPLE:
        raise DomainError(
            f"Rencana ini meminta {size} unit. Naikkan materialitas.", field="materialitas"
        )
    return Plan(interval, materiality / interval, size)


def select(values: NDArray[np.int64], interval: float, seed: int) -> NDArray[np.bool_]:
    """Which values (sen) a fixed interval over their running sum hits, from a start by the seed.

    Values at or beyond the interval are always among them; negative ones and zero never.
    """
    running = np.cumsum(np.maximum(values, 0), dtype=np.int64)
    book = int(running[-1]) if len(running) else 0
    if book == 0:
        return np.zeros(len(values), dtype=np.bool_)
    start = random.Random(seed).random() * min(interval, float(book))
    hits = np.ceil((running - start) / interval).astype(np.int64)  # units hit up to here
    before = np.concatenate(([0], hits[:-1]))
    taken: NDArray[np.bool_] = (hits > before) | (values >= interval)
    return taken


@dataclass(frozen=True, slots=True)
class Stringer:
    """One direction of misstatement: what sample and certain items project, and its bound (sen)."""

    projected: float
    certain: float
    allowance: float
    taints: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Basic precision, overstatement and understatement, each by itself (sen)."""

    basic: float
    over: Stringer
    under: Stringer
    certain_items: int

    @property
    def upper(self) -> float:
        """The most by which the book value may be too high, at the confidence asked."""
        return self.over.projected + self.basic + self.over.allowance

    @property
    def upper_under(self) -> float:
        """The same for the book value being too low."""
        return self.under.projected + self.basic + self.under.allowance


def evaluate(
    book: Sequence[int], audited: Sequence[int], interval: Fraction, confidence: float
) -> Evaluation:
    """The Stringer bound: an understatement lowers no bound, items of certainty count exactly."""
    width = float(interval)
    over: list[float] = []
    under: list[float] = []
    certain_over = certain_under = certain_items = 0
    for value, found in zip(book, audited, strict=True):
        error = value - found
        if value >= interval:
            certain_items += 1
            certain_over += max(error, 0)
            certain_under += max(-error, 0)
        elif error:
            (over if error > 0 else under).append(abs(error) / value)
    return Evaluation(
        confidence_factor(0, confidence) * width,
        _bound(over, certain_over, width, confidence),
        _bound(under, certain_under, width, confidence),
        certain_items,
    )


def _bound(taints: list[float], certain: int, width: float, confidence: float) -> Stringer:
    taints = sorted(taints, reverse=True)
    factors = [confidence_factor(n, confidence) for n in range(len(taints) + 1)]
    steps = [later - one - 1 for one, later in pairwise(factors)]
    allowance = width * math.fsum(s * t for s, t in zip(steps, taints, strict=True))
    return Stringer(certain + width * math.fsum(taints), certain, allowance, tuple(taints))
