"""Two files of one bill, compared line by line: the second one's lines are not new.

Text differs between formats (cut names, other spacing), so after the lines that are equal in all
raw fields the rest is paired by card, date and amount, counted as everywhere: the bill holds, of
each such triple, the greatest number that any one file showed.

Two lists of whole days with the same cards and amounts in other words are one list; otherwise both
stay, with the finding `mirip_daftar`. Lists above 25,000 lines are not compared.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

#: Why a line of a file is left out when another file had completed its bill.
BILL_COMPLETE: Final = "tidak ada pada tagihan yang sudah lengkap dari berkas lain"

#: What a day shows of each card and amount: the texts of its lines, without case and blanks.
Shown = dict[tuple[str | None, int], list[str]]
#: So many lines of whole days convince that two lists are one in other words.
ENOUGH: Final = 3
#: A name cut shorter than this could be anybody's.
_SHORTEST: Final = 3


class LineFeatures(NamedTuple):
    """What every format says of a line: card, day, amount in sen; `id` is the caller's. `teks` is
    asked only where two lists are compared.
    """

    id: int
    kartu: str | None
    tanggal: str | None
    sen: int
    teks: str = ""


@dataclass(slots=True)
class Comparison:
    """`pairings`: line of this file -> line of the books. The rest stands on one side only."""

    pairings: dict[int, int] = field(default_factory=dict)
    only_in_file: list[LineFeatures] = field(default_factory=list)
    only_in_books: list[LineFeatures] = field(default_factory=list)


def same_day(berkas: Iterable[LineFeatures], buku: Iterable[LineFeatures]) -> frozenset[str]:
    """The days that two lists tell in other words: the very same cards and amounts, each as often,
    under names of which one is the other cut short.

    An export holds whole days, but fewer than `ENOUGH` lines in all may be chance, and lines that
    name no card may be two people's equal tickets. A later list may show more of a day, since card
    lines post late: then the books' lines of that day alone must be enough, and of several amounts.
    Names that are nobody's shorter form are other purchases, whatever their amounts.
    """
    here, there = _by_day(berkas), _by_day(buku)
    told = {
        day
        for day, shown in here.items()
        if day in there
        and all(card is not None for card, _ in shown)
        and _told_again(there[day], shown)
    }
    days = {day for day in told if _count(there[day]) == _count(here[day])}
    if sum(_count(here[day]) for day in days) < ENOUGH:
        days = set()
    later = {day for day in told - days if _grew(there[day], here[day])}
    return frozenset(days | later)


def _by_day(lines: Iterable[LineFeatures]) -> dict[str, Shown]:
    found: dict[str, Shown] = defaultdict(lambda: defaultdict(list))
    for one in lines:
        if one.tanggal is not None:
            found[one.tanggal][one.kartu, one.sen].append(_bare(one.teks))
    return found


def _bare(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def _count(shown: Shown) -> int:
    return sum(map(len, shown.values()))


def _grew(known: Shown, shown: Shown) -> bool:
    several = len({sen for _, sen in known}) > 1
    return several and ENOUGH <= _count(known) < _count(shown)


def _told_again(known: Shown, shown: Shown) -> bool:
    """Whether every line of the books has one of its own in the list, in other words."""
    return all(_each_found(texts, list(shown.get(what, ()))) for what, texts in known.items())


def _each_found(known: Sequence[str], shown: list[str]) -> bool:
    for text in sorted(known, key=len, reverse=True):  # the most telling name chooses first
        partner = next((other for other in shown if _one_name(text, other)), None)
        if partner is None:
            return False
        shown.remove(partner)
    return True


def _one_name(one: str, other: str) -> bool:
    """Whether one of two bare names is the other cut short; `toko1` is not `toko10`."""
    short, long = sorted((one, other), key=len)
    if short == long:
        return True
    if len(short) < _SHORTEST or not long.startswith(short):
        return False
    return not (short[-1].isdigit() and long[len(short)].isdigit())


def compare(berkas: Sequence[LineFeatures], buku: Sequence[LineFeatures]) -> Comparison:
    """Pair what remains after the equal lines were taken out on both sides.

    First with the same card, then where one side does not name the card. Ties go by position, and
    equal triples are interchangeable.
    """
    found = Comparison()
    left = _pair(berkas, buku, found, with_card=True)
    rest = [one for one in buku if one.id not in set(found.pairings.values())]
    found.only_in_file = _pair(left, rest, found, with_card=False)
    taken = set(found.pairings.values())
    found.only_in_books = [one for one in buku if one.id not in taken]
    return found


def _pair(
    berkas: Iterable[LineFeatures],
    buku: Iterable[LineFeatures],
    found: Comparison,
    *,
    with_card: bool,
) -> list[LineFeatures]:
    waiting: dict[tuple[str | None, int], list[LineFeatures]] = defaultdict(list)
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
            found.pairings[one.id] = partner.id
    return left


def _same(one: LineFeatures, other: LineFeatures, with_card: bool) -> bool:
    if with_card:
        return one.kartu == other.kartu
    return one.kartu is None or other.kartu is None
