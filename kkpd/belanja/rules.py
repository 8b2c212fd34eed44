"""When two shops are one, and when two purchases are probably one (pure)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from rapidfuzz import fuzz

from kkpd.core.money import Rupiah
from kkpd.engines.matching.merchant_names import form_of
from kkpd.engines.matching.weights import bawaan

#: Words alike at least so much (0 to 100) are one name, e.g. with and without the town.
_ALIKE: Final = 88
#: A till's day and the day that a person writes may differ by one.
_DAYS: Final = 1


@dataclass(frozen=True, slots=True)
class Bought:
    """What of a purchase tells it from another."""

    kartu_id: int
    tanggal: date
    nilai: Rupiah
    merchant: str
    nota: str = ""
    uraian: str = ""


def same_shop(one: str, other: str) -> bool:
    """Whether two names are one shop's: alike but for "Toko", "CV", a go-between or the town."""
    first, second = (form_of(name, bawaan().nama)[0] for name in (one, other))
    if not first or not second:
        return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()
    return fuzz.token_set_ratio(first, second) >= _ALIKE


def probably_one(one: Bought, other: Bought) -> bool:
    """Same card, same amount, a day apart at most, the shop alike; two numbers of notas, or two
    parts of one nota, are two purchases.
    """
    if (one.kartu_id, one.nilai) != (other.kartu_id, other.nilai):
        return False
    if abs((one.tanggal - other.tanggal).days) > _DAYS:
        return False
    if one.nota and other.nota and (one.nota, one.uraian) != (other.nota, other.uraian):
        return False
    return same_shop(one.merchant, other.merchant)
