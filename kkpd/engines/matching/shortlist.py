"""What is worth scoring: pairs of equal or explained amounts near in time, and sets that add up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from itertools import combinations
from typing import NamedTuple

import numpy as np

from kkpd.core.errors import DomainError
from kkpd.engines.matching.rows import F64, I64, Bools
from kkpd.engines.matching.score import (
    DROP_BELOW,
    Edges,
    MatchContext,
    amount_class,
    day_class,
    pair_day_weight,
    pair_name_weight,
    score_pairs,
    unite,
)

#: Pairs compared at once (bounds memory).
_AT_ONCE = 1_000_000
#: At most this many pairs per step; beyond it windows shrink.
MOST = 5_000_000
#: More days than any two dates lie apart.
_ANY_DAY = 1 << 22
#: Thresholds in log-odds: the score of a pair, and its lead over every rival of both rows.
_MIN_SCORE = 7.0
_MIN_DISTANCE = 9.0


def equal_amounts(context: MatchContext) -> Edges:
    """Pairs of one card and one amount whose dates lie within the window."""
    lines, purchases = np.arange(len(context.both.bank)), np.arange(len(context.both.catatan))
    window = (context.weight.day_window.earlier, context.weight.day_window.sesudah)
    b, c = _meeting_pairs(context, lines, purchases, window, same_amount=True)
    hasil = score_pairs(context, b, c, np.zeros(len(b), dtype=np.int64))
    return unite([hasil[hasil["w"] > DROP_BELOW]])


def _meeting_pairs(
    context: MatchContext, lines: I64, purchases: I64, window: tuple[int, int], *, same_amount: bool
) -> tuple[I64, I64]:
    """Pairs of one card, and one amount if so asked, with dates in the window (before, after).

    The window shrinks while it holds too many pairs; DomainError where one day does.
    """
    bank, catatan = context.both.bank, context.both.catatan
    left, right = bank.kartu[lines], catatan.kartu[purchases]
    if same_amount:
        left = left * context.both.amount_count + bank.amount_code[lines]
        right = right * context.both.amount_count + catatan.amount_code[purchases]
    # keys are far enough apart that windows never overlap
    moment = right * 4 * _ANY_DAY + catatan.day[purchases]
    urut = np.argsort(moment, kind="stable")
    around = left * 4 * _ANY_DAY + bank.reference[lines]
    start = np.searchsorted(moment[urut], around - window[0])
    many = np.searchsorted(moment[urut], around + window[1], side="right") - start
    total = int(many.sum())
    if total > MOST:
        if not any(window):
            raise DomainError(
                "Terlalu banyak baris yang serupa pada satu kartu dan satu hari untuk "
                "dicocokkan. Cocokkan berkas yang lebih pendek."
            )
        shorter = (window[0] // 2, window[1] // 2)
        return _meeting_pairs(context, lines, purchases, shorter, same_amount=same_amount)
    places = np.arange(total) + np.repeat(start - (np.cumsum(many) - many), many)
    return np.repeat(lines, many), purchases[urut[places]]


def near(context: MatchContext, lines: I64, purchases: I64) -> tuple[I64, I64]:
    """Pairs of leftover purchases and lines (amounts > 0) of one card near in time."""
    bank, catatan = context.both.bank, context.both.catatan
    lines = lines[(bank.nilai[lines] > 0) & (bank.reference[lines] >= 0)]
    purchases = purchases[catatan.nilai[purchases] > 0]
    window = (context.weight.day_window.part_before, context.weight.day_window.part_after)
    return _meeting_pairs(context, lines, purchases, window, same_amount=False)


def amounts_apart(context: MatchContext, b: I64, c: I64) -> Edges:
    """Of near pairs those whose amounts differ in an explained way."""
    parts = []
    for start in range(0, max(len(b), 1), _AT_ONCE):
        left, right = b[start : start + _AT_ONCE], c[start : start + _AT_ONCE]
        kelas = amount_class(context.both.bank.nilai[left], context.both.catatan.nilai[right])
        present = kelas > 0
        parts.append(score_pairs(context, left[present], right[present], kelas[present]))
    return np.concatenate(parts)


def days_apart(context: MatchContext, lines: I64, purchases: I64) -> Edges:
    """Of leftovers the pairs of equal amount whose dates lie outside the window."""
    b, c = _meeting_pairs(context, lines, purchases, (_ANY_DAY, _ANY_DAY), same_amount=True)
    discrepancy = context.both.catatan.day[c] - context.both.bank.reference[b]
    window = context.weight.day_window
    outside = (discrepancy < -window.earlier) | (discrepancy > window.sesudah)
    b, c = b[outside], c[outside]
    # so many are equal by chance that only those count which a name could carry well past zero
    return score_pairs(context, b, c, np.zeros(len(b), dtype=np.int64), bound=1.0)


def settled_pairs(context: MatchContext, pairs: Edges) -> tuple[Bools, F64, F64]:
    """Pairs that no rival comes near: (settled or not, probability, bound of the margin) of each.

    They are accepted first; the solver handles the rest.
    """
    w = pairs["w"]
    odds = np.exp(np.minimum(w, 60))
    rivals, runners_up = np.zeros(len(w)), np.zeros(len(w))
    sides = (("b", context.both.bank), ("c", context.both.catatan))
    for nodes, extent in ((pairs[field], len(side)) for field, side in sides):
        above, below = np.full(extent, -np.inf), np.full(extent, -np.inf)
        np.maximum.at(above, nodes, w)
        leads = w == above[nodes]
        np.maximum.at(below, nodes[~leads], w[~leads])
        ties = np.bincount(nodes[leads], minlength=extent) > 1
        below[ties] = above[ties]
        runners_up += np.maximum(np.where(leads, below[nodes], above[nodes]), 0)
        total = np.bincount(nodes, weights=odds, minlength=extent)
        rivals += np.maximum(total[nodes] - odds, 0)
    distance = w - runners_up
    settled = (w >= _MIN_SCORE) & ((distance >= _MIN_DISTANCE) | (runners_up == 0))
    return settled, 1 / (1 + (1 + rivals) / odds), distance


#: Sums compared in one go (bounds memory).
_SETS_AT_ONCE = 8_000_000
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
        for part in np.array_split(
            same_length, 1 + len(same_length) * matrix.shape[1] // _SETS_AT_ONCE
        ):
            nilai = amounts[part[:, None] + np.arange(n)].astype(np.float64)
            found, choice = np.nonzero(nilai @ matrix == totals[part][:, None])
            places = options[choice]
            yield part[found], np.where(places >= 0, places + part[found][:, None], -1)
