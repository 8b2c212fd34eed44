"""Two files of one bill, compared line by line: the second one's lines are not new (hard-parts 1).

Text differs between formats (cut names, other spacing), so after the lines that are equal in all
raw fields the rest is paired by card, date and amount, counted as everywhere: the bill holds, of
each such triple, the greatest number that any one file showed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

#: Why a line of a file is left out when another file had completed its bill.
TAGIHAN_LENGKAP: Final = "tidak ada pada tagihan yang sudah lengkap dari berkas lain"

#: How often a day shows each card and amount.
Shown = Counter[tuple[str | None, int]]
#: So many lines of whole days convince that two lists are one in other words.
CUKUP: Final = 3


class Ciri(NamedTuple):
    """What every format says of a line: card, day, amount in sen; `id` is the caller's."""

    id: int
    kartu: str | None
    tanggal: str | None
    sen: int


@dataclass(slots=True)
class Banding:
    """`pasangan`: line of this file -> line of the books. The rest stands on one side only."""

    pasangan: dict[int, int] = field(default_factory=dict)
    hanya_berkas: list[Ciri] = field(default_factory=list)
    hanya_buku: list[Ciri] = field(default_factory=list)


def hari_sama(berkas: Iterable[Ciri], buku: Iterable[Ciri]) -> frozenset[str]:
    """The days that two lists tell in other words: both show the very same cards and amounts, each
    as often.

    An export holds whole days, but fewer than `CUKUP` lines in all may be chance, and lines that
    name no card may be two people's equal tickets. A later list may show more of a day, since card
    lines post late: then the books' lines of that day alone must be enough, and of several amounts.
    """
    here, there = _per_hari(berkas), _per_hari(buku)
    named = [day for day, shown in here.items() if all(card is not None for card, _ in shown)]
    days = {day for day in named if there.get(day) == here[day]}
    if sum(here[day].total() for day in days) < CUKUP:
        days = set()
    later = {day for day in named if day in there and _grew(there[day], here[day])}
    return frozenset(days | later)


def _grew(known: Shown, shown: Shown) -> bool:
    several = len({sen for _, sen in known}) > 1
    return several and known.total() >= CUKUP and known < shown


def _per_hari(lines: Iterable[Ciri]) -> dict[str, Shown]:
    found: dict[str, Shown] = defaultdict(Counter)
    for one in lines:
        if one.tanggal is not None:
            found[one.tanggal][one.kartu, one.sen] += 1
    return found


def banding(berkas: Sequence[Ciri], buku: Sequence[Ciri]) -> Banding:
    """Pair what remains after the equal lines were taken out on both sides.

    First with the same card, then where one side does not name the card. Ties go by position, and
    equal triples are interchangeable.
    """
    found = Banding()
    left = _pair(berkas, buku, found, with_card=True)
    rest = [one for one in buku if one.id not in set(found.pasangan.values())]
    found.hanya_berkas = _pair(left, rest, found, with_card=False)
    taken = set(found.pasangan.values())
    found.hanya_buku = [one for one in buku if one.id not in taken]
    return found


def _pair(
    berkas: Iterable[Ciri], buku: Iterable[Ciri], found: Banding, *, with_card: bool
) -> list[Ciri]:
    waiting: dict[tuple[str | None, int], list[Ciri]] = defaultdict(list)
    for one in buku:
        waiting[one.tanggal, one.sen].append(one)
    left = []
    for one in berkas:
        candidates = waiting[one.tanggal, one.sen]
        partner = next((other for other in candidates if _same(one, other, with_card)), None)
        if partner is None:
            left.append(one)
        else:
            candidates.remove(partner)
            found.pasangan[one.id] = partner.id
    return left


def _same(one: Ciri, other: Ciri, with_card: bool) -> bool:
    if with_card:
        return one.kartu == other.kartu
    return one.kartu is None or other.kartu is None
