"""Is this bank line new? Counts within a file, the greatest count over all files (hard-parts 1).

A line's *base key* is made of raw bank fields only: card, both dates, amount, direction, text.
Equal lines of one file are numbered 1..n (the *occurrence*); the books hold, for each base key, as
many as any one file showed. So any overlap of files that hold whole days, in any order, imported
any number of times, gives the same books, and two equal purchases on one day stay two.

A bank reference distinguishes lines within a base key and never replaces it: the PDF of the same
bill prints none. The books keep for each base key one *slot* per occurrence with the reference it
is known by, or None until some file tells it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import blake2b
from itertools import chain
from operator import attrgetter
from typing import Protocol

#: Version of the canonical form below; part of the hash, so that two forms never collide.
VERSION = "1"

#: What the books know of one base key: the reference of each occurrence, in order 1..n.
Slots = Sequence[str | None]


class BankLine(Protocol):
    """The fields of a statement line that identity reads."""

    @property
    def card_last4(self) -> str | None: ...
    @property
    def transaction_date(self) -> date | None: ...
    @property
    def posting_date(self) -> date | None: ...
    @property
    def amount(self) -> Decimal: ...
    @property
    def direction(self) -> str: ...
    @property
    def currency(self) -> str | None: ...
    @property
    def reference(self) -> str | None: ...
    @property
    def raw(self) -> tuple[str, ...]: ...


#: Blanks that `normalise` changes: others than single ones, and those at the edge of a text.
_BLANKS = re.compile(r"[^\S ]|  | \x00|\x00 |\A | \Z")
_ASCII_BLANKS = ("  ", " \x00", "\x00 ", *"\t\n\r\x0b\x0c\x1c\x1d\x1e\x1f")
_FIELDS = attrgetter("card_last4", "transaction_date", "posting_date", "amount", "direction", "raw")


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
        """False when the bank numbers its lines anew in every export: then ignore references."""
        return self.same > 0 or self.different == 0


def normalise(text: str) -> str:
    """The text without what a re-export changes: kinds and numbers of blanks, letter case."""
    return " ".join(text.split()).casefold()


def base_key(line: BankLine) -> str:
    """The canonical base key as 32 hexadecimal digits. The order of text columns does not count."""
    return base_keys([line])[0]


def base_keys(lines: Iterable[BankLine]) -> list[str]:
    """`base_key` of many lines at once, several times quicker."""
    columns = list(zip(*map(_FIELDS, lines), strict=True))
    return base_keys_of(*columns) if columns else []


def base_keys_of(
    cards: Iterable[str | None],
    days: Sequence[date | None],
    posted: Sequence[date | None],
    amounts: Sequence[Decimal],
    directions: Iterable[str],
    raws: Sequence[tuple[str, ...]],
) -> list[str]:
    """`base_keys` of bare fields given by column, all of one length."""
    named = {day: "" if day is None else day.isoformat() for day in {*days, *posted}}
    first, second = ([named[day] for day in column] for column in (days, posted))
    return base_keys_written(cards, first, second, amounts, directions, raws)


def base_keys_written(
    cards: Iterable[str | None],
    days: Iterable[str | None],
    posted: Iterable[str | None],
    amounts: Sequence[Decimal],
    directions: Iterable[str],
    raws: Sequence[tuple[str, ...]],
) -> list[str]:
    """`base_keys_of` where the days are ISO texts already."""
    texts = _texts(raws)
    return [
        blake2b(
            f"{VERSION}\x1f{card or ''}\x1f{day or ''}\x1f{post or ''}\x1f{amount}"
            f"\x1f{direction}\x1f{text}".encode("utf-8", "surrogatepass"),
            digest_size=16,
        ).hexdigest()
        for card, day, post, amount, direction, text in zip(
            cards, days, posted, _plain(amounts), directions, texts, strict=True
        )
    ]


def _texts(raws: Sequence[tuple[str, ...]]) -> list[str]:
    """The raw texts of each line, without what a re-export changes."""
    if set(map(len, raws)) == {1}:
        return _normal(list(chain.from_iterable(raws)))
    known = {raw: "\x1e".join(sorted(filter(None, map(normalise, raw)))) for raw in set(raws)}
    return list(map(known.__getitem__, raws))


def _normal(texts: Sequence[str]) -> list[str]:
    """`normalise` of many texts: nearly all need nothing but their case folded."""
    folded = "\x00".join(texts).casefold()
    if folded.count("\x00") != len(texts) - 1 or _has_blanks(folded):
        return list(map(normalise, texts))
    return folded.split("\x00")


def _has_blanks(joined: str) -> bool:
    """Whether `normalise` has blanks to change. In plain ASCII one look for each kind is quicker
    than a pattern that stops at every letter.
    """
    if not joined.isascii():
        return _BLANKS.search(joined) is not None
    edges = joined.startswith(" ") or joined.endswith(" ")
    return edges or any(blank in joined for blank in _ASCII_BLANKS)


def _plain(amounts: Sequence[Decimal]) -> list[str]:
    """Amounts without exponent and trailing zeros, so that 10, 10.0 and 1E+1 are one."""
    texts = list(map(str, amounts))
    if "E" in "".join(texts):
        texts = [format(amount, "f") for amount in amounts]
    return [_trimmed(text) if text[-1] == "0" else text for text in texts]


def _trimmed(text: str) -> str:
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def identify(
    seen: Mapping[str, Slots], lines: Sequence[BankLine], *, use_references: bool = True
) -> list[Identified]:
    """Give every line of one file its occurrence; `seen` is what the books know per base key.

    The result is in the order of `lines` and does not depend on that order but for which of several
    equal lines gets which number. `seen` needs only the base keys that occur in `lines`.
    """
    references = [line.reference if use_references else None for line in lines]
    return place(seen, [base_key(line) for line in lines], references)


def place(
    seen: Mapping[str, Slots], keys: Sequence[str], references: Sequence[str | None]
) -> list[Identified]:
    """`identify` for lines of which only base key and reference are at hand."""
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
    """Known references first, then slots that know none yet, then new slots at the end."""
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
