"""A score for every kind in one whole number, so that adding scores is one addition.

Each kind has a lane of 64 bits; a lane holds hundredths of log-odds, finer by `HALUS`, times a
scale that is a whole number of `SATU`. Sums are exact and do not depend on the order of adding:
the same line scores the same alone and in a long list.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
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


def skala(value: float) -> int:
    """A scale as a whole number of `SATU`."""
    return round(value * SATU)


#: One over the root of n, as a scale, by n.
PER_AKAR = (SATU, *(skala(1 / math.sqrt(n)) for n in range(1, 64)))


#: A row of weights: in one number, and each with `_TENGAH` added, as its lane holds it.
Bobot = tuple[int, tuple[int, ...]]


def kemas(lanes: Sequence[int]) -> Bobot:
    """Whole numbers, one a lane, as a row of weights."""
    return _baris(tuple([_TENGAH + value for value in lanes]))


def _baris(held: tuple[int, ...]) -> Bobot:
    middle, shape = _bentuk(len(held))
    return int.from_bytes(shape.pack(*held), "little") - middle, held


class _Angka(dict[str, int]):
    """Hundredths as written in a file -> what their lane holds: the same few return always."""

    def __missing__(self, text: str) -> int:
        found = self[text] = _TENGAH + HALUS * int(text)
        return found


_ANGKA = _Angka()


def baca(text: str) -> Bobot:
    """Hundredths of log-odds parted by spaces, one a lane, as a row of weights."""
    return _baris(tuple([_ANGKA[part] for part in text.split(" ")]))


@cache
def _bentuk(lebar: int) -> tuple[int, struct.Struct]:
    """What makes every lane positive, and the shape to read them in."""
    return sum(_TENGAH << (LEBAR * at) for at in range(lebar)), struct.Struct(f"<{lebar}Q")


def buka(packed: int, lebar: int) -> list[int]:
    """The lanes of a packed number."""
    middle, shape = _bentuk(lebar)
    lanes = shape.unpack((packed + middle).to_bytes(8 * lebar, "little"))
    return [lane - _TENGAH for lane in lanes]


def lajur(at: int, bobot: Bobot) -> int:
    """One lane of a row of weights."""
    return bobot[1][at] - _TENGAH


def peluang(packed: int, lebar: int) -> list[float]:
    """Packed scores as chances that add up to one."""
    middle, shape = _bentuk(lebar)
    lanes = shape.unpack((packed + middle).to_bytes(8 * lebar, "little"))
    top, exp = max(lanes), math.exp
    powers = [exp((lane - top) * PER_SKOR) for lane in lanes]
    total = sum(powers)
    return [power / total for power in powers]
