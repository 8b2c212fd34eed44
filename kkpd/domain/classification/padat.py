"""A score for every kind in one whole number, so that adding scores is one addition.

Each kind has a lane of 64 bits; a lane holds hundredths of log-odds, finer by `HALUS`, times a
scale that is a whole number of `SATU`. Sums are exact and do not depend on the order of adding:
the same line scores the same alone and in a long list.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Sequence
from functools import cache

LEBAR = 64
#: One, as a scale; scales of words are fractions such as one over the root of their number.
SATU = 1 << 30
#: Steps within a hundredth.
HALUS = 256
#: What a lane's number is multiplied with to be log-odds: unscaled, and scaled.
PER_BOBOT = 1 / (100 * HALUS)
PER_SKOR = PER_BOBOT / SATU
_TENGAH = 1 << (LEBAR - 1)
_TOPENG = (1 << LEBAR) - 1


def skala(value: float) -> int:
    """A scale as a whole number of `SATU`."""
    return round(value * SATU)


#: One over the root of n, as a scale, by n.
PER_AKAR = (SATU, *(skala(1 / math.sqrt(n)) for n in range(1, 64)))


def kemas(lanes: Sequence[int]) -> int:
    """Whole numbers, one a lane, in one."""
    return sum([value << (LEBAR * at) for at, value in enumerate(lanes)])


@cache
def _bentuk(lebar: int) -> tuple[int, struct.Struct]:
    """What makes every lane positive, and the shape to read them in."""
    return sum(_TENGAH << (LEBAR * at) for at in range(lebar)), struct.Struct(f"<{lebar}Q")


def buka(packed: int, lebar: int) -> list[int]:
    """The lanes of a packed number."""
    middle, shape = _bentuk(lebar)
    lanes = shape.unpack((packed + middle).to_bytes(8 * lebar, "little"))
    return [lane - _TENGAH for lane in lanes]


@cache
def pembaca(at: int, lebar: int) -> Callable[[int], int]:
    """What reads one lane of a packed number."""
    middle, shift = _bentuk(lebar)[0], LEBAR * at
    return lambda packed: ((packed + middle) >> shift & _TOPENG) - _TENGAH


def peluang(packed: int, lebar: int) -> list[float]:
    """Packed scores as chances that add up to one."""
    middle, shape = _bentuk(lebar)
    lanes = shape.unpack((packed + middle).to_bytes(8 * lebar, "little"))
    top = max(lanes)
    exp = math.exp
    powers = [exp((lane - top) * PER_SKOR) for lane in lanes]
    total = sum(powers)
    return [power / total for power in powers]
