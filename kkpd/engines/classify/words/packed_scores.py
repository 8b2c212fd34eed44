"""A score for every kind in one whole number, so that adding scores is one addition.

Each kind has a lane of 64 bits; a lane holds hundredths of log-odds, finer by `FINENESS`, times a
scale that is a whole number of `ONE`. Sums are exact and do not depend on the order of adding:
the same line scores the same alone and in a long list.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from functools import cache

WIDTH = 64
#: One, as a scale; scales of words are fractions such as one over the root of their number.
ONE = 1 << 30
#: Steps within a hundredth.
FINENESS = 256
#: What a lane's number is multiplied with to be log-odds: unscaled, and scaled.
PER_WEIGHT = 1 / (100 * FINENESS)
PER_SCORE = PER_WEIGHT / ONE
_MIDDLE = 1 << (WIDTH - 1)


def as_scale(value: float) -> int:
    """A scale as a whole number of `ONE`."""
    return round(value * ONE)


#: One over the root of n, as a scale, by n.
PER_ROOT = (ONE, *(as_scale(1 / math.sqrt(n)) for n in range(1, 64)))


#: A row of weights: in one number, and each with `_MIDDLE` added, as its lane holds it.
Weights = tuple[int, tuple[int, ...]]


def pack_lanes(lanes: Sequence[int]) -> Weights:
    """Whole numbers, one a lane, as a row of weights."""
    return _row(tuple([_MIDDLE + value for value in lanes]))


def _row(held: tuple[int, ...]) -> Weights:
    middle, shape = _shape(len(held))
    return int.from_bytes(shape.pack(*held), "little") - middle, held


class _Numbers(dict[str, int]):
    """Hundredths as written in a file -> what their lane holds: the same few return always."""

    def __missing__(self, text: str) -> int:
        found = self[text] = _MIDDLE + FINENESS * int(text)
        return found


_DIGITS = _Numbers()


def baca(text: str) -> Weights:
    """Hundredths of log-odds parted by spaces, one a lane, as a row of weights."""
    return _row(tuple([_DIGITS[part] for part in text.split(" ")]))


@cache
def _shape(lebar: int) -> tuple[int, struct.Struct]:
    """What makes every lane positive, and the shape to read them in."""
    return sum(_MIDDLE << (WIDTH * at) for at in range(lebar)), struct.Struct(f"<{lebar}Q")


def buka(packed: int, lebar: int) -> list[int]:
    """The lanes of a packed number."""
    middle, shape = _shape(lebar)
    lanes = shape.unpack((packed + middle).to_bytes(8 * lebar, "little"))
    return [lane - _MIDDLE for lane in lanes]


def column(at: int, weight: Weights) -> int:
    """One lane of a row of weights."""
    return weight[1][at] - _MIDDLE


def peluang(packed: int, lebar: int) -> list[float]:
    """Packed scores as chances that add up to one."""
    middle, shape = _shape(lebar)
    lanes = shape.unpack((packed + middle).to_bytes(8 * lebar, "little"))
    top, exp = max(lanes), math.exp
    powers = [exp((lane - top) * PER_SCORE) for lane in lanes]
    total = sum(powers)
    return [power / total for power in powers]
