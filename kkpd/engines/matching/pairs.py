"""The pairs to score: equal amounts near in time, then explained differences."""

from __future__ import annotations

import numpy as np

from kkpd.core.errors import DomainError
from kkpd.engines.matching.amount_gap import amount_class
from kkpd.engines.matching.rows import F64, I64, Bools
from kkpd.engines.matching.score import DROP_BELOW, Edges, MatchContext, score_pairs, unite

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
