"""Money: whole sen, one type, and the only reader and writer of `1.234.567,89` (law 2).

Amounts in words (*terbilang*) as official forms print them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from kkpd.core.errors import DomainError

#: The range of BIGINT: a value beyond it is refused before it reaches the database.
MAX_SEN = 2**63 - 1

_INDONESIAN = re.compile(
    r"(?P<minus>-)?(?:Rp\.?\s*)?(?P<minus2>-)?"
    r"(?P<whole>\d{1,3}(?:\.\d{3})+|\d+)(?:,(?P<sen>\d{1,2}|-))?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True, order=True)
class Rupiah:
    """An amount in whole sen. Never a float: `Rupiah(1.5)` and `Rupiah(1) + 1` are TypeErrors."""

    sen: int

    def __post_init__(self) -> None:
        if type(self.sen) is not int:
            raise TypeError(f"Rupiah takes whole sen as int, not {type(self.sen).__name__}")
        if abs(self.sen) > MAX_SEN:
            raise DomainError("Nilai terlalu besar untuk dicatat. Periksa jumlah angkanya.")

    @classmethod
    def of(cls, rupiah: int) -> Rupiah:
        """Whole rupiah, as people speak: `Rupiah.of(750_000)`."""
        if type(rupiah) is not int:
            raise TypeError(f"Rupiah.of takes int, not {type(rupiah).__name__}")
        return cls(rupiah * 100)

    @classmethod
    def from_decimal(cls, value: Decimal) -> Rupiah:
        """An exact decimal with at most two places; more places are refused, never rounded away."""
        sen = value * 100
        if sen != sen.to_integral_value():
            raise DomainError(f"Nilai {value} mempunyai lebih dari dua angka di belakang koma.")
        return cls(int(sen))

    @classmethod
    def parse(cls, text: str) -> Rupiah:
        """Read `1.234.567,89`, `Rp 750.000`, `750000`, `-1.000`; a DomainError quotes the rest."""
        found = _INDONESIAN.fullmatch(text.strip().replace("\u00a0", " ").replace("\u2212", "-"))
        if found is None or (found["minus"] and found["minus2"]):
            raise DomainError(
                f"“{text.strip()[:40]}” bukan nilai rupiah. "
                "Tulis seperti 1.234.567 atau 1.234.567,50."
            )
        sen = (found["sen"] or "0").replace("-", "0").ljust(2, "0")
        value = int(found["whole"].replace(".", "")) * 100 + int(sen)
        return cls(-value if found["minus"] or found["minus2"] else value)

    def __add__(self, other: Rupiah) -> Rupiah:
        return Rupiah(self.sen + other.sen) if isinstance(other, Rupiah) else NotImplemented

    def __sub__(self, other: Rupiah) -> Rupiah:
        return Rupiah(self.sen - other.sen) if isinstance(other, Rupiah) else NotImplemented

    def __neg__(self) -> Rupiah:
        return Rupiah(-self.sen)

    def __abs__(self) -> Rupiah:
        return Rupiah(abs(self.sen))

    def __mul__(self, times: int) -> Rupiah:
        return Rupiah(self.sen * times) if type(times) is int else NotImplemented

    def __bool__(self) -> bool:
        return self.sen != 0

    def share(self, ratio: Decimal) -> Rupiah:
        """`ratio` of this amount, rounded half up to whole rupiah: `UP.share(Decimal("0.40"))`."""
        whole = (Decimal(self.sen) * ratio / 100).quantize(Decimal(1), rounding=ROUND_HALF_UP)
        return Rupiah(int(whole) * 100)

    def to_decimal(self) -> Decimal:
        """The exact value in rupiah with two places."""
        return Decimal(self.sen).scaleb(-2)

    def __str__(self) -> str:
        """`1.234.567` for whole rupiah, `1.234.567,89` otherwise; a minus sign when negative."""
        return _written(self.sen)


@lru_cache(maxsize=16_384)
def _written(amount: int) -> str:
    """An amount of sen as people write it; cached, because limits and round prices recur."""
    whole, sen = divmod(abs(amount), 100)
    grouped = f"{whole:,}".replace(",", ".")
    tail = f",{sen:02d}" if sen else ""
    return f"{'-' if amount < 0 else ''}{grouped}{tail}"


ZERO = Rupiah(0)


def total(amounts: Iterable[Rupiah]) -> Rupiah:
    """The sum of Rupiah amounts, zero for none."""
    return Rupiah(sum([amount.sen for amount in amounts]))


def whole_number(number: int) -> str:
    """A whole number in Indonesian words, `minus` before a negative one."""
    from num2words import num2words  # type: ignore[import-untyped]  # it ships no types

    words: str = num2words(abs(number), lang="id")
    return f"minus {words}" if number < 0 else words


def terbilang(amount: Rupiah) -> str:
    """`tujuh ratus lima puluh ribu rupiah`, with `... sen` behind where there are sen."""
    whole, sen = divmod(abs(amount.sen), 100)
    words = f"{whole_number(whole)} rupiah" + (f" {whole_number(sen)} sen" if sen else "")
    return f"minus {words}" if amount.sen < 0 else words
