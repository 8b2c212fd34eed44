"""To which purchase a waiting file of evidence belongs (pure). No offer is better than a wrong one.

A purchase is offered when what the file says agrees with it and with no other as well. It is sure
when the amount agrees and day, shop or card do too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Literal

from rapidfuzz import fuzz

from kkpd.belanja.inbox.clues import Clues
from kkpd.core.money import Rupiah
from kkpd.engines.matching.merchant_names import form_of
from kkpd.engines.matching.weights import bawaan

Kind = Literal["nilai", "hari", "kartu", "penyedia"]
Place = Literal["nama", "teks", "waktu"]


@dataclass(frozen=True, slots=True)
class EvidencePlace:
    """A purchase that takes evidence; `has_evidence`: it has some already."""

    id: int
    tanggal: date
    nilai: Rupiah
    merchant: str
    kartu_akhir: str
    uraian: str = ""
    pemegang: str = ""
    has_evidence: bool = False


@dataclass(frozen=True, slots=True)
class Likeness:
    """One thing in which file and purchase agree, and where the file says it."""

    kind: Kind
    place: Place
    points: int


@dataclass(frozen=True, slots=True)
class Offer:
    """The purchase that a file belongs to, and why."""

    purchase: EvidencePlace
    why: tuple[Likeness, ...]
    sure: bool


#: The best must be better than the next by so much.
_GAP: Final = 2
#: Papers are made some days before or after the card is charged; photos are sent some days later.
_PAPER_DAYS: Final = 3
_LATER_DAYS: Final = 3
#: A word of a name may be mistyped.
_TYPED: Final = 88


def offers(files: Mapping[int, Clues], purchases: Sequence[EvidencePlace]) -> dict[int, Offer]:
    """file -> its purchase, for the files of which one purchase is clearly the right one."""
    cores = {one.id: _core(one.merchant) for one in purchases}
    found = {key: _best(clues, purchases, cores) for key, clues in files.items()}
    return _one_each({key: offer for key, offer in found.items() if offer is not None})


def nearest(clues: Clues, purchases: Sequence[EvidencePlace]) -> list[EvidencePlace]:
    """The purchases to choose from: those that agree most first, those with evidence last."""
    points = {
        one.id: sum(part.points for part in _likenesses(clues, one, _core(one.merchant)))
        for one in purchases
    }
    return sorted(
        purchases, key=lambda one: (one.has_evidence, -points[one.id], one.tanggal, one.id)
    )


def _best(
    clues: Clues, purchases: Sequence[EvidencePlace], cores: Mapping[int, tuple[str, ...]]
) -> Offer | None:
    weighed = [
        (sum(part.points for part in why), why, one)
        for one in purchases
        if (why := _likenesses(clues, one, cores[one.id]))
    ]
    weighed.sort(key=lambda one: -one[0])
    if not weighed or (len(weighed) > 1 and weighed[0][0] - weighed[1][0] < _GAP):
        return None
    _, why, purchase = weighed[0]
    kinds = {part.kind for part in why}
    if "nilai" in kinds:
        return Offer(purchase, why, sure=len(kinds) > 1 and not purchase.has_evidence)
    if {"penyedia", "hari"} <= kinds:
        return Offer(purchase, why, sure=False)
    return None


def _one_each(found: dict[int, Offer]) -> dict[int, Offer]:
    """Where several files point at one purchase, none of them is sure."""
    claims: dict[int, int] = {}
    for offer in found.values():
        claims[offer.purchase.id] = claims.get(offer.purchase.id, 0) + 1
    return {
        key: replace(offer, sure=offer.sure and claims[offer.purchase.id] == 1)
        for key, offer in found.items()
    }


def _likenesses(clues: Clues, one: EvidencePlace, core: tuple[str, ...]) -> tuple[Likeness, ...]:
    """In what they agree; empty where something that the file says speaks against it."""
    if clues.cards and one.kartu_akhir not in clues.cards:
        return ()
    amount = _amount(clues, abs(one.nilai).sen)
    day = _day(clues, one.tanggal)
    if amount is False or day is False:
        return ()
    card = Likeness("kartu", "teks" if clues.text else "nama", 1) if clues.cards else None
    parts = (amount, day, _shop(clues, core), card)
    return tuple(part for part in parts if isinstance(part, Likeness))


def _amount(clues: Clues, sen: int) -> Likeness | Literal[False] | None:
    if sen in clues.named:
        return Likeness("nilai", "nama", 4)
    if sen in clues.totals:
        return Likeness("nilai", "teks", 4)
    if clues.named or clues.totals:
        return False
    if sen in clues.bare:
        return Likeness("nilai", "nama", 4)
    return Likeness("nilai", "teks", 3) if sen in clues.amounts else None


def _day(clues: Clues, tanggal: date) -> Likeness | Literal[False] | None:
    if clues.days:
        apart = min(abs((day - tanggal).days) for day in clues.days)
        return Likeness("hari", "teks", 2 - (apart > 0)) if apart <= _PAPER_DAYS else False
    if clues.taken is None:
        return None
    later = (clues.taken - tanggal).days
    if later < -1:
        return False
    if later > _LATER_DAYS:
        return None
    return Likeness("hari", "waktu", 2 if later == 0 else 1)


def _shop(clues: Clues, core: tuple[str, ...]) -> Likeness | None:
    if not core:
        return None
    if all(any(fuzz.ratio(word, said) >= _TYPED for said in clues.name) for word in core):
        return Likeness("penyedia", "nama", 3)
    return Likeness("penyedia", "teks", 3) if clues.text.issuperset(core) else None


def _core(merchant: str) -> tuple[str, ...]:
    """The words that make a shop's name its own, without those of two letters."""
    words = form_of(merchant, bawaan().nama)[0].split()
    return tuple(word for word in words if len(word) > 2)
