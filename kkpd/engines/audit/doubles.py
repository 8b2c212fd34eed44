"""The same payment twice: same amount, shop and day; same note number; or nearly so.

Rows whose keys agree are found by sorting arrays, so that a million rows take seconds; only rows
with a fellow are looked at one by one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kkpd.core.moments import brief
from kkpd.core.money import Rupiah
from kkpd.engines.audit.patterns import RowPattern, Rows, shop_key

Numbers = NDArray[np.int64]
#: Kind, places and reason.
_Reason = tuple[str, Sequence[int], str]
#: Rows of one shop whose amounts have the same digits: more of them are prices, not slips.
_MANY: Final = 60
#: Receipts of one shop and day among which near numbers are no chance.
_FEW: Final = 6
_LOOKS: Final = str.maketrans("OIQLSBZ", "0101582")


def doubles(rows: Rows, days: int) -> list[RowPattern]:
    """Each pair or group once, under the first reason that is found for it."""
    found: dict[frozenset[int], RowPattern] = {}
    for kind, places, reason in _reasons(rows, days):
        key = frozenset(places)
        if key not in found:
            later = sum(rows.sen[at] for at in places[1:])
            found[key] = RowPattern(tuple(places), Rupiah(later), kind, reason)
    return list(found.values())


def _reasons(rows: Rows, days: int) -> Iterator[_Reason]:
    sen = np.asarray(rows.sen, dtype=np.int64)
    day = np.asarray([-1 if one is None else one.toordinal() for one in rows.day], dtype=np.int64)
    shop = codes(rows.vendor, shop_key)
    paid = sen > 0
    notes = [""] * len(sen)
    if rows.note:
        notes = list(map(_Plain().__getitem__, rows.note))
    told = paid & np.fromiter(map(bool, notes), dtype=np.bool_, count=len(notes))
    for places in alike((shop, codes(notes)), told):
        if not _parts_of_one_receipt(rows, places):
            yield "nota", places, f"Nota “{rows.note[places[0]]}” tercatat {len(places)} kali."
    for places in alike((sen, shop, day), paid):
        if len({notes[at] for at in places} - {""}) < 2:
            value, when = Rupiah(rows.sen[places[0]]), rows.day[places[0]]
            on = f" pada {brief(when)}" if when else ""
            text = f"Rp {value}{on} tercatat {len(places)} kali pada penjual yang sama."
            yield "sama", places, text
    for places in alike((shop, _digits(sen)), paid & (day >= 0), within=day):
        yield from _slips(rows, notes, places, days)
    for group in alike((shop, day), told & (day >= 0)):
        if len(group) <= _FEW:
            yield from _same_day(rows, notes, group)


def codes(texts: Sequence[str], key: Callable[[str], str] | None = None) -> Numbers:
    """A number for each text by its key; equal keys have equal numbers."""
    each, names = pd.factorize(np.asarray(texts, dtype=object))
    if key is None:
        return each.astype(np.int64)
    of_name, _ = pd.factorize(np.asarray([key(name) for name in names], dtype=object))
    return of_name.astype(np.int64)[each]


def alike(
    keys: Sequence[Numbers], wanted: NDArray[np.bool_], within: Numbers | None = None
) -> Iterator[list[int]]:
    """Places of wanted rows that agree in all keys, two or more, each group by `within`."""
    places = np.flatnonzero(wanted)
    order = [*([] if within is None else [within[places]]), *(key[places] for key in keys)]
    places = places[np.lexsort(order)]
    apart = np.ones(len(places) + 1, dtype=np.bool_)
    apart[1:-1] = False
    for key in keys:
        column = key[places]
        apart[1:-1] |= column[1:] != column[:-1]
    starts = np.flatnonzero(apart)
    several = np.flatnonzero(np.diff(starts) > 1)
    for start, end in zip(starts[several], starts[several + 1], strict=True):
        yield places[start:end].tolist()


def _digits(sen: Numbers) -> Numbers:
    """Which digits an amount has, in any order: five bits for how often each."""
    found, left = np.zeros_like(sen), np.maximum(sen, 0)
    while left.any():
        found += np.where(left > 0, np.int64(1) << (5 * (left % 10)), 0)
        left //= 10
    return found


def _parts_of_one_receipt(rows: Rows, places: Sequence[int]) -> bool:
    """Whether one bank line paid them all and no two are alike: a receipt over several accounts."""
    references = {rows.reference[at] for at in places} if rows.reference else {""}
    amounts = {rows.sen[at] for at in places}
    return len(references) == 1 and "" not in references and len(amounts) == len(places)


def _slips(
    rows: Rows, notes: Sequence[str], ordered: Sequence[int], days: int
) -> Iterator[_Reason]:
    """Pairs of one shop within days: near note numbers, two digits changed, or no note at all."""
    few = len(ordered) <= _MANY
    for n, one in enumerate(ordered):
        for other in ordered[n + 1 : n + _MANY]:
            first, later = rows.day[one], rows.day[other]
            if first is None or later is None or (later - first).days > days:
                break
            amount, second = Rupiah(rows.sen[one]), Rupiah(rows.sen[other])
            if few and _swapped(str(amount.sen), str(second.sen)):
                yield (
                    "angka_tertukar",
                    (one, other),
                    (
                        f"Rp {amount} dan Rp {second} pada penjual yang sama hanya berbeda dua "
                        "angka yang bertukar tempat."
                    ),
                )
            elif amount != second or notes[one] == notes[other] != "":
                continue
            elif notes[one] and notes[other]:
                if _one_slip(notes[one], notes[other]):
                    yield (
                        "nota_mirip",
                        (one, other),
                        (
                            f"Nota “{rows.note[one]}” dan “{rows.note[other]}” hampir sama dan "
                            f"nilainya sama: Rp {amount}. Apakah satu nota?"
                        ),
                    )
            elif not (notes[one] or notes[other]) and first != later:
                yield (
                    "berdekatan",
                    (one, other),
                    (
                        f"Rp {amount} pada penjual yang sama tercatat pada {brief(first)} dan "
                        f"{brief(later)}, tanpa nomor nota yang membedakannya."
                    ),
                )


def _same_day(rows: Rows, notes: Sequence[str], group: Sequence[int]) -> Iterator[_Reason]:
    """Pairs of one shop and day whose note numbers a slip of the pen parts, at any amount."""
    for n, one in enumerate(group):
        for other in group[n + 1 :]:
            first, second = notes[one], notes[other]
            if first != second and (_swapped(first, second) or _looks(first) == _looks(second)):
                yield (
                    "nota_mirip",
                    (one, other),
                    (
                        f"Nota “{rows.note[one]}” dan “{rows.note[other]}” hampir sama, pada "
                        "penjual dan hari yang sama. Apakah satu nota?"
                    ),
                )


class _Plain(dict[str, str]):
    """A note's number without blanks and signs, each text once."""

    def __missing__(self, text: str) -> str:
        self[text] = found = re.sub(r"[\W_]+", "", text).upper()
        return found


def _looks(note: str) -> str:
    return note.translate(_LOOKS)


def _swapped(one: str, other: str) -> bool:
    """Whether two neighbouring signs changed places, and nothing else."""
    apart = _apart(one, other)
    if len(apart) != 2 or apart[1] - apart[0] != 1:
        return False
    return one[apart[0]] == other[apart[1]] and one[apart[1]] == other[apart[0]]


def _apart(one: str, other: str) -> list[int]:
    """Where two texts of one length differ."""
    if len(one) != len(other):
        return []
    return [at for at, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]


def _one_slip(one: str, other: str) -> bool:
    """Whether one edit parts two note numbers. A last sign that changed does not count: numbers
    that follow each other differ so.
    """
    if _swapped(one, other) or _looks(one) == _looks(other):
        return True
    shorter, longer = sorted((one, other), key=len)
    if len(longer) - len(shorter) == 1:
        return any(longer[:at] + longer[at + 1 :] == shorter for at in range(len(longer)))
    apart = _apart(one, other)
    return len(apart) == 1 and apart[0] < len(one) - 1
