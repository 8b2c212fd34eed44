"""A negative line without a negative purchase finds the purchase it gives back.

The original stands on the same card, before the refund, with at least its amount; the merchant text
is compared with the typed name and with the text of the line that was linked to the original.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from kkpd.engines.matching.arrays import F64, I64, Ya, expand_spans
from kkpd.engines.matching.columns import NO_DAY
from kkpd.engines.matching.merchant_names import compare, may_be_same
from kkpd.engines.matching.pairs import AT_ONCE
from kkpd.engines.matching.score import DROP_BELOW, Edges, MatchContext, edges, unite

#: A purchase may be typed a little after the bank already gave it back.
_DAYS_AHEAD = 3
#: At most about so many pairs are looked at, in pieces.
_MOST = 30_000_000
#: Sen: one rupiah, and the whole hundreds and thousands that shops give parts back in.
_ONE_RUPIAH, _ROUND = 100, (10_000, 100_000)


@dataclass(frozen=True, slots=True)
class _Origin:
    """What the bank knows of each purchase: amount and day of its line, else as typed.

    `write_out` is the typed amount: a shop gives back its price, seldom the surcharge on top of it.
    """

    nilai: I64
    write_out: I64
    day: I64
    baris: I64


def refund_origins(context: MatchContext, b: I64, c: I64, line_of: I64) -> Edges:
    """Originals among purchases `c` for negative lines `b`; `baris_dari[c]` is c's line or -1.

    The amount class is 0 for a whole refund and 1 for a part; days count back from the refund.
    """
    asal = _origin(context, line_of)
    # the empty piece gives the answer its columns where there is nothing to look at
    return unite(
        [_weigh(context, left, right, asal) for left, right in _nearby(context, b, c, asal)]
        or [_weigh(context, b[:0], c[:0], asal)]
    )


def _weigh(context: MatchContext, b: I64, c: I64, asal: _Origin) -> Edges:
    """Score pairs of a refund and an original; those that no name could save are left out."""
    bank, catatan, weight = context.both.bank, context.both.catatan, context.weight.refund
    day = bank.acuan[b] - asal.day[c]
    kelas, w_amount = _value(context, b, c, asal)
    recorded = np.bincount(catatan.kartu, minlength=context.both.card_count) / context.span
    decline = np.where(day < 0, np.log(weight.ahead), -day / weight.mean_days)
    w_day = decline - np.log(weight.mean_days) - np.log(recorded[bank.kartu[b]])
    w = np.log(weight.recorded / (1 - weight.recorded)) + w_amount + w_day
    eligible = w - np.log(context.commonness_bank[b]) > DROP_BELOW
    b, c, w, day = b[eligible], c[eligible], w[eligible], day[eligible]
    w_name, similar = _name(context, b, c, asal)
    bagian = (similar, w_amount[eligible], w_day[eligible], w_name)
    everything = edges(b, c, (kelas[eligible], day, -day), bagian, w + w_name)
    return everything.ambil(everything.w > DROP_BELOW)


def _origin(context: MatchContext, line_of: I64) -> _Origin:
    """A month may have purchases and no line yet: only linked purchases ask for theirs."""
    bank, catatan = context.both.bank, context.both.catatan
    nilai, day = catatan.nilai.copy(), catatan.day.copy()
    held = np.flatnonzero(line_of >= 0)
    held = held[bank.acuan[line_of[held]] >= 0]
    baris = line_of[held]
    nilai[held] = bank.nilai[baris]
    # a posting day says only that the purchase was not later; the typed day may be nearer to it
    known = bank.day[baris] != NO_DAY
    day[held] = np.where(known, bank.acuan[baris], np.minimum(bank.acuan[baris], day[held]))
    return _Origin(nilai, catatan.nilai, day, line_of)


def _value(context: MatchContext, b: I64, c: I64, asal: _Origin) -> tuple[I64, F64]:
    """(0 whole, 1 part; log share / chance of the amount)."""
    returned, in_full = -context.both.bank.nilai[b], np.stack([asal.nilai[c], asal.write_out[c]])
    weight, chance = context.weight.refund, context.chance_ledger[c]
    urut = context.sorted_amounts
    enough = (len(urut) - np.searchsorted(urut, returned) + 1) / (len(urut) + 1)
    w = np.log(weight.share_other) - np.log(enough)
    for bagian, share in ((20, weight.share_twentieths), (4, weight.share_quarters)):
        exact, rough = _in_part(returned, in_full, bagian)
        precise = _part_chance(returned, np.full_like(returned, _ONE_RUPIAH), urut, bagian)
        precise = np.maximum(precise, np.minimum(chance + np.log(bagian - 1), -0.1))
        rounded = _part_chance(returned, _unit(returned), urut, bagian)
        for affected, by_chance in ((exact, precise), (rough, rounded)):
            w = np.where(affected, np.maximum(w, np.log(share) - by_chance), w)
    same = (returned == in_full).any(axis=0)
    # a slip of the pen is rare by chance, the amount that the bank wrote beside it need not be
    baris = asal.baris[c]
    chance = np.where((returned != in_full[1]) & (baris >= 0), context.chance_bank[baris], chance)
    return np.where(same, 0, 1), np.where(same, np.log(weight.in_full) - chance, w)


def _in_part(returned: I64, in_full: I64, bagian: int) -> tuple[Ya, Ya]:
    """Is `returned` a number of `bagian`-ths of `in_full`: to the rupiah; as shops round it."""
    splits = in_full * np.round(returned * bagian / in_full) / bagian
    discrepancy = np.abs(splits - returned)
    satuan = _unit(returned)
    exact: Ya = np.any(discrepancy <= _ONE_RUPIAH, axis=0)
    rounded: Ya = np.any((discrepancy < satuan) & (returned % satuan == 0), axis=0)
    return exact, rounded


def _unit(returned: I64) -> I64:
    """The unit in which a shop may have rounded an amount (sen)."""
    return np.where(returned % _ROUND[1] == 0, _ROUND[1], _ROUND[0])


def _part_chance(returned: I64, satuan: I64, urut: I64, bagian: int) -> F64:
    """Log chance that any purchase has `returned` as a number of its `bagian`-ths, to `satuan`.

    Fifty thousand is near some twentieth of every third purchase and says next to nothing.
    """
    _, first_one, balik = np.unique(returned, return_index=True, return_inverse=True)
    nilai, satuan = returned[first_one, None], satuan[first_one, None]
    ke = bagian / np.arange(1, bagian + 1)
    below = np.searchsorted(urut, (nilai - satuan) * ke, side="left")
    above = np.searchsorted(urut, (nilai + satuan) * ke, side="right")
    banyak = (above - below).sum(axis=1)
    hasil: F64 = np.minimum(np.log((banyak + 1) / (len(urut) + 100)), -0.1)[balik]
    return hasil


def _nearby(context: MatchContext, b: I64, c: I64, asal: _Origin) -> Iterator[tuple[I64, I64]]:
    """Purchases of the card within the window that are large enough and could be the merchant.

    In pieces, since a card of thousands of lines has as many purchases before each refund.
    """
    bank, catatan = context.both.bank, context.both.catatan
    c = c[np.lexsort((asal.day[c], catatan.kartu[c]))]
    extent = int(max(asal.day.max(initial=0), bank.acuan.max(initial=0))) + 10
    moment = catatan.kartu[c] * extent + asal.day[c]
    dari = bank.kartu[b] * extent + np.maximum(bank.acuan[b], 0)
    start = np.searchsorted(moment, dari - context.weight.day_window.refund_days).astype(np.int64)
    finish = np.searchsorted(moment, dari + _DAYS_AHEAD, side="right").astype(np.int64)
    # where too many purchases stand before the refunds, the latest ones
    start = np.maximum(start, finish - max(_MOST // max(len(b), 1), 50))
    line_letters = context.nama.letters[context.nama.bank[bank.nama[b]]]
    purchase_letters = context.nama.letters[context.nama.catatan[catatan.nama[c]]]
    cuts = np.cumsum(finish - start) // AT_ONCE
    for cut in np.split(np.arange(len(b)), np.flatnonzero(np.diff(cuts)) + 1):
        nomor, positions = expand_spans(start[cut], finish[cut])
        i = cut[nomor]
        enough = np.maximum(asal.nilai, asal.write_out)[c[positions]] >= -bank.nilai[b[i]]
        i, positions = i[enough], positions[enough]
        returned, from_purchase = -bank.nilai[b[i]], c[positions]
        same = (asal.nilai[from_purchase] == returned) | (asal.write_out[from_purchase] == returned)
        similar = may_be_same(line_letters[i], purchase_letters[positions])
        yield b[i[same | similar]], c[positions[same | similar]]


def _name(context: MatchContext, b: I64, c: I64, dari: _Origin) -> tuple[F64, F64]:
    bank, catatan, nama = context.both.bank, context.both.catatan, context.nama
    logit, similar = compare(nama, bank.nama[b], catatan.nama[c], context.weight.nama)
    asal = dari.baris[c]
    present = np.flatnonzero(asal >= 0)
    left, right = bank.nama[b[present]], bank.nama[asal[present]]
    header = nama.header(np.concatenate([left, right]))
    logit_b, line_similar = compare(header, left, right, context.weight.nama)
    logit[present] = np.fmax(logit[present], logit_b)
    similar[present] = np.fmax(similar[present], line_similar)
    commonness = np.maximum(context.commonness_bank[b], context.commonness_ledger[c])
    commonness = np.where(commonness >= 1, context.commonness_bank[b], commonness)
    w = logit - np.log(commonness * np.exp(np.nan_to_num(logit)) + 1 - commonness)
    return np.nan_to_num(w), similar
