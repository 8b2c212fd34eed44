"""The score of a pair: a sum of named log-odds (Fellegi-Sunter), aware of what is common.

    W = ln P(line has a purchase) / P(it has none)
      + ln share(amount class) / chance of such an amount        "nilai"
      + ln share(date class) / free purchases a day on the card  "tanggal"
      + ln P(texts | same merchant) / P(texts | any purchase)    "nama"

W compares "these two are one purchase" with "both stay alone"; it is 0 where one cannot say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from kkpd.engines.matching.amount_gap import (
    amount_class,
    amount_weight,
    log_chance,
    log_surcharge_chance,
)
from kkpd.engines.matching.arrays import F32, F64, I16, I32, I64, Ya, combine_keys, count_equal
from kkpd.engines.matching.columns import BothSides, Side
from kkpd.engines.matching.day_gap import day_class, day_weight
from kkpd.engines.matching.merchant_names import MerchantName, compare, prepare
from kkpd.engines.matching.weights import Weights

#: Among equals the pairing in date order wins: the cost of a day squared.
_ORDER_COST = 1e-7
#: Pairs less likely than this (log-odds) are forgotten.
DROP_BELOW = -2.5


@dataclass(frozen=True, slots=True)
class MatchContext:
    """Both sides with what is common on them: chances per row, rates per card.

    `ramai_*` is the log of unmatched rows a day on each card, `kebetulan_*` the log chance of a
    row's amount, `lazim_*` how common a row's merchant is on its card (0..1).
    """

    both: BothSides
    nama: MerchantName
    weight: Weights
    span: F64
    crowd_bank: F64
    crowd_ledger: F64
    chance_bank: F64
    chance_ledger: F64
    commonness_bank: F64
    commonness_ledger: F64
    sorted_amounts: I64


@dataclass(frozen=True, slots=True)
class Edges:
    """Candidate pairs as columns: rows, classes, similarity, the parts of the score, the score."""

    b: I64
    c: I64
    amount_class: I16
    day_class: I16
    days_apart: I32
    similar: F32
    w_amount: F32
    w_day: F32
    w_name: F32
    w: F64

    def __len__(self) -> int:
        return len(self.b)

    def ambil(self, picked: Ya | I64) -> Edges:
        """The chosen pairs."""
        return Edges(*(getattr(self, column.name)[picked] for column in fields(self)))


def unite(bagian: Sequence[Edges]) -> Edges:
    """All pairs of several lists, ordered by (line, purchase)."""
    intact = Edges(
        *(
            np.concatenate([getattr(one_item, column.name) for one_item in bagian])
            for column in fields(Edges)
        )
    )
    return intact.ambil(np.lexsort((intact.c, intact.b)))


def prepare_context(both: BothSides, weight: Weights) -> MatchContext:
    """Counts and rates of both sides, once."""
    nama = prepare(both.bank.name_list, both.catatan.name_list, weight.nama)
    span = _card_spans(both)
    recorded = np.bincount(both.catatan.kartu, minlength=both.card_count)
    billed = np.bincount(both.bank.kartu, minlength=both.card_count)
    return MatchContext(
        both=both,
        nama=nama,
        weight=weight,
        span=span,
        crowd_bank=np.log((billed * weight.start.without_purchase + 0.5) / span),
        crowd_ledger=np.log((recorded * weight.start.without_line + 0.5) / span),
        chance_bank=log_chance(both.bank),
        chance_ledger=log_chance(both.catatan),
        commonness_bank=_commonness(both.bank, nama.family[nama.bank]),
        commonness_ledger=_commonness(both.catatan, nama.family[nama.catatan]),
        sorted_amounts=np.sort(both.catatan.nilai),
    )


def _card_spans(both: BothSides) -> F64:
    """Days that the rows of each card span, at least a fortnight."""
    start = np.full(both.card_count, np.iinfo(np.int64).max)
    finish = np.zeros(both.card_count, dtype=np.int64)
    for sisi in (both.bank, both.catatan):
        present = sisi.acuan >= 0
        np.minimum.at(start, sisi.kartu[present], sisi.acuan[present])
        np.maximum.at(finish, sisi.kartu[present], sisi.acuan[present])
    hasil: F64 = np.maximum(finish - np.minimum(start, finish) + 1, 15).astype(np.float64)
    return hasil


def _commonness(sisi: Side, family: I64) -> F64:
    """How common each row's merchant is: its share on the card, leaning on its share in the file.

    The row itself is left out; a text that names nobody is as common as can be.
    """
    kode = family[sisi.nama] if len(family) else np.empty(0, dtype=np.int64)
    banyak = len(kode)
    umum = (np.bincount(kode + 1)[kode + 1] - 0.5) / (banyak + 1000)
    on_card = np.bincount(sisi.kartu)[sisi.kartu] if banyak else np.empty(0)
    kartu = count_equal(combine_keys(sisi.kartu, kode + 1)) - 1
    hasil: F64 = np.where(kode < 0, 1.0, (kartu + 10 * umum) / (on_card - 1 + 10))
    return hasil


def score_pairs(
    context: MatchContext, b: I64, c: I64, kelas: I64 | None = None, bound: float = DROP_BELOW
) -> Edges:
    """Score pairs of rows, but those whose amounts nothing explains or no name could save.

    A pair is kept if with equal texts its score would pass `bound`.
    """
    bank, catatan, weight = context.both.bank, context.both.catatan, context.weight
    if kelas is None:
        kelas = amount_class(bank.nilai[b], catatan.nilai[c])
    present = kelas >= 0
    b, c, kelas = b[present], c[present], kelas[present]
    kelas_h, discrepancy = day_class(bank, b, catatan, c, weight)
    w_amount = amount_weight(
        kelas,
        context.chance_bank[b],
        context.chance_ledger[c],
        log_surcharge_chance(bank.nilai[b], context.sorted_amounts),
        weight,
    )
    w_day = pair_day_weight(context, b, kelas_h) - context.crowd_ledger[bank.kartu[b]]
    start = np.log((1 - weight.start.without_purchase) / weight.start.without_purchase)
    w = start + w_amount + w_day - _ORDER_COST * discrepancy.astype(np.float64) ** 2
    eligible = w + most_by_name(context, b, c) > bound
    b, c, w = b[eligible], c[eligible], w[eligible]
    w_name, similar = pair_name_weight(context, b, c)
    bagian = (similar, w_amount[eligible], w_day[eligible], w_name)
    return edges(
        b, c, (kelas[eligible], kelas_h[eligible], discrepancy[eligible]), bagian, w + w_name
    )


def most_by_name(context: MatchContext, b: I64, c: I64) -> F64:
    """The most that the texts could add: what two equal texts would."""
    hasil: F64 = -np.log(np.maximum(context.commonness_bank[b], context.commonness_ledger[c]))
    return hasil


def edges(
    b: I64, c: I64, kelas: tuple[I64, I64, I64], bagian: tuple[F64, F64, F64, F64], w: F64
) -> Edges:
    """Pairs with their comparison: (amount class, date class, days), (similarity, weights...)."""
    amount_class, day_class, discrepancy = kelas
    similar, w_amount, w_day, w_name = (one_item.astype(np.float32) for one_item in bagian)
    return Edges(
        b,
        c,
        amount_class.astype(np.int16),
        day_class.astype(np.int16),
        np.clip(discrepancy, -(2**30), 2**30).astype(np.int32),
        similar,
        w_amount,
        w_day,
        w_name,
        w,
    )


def pair_day_weight(context: MatchContext, b: I64, kelas: I64) -> F64:
    """Log of `share / ways` of the date classes."""
    return day_weight(kelas, context.span[context.both.bank.kartu[b]], context.weight)


def pair_name_weight(context: MatchContext, b: I64, c: I64) -> tuple[F64, F64]:
    """(log-odds of the merchant texts, similarity or nan) for pairs of rows."""
    bank, catatan = context.both.bank, context.both.catatan
    logit, similar = compare(context.nama, bank.nama[b], catatan.nama[c], context.weight.nama)
    commonness = np.maximum(context.commonness_bank[b], context.commonness_ledger[c])
    w = logit - np.log(commonness * np.exp(np.nan_to_num(logit)) + 1 - commonness)
    return np.nan_to_num(w), similar
