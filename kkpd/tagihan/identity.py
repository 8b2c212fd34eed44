"""Is this bank line new? Counts within a file, the greatest count over all files.

A line's *base key* is made of raw bank fields only: card, both dates, amount, direction, text.
Equal lines of one file are numbered 1..n (the *occurrence*); the books hold, for each base key, as
many as any one file showed. So any overlap of files that hold whole days, in any order, imported
any number of times, gives the same books, and two equal purchases on one day stay two.

A bank reference distinguishes lines within a base key and never replaces it: the PDF of the same
bill prints none. The books keep for each base key one *slot* per occurrence with the reference it
is known by, or None until some file tells it.

Two files of one bill differ in their texts (cut names, other spacing). What base keys do not
recognise is the same line where card, reference and amount are, else it is paired by card, date and
amount, counted in the same way. Two lists that show a card's whole day with the same amounts in
other words are one list; a pending line is closed by its posting; what else is alike is asked.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from hashlib import blake2b
from typing import Final, NamedTuple

from kkpd.engines.reading.statement import Line

#: Version of the canonical form below; part of the hash, so that two forms never collide.
VERSION = "1"

#: What the books know of one base key: the reference of each occurrence, in order 1..n.
Slots = Sequence[str | None]


@dataclass(frozen=True, slots=True)
class Identified:
    """A line's place in the books: its base key, its occurrence, and whether the books lacked it.

    `index` is the position in the lines given. `learned` is a reference that a known occurrence did
    not have yet: store it with the sighting, identity reads it the next time.
    """

    index: int
    base_key: str
    occurrence: int
    new: bool
    learned: str | None = None


@dataclass(frozen=True, slots=True)
class Agreement:
    """How the references of a file fit those in the books, where both know the base key."""

    same: int
    different: int

    @property
    def stable(self) -> bool:
        """False if the bank numbers its lines anew in every export; references are ignored then."""
        return self.same > 0 or self.different == 0


def normalise(text: str) -> str:
    """The text without what a new export may change: blanks and letter case."""
    return " ".join(text.split()).casefold()


def base_key(line: Line) -> str:
    """The canonical base key as 32 hexadecimal digits. The order of text columns does not count."""
    texts = sorted(filter(None, map(normalise, line.raw)))
    fields = (
        VERSION,
        line.card_last4 or "",
        "" if line.transaction_date is None else line.transaction_date.isoformat(),
        "" if line.posting_date is None else line.posting_date.isoformat(),
        _plain(line.amount),
        line.direction,
        "\x1e".join(texts),
    )
    canonical = "\x1f".join(fields).encode("utf-8", "surrogatepass")
    return blake2b(canonical, digest_size=16).hexdigest()


def _plain(amount: Decimal) -> str:
    """The amount without exponent and trailing zeros, so that 10, 10.0 and 1E+1 are one."""
    text = format(amount, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def place(
    seen: Mapping[str, Slots], keys: Sequence[str], references: Sequence[str | None]
) -> list[Identified]:
    """Give every line of one file, told by base key and reference, its occurrence; `seen` is what
    the books know of these base keys.

    The result is in the order of the lines and does not depend on that order but for which of
    several equal lines gets which number.
    """
    by_key: dict[str, list[int]] = defaultdict(list)
    for index, key in enumerate(keys):
        by_key[key].append(index)
    found: list[Identified] = []
    for key, indexes in by_key.items():
        own = [references[index] for index in indexes]
        found += _place(key, indexes, own, seen.get(key, ()))
    found.sort(key=lambda one: one.index)
    return found


def agreement_of(seen: Mapping[str, Slots], lines: Iterable[tuple[str, str | None]]) -> Agreement:
    """Whether the file's references mean anything across exports, of its pairs of base key and
    reference; asked before `place`.
    """
    same = different = 0
    for key, reference in lines:
        known = {slot for slot in seen.get(key, ()) if slot}
        if reference and known:
            same += reference in known
            different += reference not in known
    return Agreement(same, different)


def bill_identity(
    card_last4: str | None, bill_date: date, kind: str, total: Decimal, account: str | None = None
) -> str:
    """The identity of a bill, whatever file shows it: its PDF and its XLSX are one bill."""
    parts = (VERSION, card_last4 or "", account or "", bill_date.isoformat(), kind)
    canonical = "\x1f".join((*parts, format(total.normalize(), "f")))
    return blake2b(canonical.encode(), digest_size=16).hexdigest()


def _place(
    key: str, indexes: Sequence[int], references: Sequence[str | None], slots: Slots
) -> list[Identified]:
    """Known references first, then slots without a reference, then new slots at the end."""
    free: dict[str | None, list[int]] = defaultdict(list)
    for number, reference in enumerate(slots, start=1):
        free[reference].append(number)
    size = len(slots)
    placed: list[Identified] = []
    later: list[tuple[int, str | None]] = []
    for index, reference in zip(indexes, references, strict=True):
        if reference is not None and free[reference]:
            placed.append(Identified(index, key, free[reference].pop(0), new=False))
        else:
            later.append((index, reference))
    later.sort(key=lambda one: one[1] is None)  # lines with a reference choose first
    for index, reference in later:
        number = _open_slot(free, reference)
        if number:
            placed.append(Identified(index, key, number, new=False, learned=reference))
        else:
            size += 1
            placed.append(Identified(index, key, size, new=True))
    return placed


def _open_slot(free: dict[str | None, list[int]], reference: str | None) -> int:
    """The next known occurrence this line may be, 0 for none."""
    if reference is not None:
        return free[None].pop(0) if free[None] else 0
    names = sorted((name for name in free if free[name]), key=lambda name: (name is not None, name))
    return free[names[0]].pop(0) if names else 0


#: Why a line of a file is left out when another file had completed its bill.
BILL_COMPLETE: Final = "tidak ada pada tagihan yang sudah lengkap dari berkas lain"

#: A card's day.
CardDay = tuple[str | None, str]
#: What a card's day shows of each amount: the texts of its lines, without case and blanks.
Shown = dict[int, list[str]]
#: So many lines of whole days convince that two lists are one in other words.
ENOUGH: Final = 3
#: A name cut shorter than this could be anybody's.
_SHORTEST: Final = 3
#: What stands before a shop while the bank has not posted its line.
_PENDING: Final = re.compile(
    r"\W*(?:pend|pending|hold|otorisasi|tertunda|belum (?:diposting|dibukukan))\b\W*",
    re.IGNORECASE,
)
#: A purchase and its posting lie at most so many days apart.
NEAR: Final = 5


class LineFeatures(NamedTuple):
    """What every format says of a line: card, day, amount in sen; `id` is the caller's. `teks` and
    `referensi` are asked only where two lists are compared.
    """

    id: int
    kartu: str | None
    tanggal: str | None
    sen: int
    teks: str = ""
    referensi: str | None = None


@dataclass(slots=True)
class Comparison:
    """`pairings`: line of this file -> line of the books. The rest stands on one side only."""

    pairings: dict[int, int] = field(default_factory=dict)
    only_in_file: list[LineFeatures] = field(default_factory=list)
    only_in_books: list[LineFeatures] = field(default_factory=list)


def same_reference(berkas: Sequence[LineFeatures], buku: Sequence[LineFeatures]) -> dict[int, int]:
    """Line of the file -> line of the books with the same card, reference and amount, at most
    `NEAR` days apart. A reference that names several lines of one side (a terminal, a customer)
    names none.
    """
    here, there = _by_reference(berkas), _by_reference(buku)
    return {
        one.id: there[name].id
        for name, one in here.items()
        if name in there and _near(one, there[name])
    }


def _by_reference(lines: Sequence[LineFeatures]) -> dict[tuple[str | None, str], LineFeatures]:
    often = Counter((one.kartu, one.referensi) for one in lines)
    return {
        (one.kartu, one.referensi): one
        for one in lines
        if one.referensi and often[one.kartu, one.referensi] == 1
    }


def _near(one: LineFeatures, other: LineFeatures) -> bool:
    return one.sen == other.sen and abs(_days_after(one, other)) <= NEAR


def _days_after(one: LineFeatures, other: LineFeatures) -> int:
    """Days from the other line to this one; very many where a day is missing."""
    if one.tanggal is None or other.tanggal is None:
        return date.max.toordinal()
    return (date.fromisoformat(one.tanggal) - date.fromisoformat(other.tanggal)).days


def closed_by(berkas: Iterable[LineFeatures], buku: Iterable[LineFeatures]) -> dict[int, int]:
    """Posted line of the file -> line of the books that stood there pending: the same card, amount
    and shop, on that day or at most `NEAR` days later; the nearest first.
    """
    waiting: dict[tuple[str | None, int], list[LineFeatures]] = defaultdict(list)
    for one in buku:
        if _PENDING.match(one.teks):
            waiting[one.kartu, one.sen].append(one)
    pairs = sorted(
        (days, one.id, other.id)
        for one in berkas
        if (one.kartu, one.sen) in waiting and not _PENDING.match(one.teks)
        for other in waiting[one.kartu, one.sen]
        if 0 <= (days := _days_after(one, other)) <= NEAR
        and _one_name(_bare(_PENDING.sub("", other.teks, count=1)), _bare(one.teks))
    )
    closed: dict[int, int] = {}
    for _, posted, pending in pairs:
        if posted not in closed and pending not in closed.values():
            closed[posted] = pending
    return closed


def same_day(berkas: Iterable[LineFeatures], buku: Iterable[LineFeatures]) -> frozenset[CardDay]:
    """The days of a card that two lists tell in other words: the very same amounts, each as often,
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
        if day in there and day[0] is not None and _told_again(there[day], shown)
    }
    days = {day for day in told if _count(there[day]) == _count(here[day])}
    if sum(_count(here[day]) for day in days) < ENOUGH:
        days = set()
    later = {day for day in told - days if _grew(there[day], here[day])}
    return frozenset(days | later)


def _by_day(lines: Iterable[LineFeatures]) -> dict[CardDay, Shown]:
    found: dict[CardDay, Shown] = defaultdict(lambda: defaultdict(list))
    for one in lines:
        if one.tanggal is not None:
            found[one.kartu, one.tanggal][one.sen].append(_bare(one.teks))
    return found


def _bare(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def _count(shown: Shown) -> int:
    return sum(map(len, shown.values()))


def _grew(known: Shown, shown: Shown) -> bool:
    several = len(known) > 1
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
        able = (other for other in candidates if _same(one, other, with_card))
        partner = next(able, None)
        if partner is None:
            left.append(one)
        else:
            candidates.remove(partner)
            found.pairings[one.id] = partner.id
    return left


def _same(one: LineFeatures, other: LineFeatures, with_card: bool) -> bool:
    if one.referensi and other.referensi and one.referensi != other.referensi:
        return False
    if with_card:
        return one.kartu == other.kartu
    return one.kartu is None or other.kartu is None
