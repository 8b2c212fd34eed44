"""Which pairs are worth a score: equal amounts near in time, then what explains the rest."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from kkpd.engines.matching.amount_gap import amount_class
from kkpd.engines.matching.arrays import I64, Ya, combine_keys, expand_spans
from kkpd.engines.matching.score import DROP_BELOW, Edges, MatchContext, score_pairs, unite

#: Pairs looked at in one go (bounds memory).
AT_ONCE = 1_000_000
#: Leftover rows looked at in one go.
ROWS_AT_ONCE = 100_000
#: At most about so many pairs are looked at in one step; past it windows shrink.
MOST = 5_000_000


def equal_amounts(context: MatchContext) -> Edges:
    """Pairs of one card and one amount whose dates lie within the window."""
    bank, catatan = context.both.bank, context.both.catatan
    day_window = context.weight.day_window
    extent = context.both.amount_count
    b, c = _meeting_pairs(
        bank.kartu * extent + bank.amount_code, bank.acuan,
        catatan.kartu * extent + catatan.amount_code, catatan.day,
        day_window.earlier, day_window.sesudah,
    )  # fmt: skip
    bagian = []
    for mulai in range(0, max(len(b), 1), AT_ONCE):
        left, right = b[mulai : mulai + AT_ONCE], c[mulai : mulai + AT_ONCE]
        one_item = score_pairs(context, left, right, np.zeros(len(left), dtype=np.int64))
        bagian.append(one_item.ambil(one_item.w > DROP_BELOW))
    return unite(bagian)


def cuts(context: MatchContext, rows_b: I64, rows_c: I64) -> Iterator[tuple[I64, I64]]:
    """Leftover rows in pieces of whole cards (bounds memory); both stand in card order."""
    kartu_b, kartu_c = context.both.bank.kartu[rows_b], context.both.catatan.kartu[rows_c]
    banyak = np.bincount(kartu_b, minlength=context.both.card_count)
    banyak = banyak + np.bincount(kartu_c, minlength=context.both.card_count)
    nomor = np.cumsum(banyak) // ROWS_AT_ONCE
    bound = [0, *(np.flatnonzero(np.diff(nomor)) + 1).tolist(), context.both.card_count]
    for dari, sampai in pairwise(bound):
        b = slice(*np.searchsorted(kartu_b, [dari, sampai]))
        c = slice(*np.searchsorted(kartu_c, [dari, sampai]))
        yield rows_b[b], rows_c[c]


def _meeting_pairs(
    bank_keys: I64,
    bank_days: I64,
    purchase_keys: I64,
    purchase_days: I64,
    earlier: int,
    sesudah: int,
) -> tuple[I64, I64]:
    """Positions (in b, in c) of equal keys with day c in [day b - sebelum, day b + sesudah]."""
    base_day = int(min(bank_days.min(initial=0), purchase_days.min(initial=0))) - earlier - 1
    extent = (
        int(max(bank_days.max(initial=0), purchase_days.max(initial=0))) - base_day + sesudah + 2
    )
    if max(int(bank_keys.max(initial=0)), int(purchase_keys.max(initial=0))) >= 2**62 // extent:
        everything = np.unique(np.concatenate([bank_keys, purchase_keys]), return_inverse=True)[1]
        bank_keys, purchase_keys = everything[: len(bank_keys)], everything[len(bank_keys) :]
    moment = purchase_keys * extent + (purchase_days - base_day)
    urut = np.arange(len(moment))
    if (np.diff(moment) < 0).any():
        urut = np.argsort(moment, kind="stable")
        moment = moment[urut]
    dari = bank_keys * extent + (bank_days - base_day)
    start = np.searchsorted(moment, dari - earlier)
    finish = np.searchsorted(moment, dari + sesudah, side="right")
    start, finish = _limit_spans(bank_keys, start.astype(np.int64), finish.astype(np.int64))
    b, positions = expand_spans(start, finish)
    return b, urut[positions].astype(np.int64)


def _limit_spans(kunci: I64, start: I64, finish: I64) -> tuple[I64, I64]:
    """Where thousands of rows are alike, only those near in rank: equal rows pair in order.

    `kunci` stands in order, so the rank of a row among its equals is its place in their run.
    """
    banyak = finish - start
    if int(banyak.sum()) <= MOST:
        return start, finish
    lebar = max(MOST // max(int((banyak > 0).sum()), 1), 8)
    urut = np.argsort(kunci, kind="stable")
    _, starting, isi = np.unique(kunci[urut], return_index=True, return_counts=True)
    pangkat = np.empty(len(kunci))
    pangkat[urut] = (np.arange(len(kunci)) - np.repeat(starting, isi)) / np.repeat(isi, isi)
    middle = start + (pangkat * banyak).astype(np.int64)
    dari = np.clip(middle - lebar // 2, start, np.maximum(finish - lebar, start))
    return dari, np.minimum(dari + lebar, finish)


def near(context: MatchContext, lines_left: I64, purchases_left: I64) -> tuple[I64, I64, int]:
    """Pairs of leftover purchases and lines (amounts > 0) of one card near in time.

    Also the window in days that was looked at: it shrinks when a card holds too many leftovers.
    """
    bank, catatan = context.both.bank, context.both.catatan
    lines_left = lines_left[(bank.nilai[lines_left] > 0) & (bank.acuan[lines_left] >= 0)]
    purchases_left = purchases_left[catatan.nilai[purchases_left] > 0]
    day_window = context.weight.day_window
    sesudah = day_window.part_after
    while sesudah > 0 and _how_many(
        context, lines_left, purchases_left, day_window.part_before, sesudah
    ) > (MOST):
        sesudah //= 2
    b, c = _meeting_pairs(
        bank.kartu[lines_left],
        bank.acuan[lines_left],
        catatan.kartu[purchases_left],
        catatan.day[purchases_left],
        min(day_window.part_before, sesudah),
        sesudah,
    )
    return lines_left[b], purchases_left[c], sesudah


def _how_many(context: MatchContext, b: I64, c: I64, earlier: int, sesudah: int) -> float:
    """About how many pairs the window would give."""
    kartu = context.both.card_count
    left = np.bincount(context.both.bank.kartu[b], minlength=kartu)
    right = np.bincount(context.both.catatan.kartu[c], minlength=kartu)
    lebar = np.minimum((earlier + sesudah + 1) / context.span, 1)
    return float((left * right * lebar).sum())


def amounts_apart(context: MatchContext, b: I64, c: I64) -> Edges:
    """Of near pairs those whose amounts differ in an explained way."""
    bagian = []
    for start in range(0, max(len(b), 1), AT_ONCE):
        left, right = b[start : start + AT_ONCE], c[start : start + AT_ONCE]
        kelas = amount_class(context.both.bank.nilai[left], context.both.catatan.nilai[right])
        present = kelas > 0
        bagian.append(score_pairs(context, left[present], right[present], kelas[present]))
    return unite(bagian)


def days_apart(context: MatchContext, lines_left: I64, purchases_left: I64) -> Edges:
    """Of leftovers the pairs of equal amount whose dates lie outside the window."""
    bank, catatan = context.both.bank, context.both.catatan
    kunci = combine_keys(
        np.concatenate([bank.kartu[lines_left], catatan.kartu[purchases_left]]),
        np.concatenate([bank.amount_code[lines_left], catatan.amount_code[purchases_left]]),
    )
    line_zeros, purchase_zeros = (
        np.zeros(len(lines_left), dtype=np.int64),
        np.zeros(len(purchases_left), dtype=np.int64),
    )
    b, c = _meeting_pairs(
        kunci[: len(lines_left)], line_zeros, kunci[len(lines_left) :], purchase_zeros, 0, 0
    )
    b, c = lines_left[b], purchases_left[c]
    discrepancy = catatan.day[c] - bank.acuan[b]
    day_window = context.weight.day_window
    outside = ~_within(discrepancy, day_window.earlier, day_window.sesudah)
    b, c = b[outside], c[outside]
    # so many are equal by chance that only those count which a name could carry well past zero
    return score_pairs(context, b, c, np.zeros(len(b), dtype=np.int64), bound=1.0)


def _within(discrepancy: I64, earlier: int, sesudah: int) -> Ya:
    hasil: Ya = (discrepancy >= -earlier) & (discrepancy <= sesudah)
    return hasil
