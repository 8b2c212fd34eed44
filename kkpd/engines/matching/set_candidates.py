"""One line paid for many purchases (pecah), many lines for one purchase (gabung).

Small subset sums inside one card and window, bounded: at most `part_candidates` likeliest parts are
looked at for a total, at most `most_parts` of them together. The sum must be exact.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from itertools import combinations
from typing import NamedTuple

import numpy as np

from kkpd.engines.matching.day_gap import day_class
from kkpd.engines.matching.rows import F64, I64
from kkpd.engines.matching.score import MatchContext, pair_day_weight, pair_name_weight

#: Sums compared in one go (bounds memory).
_AT_ONCE = 8_000_000
#: A part less likely than this beside its total is not looked at.
_LOWEST = -5.6
#: Of one total the best sets that enter the world.
_BEST = 6


class CandidateSet(NamedTuple):
    """A total and its parts: a line and purchases where `split`, else a purchase and lines."""

    split: bool
    parent: int
    parts: tuple[int, ...]
    w: float

    @property
    def lines(self) -> tuple[int, ...]:
        """Its bank lines."""
        return (self.parent,) if self.split else self.parts

    @property
    def purchases(self) -> tuple[int, ...]:
        """Its purchases."""
        return self.parts if self.split else (self.parent,)


def find_sets(context: MatchContext, b: I64, c: I64, *, split: bool) -> list[CandidateSet]:
    """Lines whose amount is the sum of near purchases, or the other way round; (b, c) are near."""
    bank, catatan, window = context.both.bank, context.both.catatan, context.weight.day_window
    smaller = catatan.nilai[c] < bank.nilai[b] if split else bank.nilai[b] < catatan.nilai[c]
    b, c = b[smaller], c[smaller]
    w, *_ = part_weights(context, b, c, split=split)
    parent, members = (b, c) if split else (c, b)
    urut = np.flatnonzero(w >= _LOWEST)
    urut = urut[np.lexsort((members[urut], -w[urut], parent[urut]))]
    starts = np.searchsorted(parent[urut], parent[urut])
    urut = urut[np.arange(len(urut)) - starts < window.part_candidates]
    parent, members, w = parent[urut], members[urut], w[urut]
    start = context.weight.start
    if split:
        before = np.log(start.splits / start.without_purchase) - context.chance_bank
        totals, amounts = bank.nilai[parent], catatan.nilai[members]
    else:
        before = np.log(start.combine / start.without_line) - context.chance_ledger
        totals, amounts = catatan.nilai[parent], bank.nilai[members]
    found: dict[int, list[CandidateSet]] = defaultdict(list)
    for total, places in _exact_sums(parent, totals, amounts, window.most_parts):
        scores = before[parent[total]] + np.where(places >= 0, w[places], 0.0).sum(axis=1)
        for n in np.flatnonzero(scores > 0).tolist():
            parts = sorted(members[places[n][places[n] >= 0]].tolist())
            whole = int(parent[total[n]])
            found[whole].append(CandidateSet(split, whole, tuple(parts), float(scores[n])))
    best = (sorted(found[p], key=lambda s: (-s.w, s.parts))[:_BEST] for p in sorted(found))
    return [one_item for sets in best for one_item in sets]


def part_weights(
    context: MatchContext, b: I64, c: I64, *, split: bool
) -> tuple[F64, F64, F64, F64, I64, I64]:
    """Date and name of parts beside their total, against free rows a day on the card.

    (weight, of the date, of the name, similarity of the name, class of the date, days apart).
    """
    kelas, discrepancy = day_class(context.both.bank, b, context.both.catatan, c, context.weight)
    crowd = context.crowd_ledger if split else context.crowd_bank
    w_day = pair_day_weight(context, b, kelas) - crowd[context.both.bank.kartu[b]]
    w_name, similar = pair_name_weight(context, b, c)
    return w_day + w_name, w_day, w_name, similar, kelas, discrepancy


@cache
def _choices(n: int, at_most: int) -> tuple[F64, I64]:
    """All sets of 2 to `at_most` out of n: as a 0/1 matrix (n, sets) and as padded positions."""
    sets = [s for k in range(2, min(n, at_most) + 1) for s in combinations(range(n), k)]
    matrix = np.zeros((n, len(sets)))
    positions = np.full((len(sets), at_most), -1, dtype=np.int64)
    for nomor, one_item in enumerate(sets):
        matrix[list(one_item), nomor] = 1
        positions[nomor, : len(one_item)] = one_item
    return matrix, positions


def _exact_sums(parent: I64, totals: I64, amounts: I64, at_most: int) -> Iterator[tuple[I64, I64]]:
    """(place of the total's first part, padded places of the parts) of every exact set."""
    _, start, long = np.unique(parent, return_index=True, return_counts=True)
    for n in np.unique(long[long >= 2]).tolist():
        matrix, options = _choices(n, at_most)
        same_length = start[long == n]
        for part in np.array_split(same_length, 1 + len(same_length) * matrix.shape[1] // _AT_ONCE):
            nilai = amounts[part[:, None] + np.arange(n)].astype(np.float64)
            found, choice = np.nonzero(nilai @ matrix == totals[part][:, None])
            places = options[choice]
            yield part[found], np.where(places >= 0, places + part[found][:, None], -1)
