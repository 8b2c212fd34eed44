"""Find the original purchase of a negative line that has no negative purchase.

The original is on the same card, before the refund, with at least its amount; the merchant text is
compared with the typed name and with the text of the line that was linked to the original. An
original is refunded once, or in pieces that together do not exceed it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kkpd.engines.matching.links import ONE, REFUND, FoundLink, single_links
from kkpd.engines.matching.merchant_names import compare, may_be_same
from kkpd.engines.matching.rows import F64, I64, NO_DAY, Bools, codes
from kkpd.engines.matching.score import (
    DROP_BELOW,
    Edges,
    MatchContext,
    edges,
    name_weight,
    unite,
)
from kkpd.engines.matching.worlds import (
    LinkGraph,
    best_world,
    equivalents,
    peluang,
    positive_part,
    sum_by_class,
)

#: A purchase may be recorded shortly after the bank has refunded it.
_DAYS_AHEAD = 3
#: Sen: one rupiah, and the whole hundreds and thousands that shops give parts back in.
_ONE_RUPIAH, _ROUND = 100, (10_000, 100_000)


@dataclass(frozen=True, slots=True)
class _Origin:
    """What the bank knows of each purchase: its line (or -1), amount and day, else as typed."""

    nilai: I64
    day: I64
    baris: I64


def give_back(context: MatchContext, links: list[FoundLink]) -> list[FoundLink]:
    """Refunds of originals, among the negative lines that `links` leave over."""
    both = context.both
    free = np.ones(len(both.bank), dtype=np.bool_)
    line_of = np.full(len(both.catatan), -1, dtype=np.int64)
    for link in links:
        free[[row.b for row in link.rows]] = False
        if link.jenis == ONE:
            line_of[link.rows[0].c] = link.rows[0].b
    b = np.flatnonzero(free & (both.bank.nilai < 0) & (both.bank.reference >= 0))
    shortlist, pieces = _with_pieces(context, refund_origins(context, b, line_of), line_of)
    if not len(shortlist):
        return []
    link_graph = _refund_graph(context, shortlist, pieces)
    p = sum_by_class(peluang(link_graph, link_graph.w), link_graph.same)
    largest = context.weight.day_window.largest_component
    picked, label, _ = positive_part(link_graph, p, largest)
    selected, distance = best_world(link_graph.fetch(picked), label, largest)
    selected = picked[selected]
    enough = _remaining(context, shortlist[selected], line_of) >= 0
    selected, distance = selected[enough], distance[enough]
    return single_links(REFUND, shortlist[selected], p[selected], p[selected], distance)


def _with_pieces(context: MatchContext, shortlist: Edges, line_of: I64) -> tuple[Edges, Bools]:
    """Candidates worth keeping, and which of them are a further piece of their original.

    What fits beside the likelier candidates of its original stands twice: as the one that gives it
    back, and as a further piece, which excludes nobody but is as rare as such pieces are.
    """
    first_one = np.zeros(len(shortlist), dtype=np.bool_)
    urut = _order(shortlist)
    first_one[urut] = np.diff(shortlist["c"][urut], prepend=-1) != 0
    left_over = _remaining(context, shortlist, line_of)
    further = (left_over >= 0) & ~first_one
    pieces, weight = shortlist[further], context.weight.refund
    # a piece that completes the original counts like a full refund
    used_up = np.log(weight.in_full) - context.chance_ledger[pieces["c"]] - pieces["w_amount"]
    last = np.where(left_over[further] == 0, np.maximum(used_up, 0), 0)
    added = np.log(weight.further) + last
    pieces["w"] += added
    pieces["w_amount"] = pieces["w_amount"] + added
    pieces = pieces[pieces["w"] > DROP_BELOW]
    is_piece = np.repeat([False, True], [len(shortlist), len(pieces)])
    return np.concatenate([shortlist, pieces]), is_piece


def _order(shortlist: Edges) -> I64:
    """Sorted by original, the most likely first."""
    return np.lexsort((shortlist["b"], -shortlist["w"], shortlist["c"])).astype(np.int64)


def _remaining(context: MatchContext, shortlist: Edges, line_of: I64) -> I64:
    """What each refund and all likelier ones of its original leave of it (sen; below 0: more than
    it was). Of the typed amount and the bank's, the one that comes out even, else the greater.
    """
    bank, catatan = context.both.bank.nilai, context.both.catatan.nilai
    urut = _order(shortlist)
    b, c = shortlist["b"][urut], shortlist["c"][urut]
    total = np.cumsum(-bank[b])
    start = np.flatnonzero(np.diff(c, prepend=-1) != 0)
    earlier = np.repeat(total[start] + bank[b[start]], np.diff(np.append(start, len(c))))
    baris = line_of[c]
    in_full = np.where(baris >= 0, np.maximum(bank[baris], catatan[c]), catatan[c])
    given_back = total - earlier
    hasil = np.empty(len(shortlist), dtype=np.int64)
    hasil[urut] = np.where(given_back == catatan[c], 0, in_full - given_back)
    return hasil


def _refund_graph(context: MatchContext, shortlist: Edges, pieces: Bools) -> LinkGraph:
    """Refunds and originals; a further piece stands at a place of its own beside its original."""
    both = context.both
    extent = len(both.bank) + len(both.catatan)
    b, c = shortlist["b"], shortlist["c"] + len(both.bank)
    c[pieces] = extent + np.arange(int(pieces.sum()))
    kelas = equivalents(both.catatan, context.nama.catatan[both.catatan.nama])
    return LinkGraph(
        shortlist["w"],
        list(zip(b.tolist(), c.tolist(), strict=True)),
        codes(b, kelas[shortlist["c"]]),
        extent + int(pieces.sum()),
    )


def refund_origins(context: MatchContext, b: I64, line_of: I64) -> Edges:
    """Originals of the negative lines `b`; `line_of[c]` is the line of purchase c or -1.

    The amount class is 0 for a whole refund and 1 for a part; days count back from the refund.
    """
    asal = _origin(context, line_of)
    b, c = _nearby(context, b, asal)
    bank, catatan, weight = context.both.bank, context.both.catatan, context.weight.refund
    day = bank.reference[b] - asal.day[c]
    kelas, w_amount = _amount(context, b, c, asal)
    recorded = np.bincount(catatan.kartu, minlength=context.both.card_count) / context.span
    decline = np.where(day < 0, np.log(weight.ahead), -day / weight.mean_days)
    w_day = decline - np.log(weight.mean_days) - np.log(recorded[bank.kartu[b]])
    w = np.log(weight.recorded / (1 - weight.recorded)) + w_amount + w_day
    # without those that no name could make likely
    kept = w - np.log(context.commonness_bank[b]) > DROP_BELOW
    b, c, w, day = b[kept], c[kept], w[kept], day[kept]
    w_name, similar = _name(context, b, c, asal)
    found = edges(
        b, c, kelas[kept], day, -day, similar, w_amount[kept], w_day[kept], w_name, w + w_name
    )
    return unite([found[found["w"] > DROP_BELOW]])


def _origin(context: MatchContext, line_of: I64) -> _Origin:
    """A month may have purchases and no line yet: only linked purchases ask for theirs."""
    bank, catatan = context.both.bank, context.both.catatan
    nilai, day = catatan.nilai.copy(), catatan.day.copy()
    held = np.flatnonzero(line_of >= 0)
    held = held[bank.reference[line_of[held]] >= 0]
    baris = line_of[held]
    nilai[held] = bank.nilai[baris]
    # a posting day says only that the purchase was not later; the typed day may be nearer to it
    known = bank.day[baris] != NO_DAY
    day[held] = np.where(known, bank.reference[baris], np.minimum(bank.reference[baris], day[held]))
    return _Origin(nilai, day, line_of)


def _nearby(context: MatchContext, b: I64, asal: _Origin) -> tuple[I64, I64]:
    """Purchases of the card within the window that are large enough and could be the merchant."""
    bank, catatan, nama = context.both.bank, context.both.catatan, context.nama
    start = np.searchsorted(catatan.kartu, bank.kartu[b]).tolist()
    finish = np.searchsorted(catatan.kartu, bank.kartu[b], side="right").tolist()
    left = nama.letters[nama.bank[bank.nama[b]]]
    right = nama.letters[nama.catatan[catatan.nama]]
    found = [np.empty(0, dtype=np.int64)]
    for n, row in enumerate(b.tolist()):
        c = slice(start[n], finish[n])
        returned, day = -bank.nilai[row], asal.day[c] - bank.reference[row]
        amount, typed = asal.nilai[c], context.both.catatan.nilai[c]
        present = (day >= -context.weight.day_window.refund_days) & (day <= _DAYS_AHEAD)
        present &= (typed > 0) & (np.maximum(amount, typed) >= returned)
        present &= (amount == returned) | (typed == returned) | may_be_same(left[n], right[c])
        found.append(start[n] + np.flatnonzero(present))
    return np.repeat(b, [len(c) for c in found[1:]]), np.concatenate(found)


def _amount(context: MatchContext, b: I64, c: I64, asal: _Origin) -> tuple[I64, F64]:
    """(0 whole, 1 part; log share / chance of the amount)."""
    returned = -context.both.bank.nilai[b]
    # a shop refunds its price, rarely the surcharge
    in_full = np.stack([asal.nilai[c], context.both.catatan.nilai[c]])
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


def _in_part(returned: I64, in_full: I64, bagian: int) -> tuple[Bools, Bools]:
    """Is `returned` a number of `bagian`-ths of `in_full`: to the rupiah; as shops round it."""
    splits = in_full * np.round(returned * bagian / in_full) / bagian
    discrepancy = np.abs(splits - returned)
    satuan = _unit(returned)
    exact: Bools = np.any(discrepancy <= _ONE_RUPIAH, axis=0)
    rounded: Bools = np.any((discrepancy < satuan) & (returned % satuan == 0), axis=0)
    return exact, rounded


def _unit(returned: I64) -> I64:
    """The unit in which a shop may have rounded an amount (sen)."""
    return np.where(returned % _ROUND[1] == 0, _ROUND[1], _ROUND[0])


def _part_chance(returned: I64, satuan: I64, urut: I64, bagian: int) -> F64:
    """Log chance that any purchase has `returned` as a number of its `bagian`-ths, to `satuan`.

    Fifty thousand is near some twentieth of every third purchase, so it is weak evidence.
    """
    _, first_one, inverse = np.unique(returned, return_index=True, return_inverse=True)
    nilai, satuan = returned[first_one, None], satuan[first_one, None]
    ke = bagian / np.arange(1, bagian + 1)
    below = np.searchsorted(urut, (nilai - satuan) * ke, side="left")
    above = np.searchsorted(urut, (nilai + satuan) * ke, side="right")
    banyak = (above - below).sum(axis=1)
    hasil: F64 = np.minimum(np.log((banyak + 1) / (len(urut) + 100)), -0.1)[inverse]
    return hasil


def _name(context: MatchContext, b: I64, c: I64, asal: _Origin) -> tuple[F64, F64]:
    """(log-odds of the names, similarity): the typed name's or that of the original's line."""
    bank, catatan, weight = context.both.bank, context.both.catatan, context.weight.nama
    logit, similar = compare(context.nama, bank.nama[b], catatan.nama[c], weight)
    line = asal.baris[c]
    present = np.flatnonzero(line >= 0)
    left, right = bank.nama[b[present]], bank.nama[line[present]]
    line_logit, line_similar = compare(context.heads, left, right, weight)
    logit[present] = np.fmax(logit[present], line_logit)
    similar[present] = np.fmax(similar[present], line_similar)
    common = np.maximum(context.commonness_bank[b], context.commonness_ledger[c])
    common = np.where(common >= 1, context.commonness_bank[b], common)
    return name_weight(logit, common), similar
