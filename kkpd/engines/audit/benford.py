"""Benford's law over amounts: digits, z with continuity correction, MAD with Nigrini's bands.

Nigrini, *Benford's Law* (2012): chapter 5 (first order), 6 (second order), 7 (z, MAD, bands) and
8 (summation). Amounts that are not positive are left out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

Digits = Literal["1", "2", "12", "akhir2", "orde2", "jumlah"]
DIGITS: Final[tuple[Digits, ...]] = get_args(Digits)
#: Close, acceptable and marginal conformity end here (Nigrini 2012, table 7.1). The last two digits
#: have no bands of their own; they are as many as the first two, which lend theirs.
BANDS: Final[dict[str, tuple[float, float, float]]] = {
    "1": (0.006, 0.012, 0.015),
    "2": (0.008, 0.010, 0.012),
    "12": (0.0012, 0.0018, 0.0022),
}
SAID: Final = ("sesuai", "dapat diterima", "batas dapat diterima", "tidak sesuai")
_FIRST: Final = {"1": "1", "2": "2", "12": "12", "akhir2": "12", "orde2": "12", "jumlah": "12"}


@dataclass(frozen=True, slots=True)
class Digit:
    """One digit or pair: observed and expected share, and how far apart in standard errors."""

    digit: int
    observed: float
    expected: float
    z: float | None


@dataclass(frozen=True, slots=True)
class Benford:
    """The digits, their mean absolute deviation, what it says, and what chance alone would give."""

    n: int
    mad: float
    conformity: str
    by_chance: float
    too_few: bool
    digits: tuple[Digit, ...]


def expected_shares(kind: Digits) -> NDArray[np.float64]:
    """What the law expects of each digit; last two digits and summation are level."""
    if kind in ("akhir2", "jumlah"):
        count = 100 if kind == "akhir2" else 90
        return np.full(count, 1 / count)
    pairs = np.log10(1 + 1 / np.arange(10, 100))
    if kind == "1":
        return np.log10(1 + 1 / np.arange(1, 10))
    return pairs.reshape(9, 10).sum(axis=0) if kind == "2" else pairs


def _lowest(kind: Digits) -> int:
    return {"1": 1, "2": 0, "akhir2": 0}.get(kind, 10)


def analyse(values: NDArray[np.int64], kind: Digits) -> Benford:
    """Test the digits of amounts in sen."""
    values = values[values > 0]
    weights: NDArray[np.float64] | None = None
    if kind == "orde2":  # the law holds for the gaps of sorted amounts too
        ordered = np.sort(values)
        gaps = ordered[1:] - ordered[:-1]
        values = gaps[gaps > 0]
    if kind == "jumlah":
        weights = values.astype(np.float64)
    lowest, expected = _lowest(kind), expected_shares(kind)
    places = _digits(values, kind) - lowest
    n = len(values)
    counts = np.bincount(places, weights=weights, minlength=len(expected))
    total = float(counts.sum())
    shares = counts / total if total else np.zeros(len(expected))
    mad = float(np.abs(shares - expected).mean())
    bands = BANDS[_FIRST[kind]]
    by_chance = math.sqrt(2 / math.pi / max(n, 1)) * float(
        np.sqrt(expected * (1 - expected)).mean()
    )
    apart: list[float | None] = [None] * len(expected)
    if n and weights is None:
        apart = [_z(o, e, n) for o, e in zip(shares.tolist(), expected.tolist(), strict=True)]
    digits = tuple(
        Digit(lowest + at, float(shares[at]), float(expected[at]), apart[at])
        for at in range(len(expected))
    )
    conformity = SAID[sum(mad > end for end in bands)]
    return Benford(n, mad, conformity, by_chance, by_chance > bands[1], digits)


def _z(observed: float, expected: float, n: int) -> float:
    """The correction 1/2n is used only where it is smaller than the difference."""
    apart, correction = abs(observed - expected), 1 / (2 * n)
    if correction < apart:
        apart -= correction
    return apart / math.sqrt(expected * (1 - expected) / n)


def _digits(values: NDArray[np.int64], kind: Digits) -> NDArray[np.int64]:
    """The digits asked of each amount; the last two are those of whole rupiah."""
    if kind == "akhir2":
        return values // 100 % 100
    powers = 10 ** np.arange(19, dtype=np.int64)
    length = np.searchsorted(powers, values, side="right")  # how many digits
    first_two = np.where(length >= 2, values // powers[np.maximum(length - 2, 0)], values * 10)
    if kind == "1":
        return first_two // 10
    return first_two % 10 if kind == "2" else first_two


def enough(kind: Digits) -> int:
    """How many amounts make chance alone stay within what is acceptable."""
    expected = expected_shares(kind)
    spread = float(np.sqrt(expected * (1 - expected)).mean())
    return math.ceil(2 / math.pi * (spread / BANDS[_FIRST[kind]][1]) ** 2)
