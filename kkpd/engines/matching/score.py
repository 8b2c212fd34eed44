"""The score of a pair: a sum of named log-odds (Fellegi-Sunter), aware of what is common.

    W = ln P(line has a purchase) / P(it has none)
      + ln share(amount class) / chance of such an amount        "nilai"
      + ln share(date class) / free purchases a day on the card  "tanggal"
      + ln P(texts | same merchant) / P(texts | any purchase)    "nama"

W compares "these two are one purchase" with "both stay alone"; it is 0 where one cannot say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kkpd.engines.matching.amount_gap import (
    amount_class,
    amount_weight,
    log_chance,
    log_surcharge_chance,
)
from kkpd.engines.matching.day_gap import day_class, day_weight
from kkpd.engines.matching.merchant_names import MerchantName, compare, prepare
from kkpd.engines.matching.rows import F64, I64, BothSides, Side, codes
from kkpd.engines.matching.weights import Weights

#: Among equals the pairing in date order wins: the cost of a day squared.
_ORDER_COST = 1e-7
#: Pairs less likely than this (log-odds) are forgotten.
DROP_BELOW = -2.5
#: Candidate pairs, one record each; the fields are those of a `LinkRow`.
Edges = npt.NDArray[np.void]
_EDGE = np.dtype(
    [
        *((nama, np.int64) for nama in ("b", "c", "amount_class", "day_class", "days_apart")),
        *((nama, np.float32) for nama in ("similar", "w_amount", "w_day", "w_name")),
        ("w", np.float64),
    ]
)


@dataclass(frozen=True, slots=True)
class MatchContext:
    """Both sides with what is common on them: chances per row, rates per card.

    `crowd_*` is the log of unmatched rows a day on each card, `chance_*` the log chance of a row's
    amount, `commonness_*` how common a row's merchant is on its card (0..1).
    """

    both: BothSides
    nama: MerchantName
    heads: MerchantName
    weight: Weights
    span: F64
    crowd_bank: F64
    crowd_ledger: F64
    chance_bank: F64
    chance_ledger: F64
    commonness_bank: F64
    commonness_ledger: F64
    sorted_amounts: I64


def edges(*columns: npt.NDArray[np.generic]) -> Edges:
    """Pairs from their columns, in the order of the fields."""
    hasil = np.empty(len(columns[0]), dtype=_EDGE)
    for nama, column in zip(_EDGE.names or (), columns, strict=True):
        hasil[nama] = column
    return hasil


def unite(parts: Sequence[Edges]) -> Edges:
    """All pairs of several lists, ordered by (line, purchase)."""
    hasil = np.concatenate(parts)
    return hasil[np.lexsort((hasil["c"], hasil["b"]))]


def prepare_context(both: BothSides, weight: Weights) -> MatchContext:
    """Counts and rates of both sides, once."""
    nama, heads = prepare(both.bank.name_list, both.catatan.name_list, weight.nama)
    span = _card_spans(both)
    recorded = np.bincount(both.catatan.kartu, minlength=both.card_count)
    billed = np.bincount(both.bank.kartu, minlength=both.card_count)
    return MatchContext(
        both=both,
        nama=nama,
        heads=heads,
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
    for side in (both.bank, both.catatan):
        present = side.reference >= 0
        np.minimum.at(start, side.kartu[present], side.reference[present])
        np.maximum.at(finish, side.kartu[present], side.reference[present])
    hasil: F64 = np.maximum(finish - np.minimum(start, finish) + 1, 15).astype(np.float64)
    return hasil


def _commonness(side: Side, family: I64) -> F64:
    """How common each row's merchant is: its share on the card, leaning on its share in the file.

    The row itself is left out; a text that names nobody is as common as can be.
    """
    if len(side) == 0:
        return np.empty(0)
    kode = family[side.nama]
    everywhere = (np.bincount(kode + 1)[kode + 1] - 0.5) / (len(side) + 1000)
    on_card = np.bincount(side.kartu)[side.kartu]
    same = codes(side.kartu, kode)
    hasil: F64 = (np.bincount(same)[same] - 1 + 10 * everywhere) / (on_card - 1 + 10)
    return np.where(kode < 0, 1.0, hasil)


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
    day, discrepancy = day_class(bank, b, catatan, c, weight)
    w_amount = amount_weight(
        kelas,
        context.chance_bank[b],
        context.chance_ledger[c],
        log_surcharge_chance(bank.nilai[b], context.sorted_amounts),
        weight,
    )
    w_day = pair_day_weight(context, b, day) - context.crowd_ledger[bank.kartu[b]]
    start = np.log((1 - weight.start.without_purchase) / weight.start.without_purchase)
    w = start + w_amount + w_day - _ORDER_COST * discrepancy.astype(np.float64) ** 2
    most_by_name = -np.log(np.maximum(context.commonness_bank[b], context.commonness_ledger[c]))
    kept = w + most_by_name > bound
    b, c, w = b[kept], c[kept], w[kept]
    w_name, similar = pair_name_weight(context, b, c)
    return edges(
        b, c, kelas[kept], day[kept], discrepancy[kept],
        similar, w_amount[kept], w_day[kept], w_name, w + w_name,
    )  # fmt: skip


def pair_day_weight(context: MatchContext, b: I64, kelas: I64) -> F64:
    """Log of `share / ways` of the date classes."""
    return day_weight(kelas, context.span[context.both.bank.kartu[b]], context.weight)


def pair_name_weight(context: MatchContext, b: I64, c: I64) -> tuple[F64, F64]:
    """(log-odds of the merchant texts, similarity or nan) for pairs of rows."""
    bank, catatan = context.both.bank, context.both.catatan
    logit, similar = compare(context.nama, bank.nama[b], catatan.nama[c], context.weight.nama)
    common = np.maximum(context.commonness_bank[b], context.commonness_ledger[c])
    return name_weight(logit, common), similar


def name_weight(logit: F64, common: F64) -> F64:
    """Log-odds of texts beside any purchase of the card; 0 where they cannot be compared."""
    return np.nan_to_num(logit - np.log(common * np.exp(np.nan_to_num(logit)) + 1 - common))
