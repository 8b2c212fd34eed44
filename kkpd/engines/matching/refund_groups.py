"""Refunds of originals: which purchase each takes back, one that comes in pieces included."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np

from kkpd.engines.matching.arrays import I64, Ya
from kkpd.engines.matching.links import ONE, REFUND, LinkColumns, single_links
from kkpd.engines.matching.refunds import refund_origins
from kkpd.engines.matching.score import DROP_BELOW, Edges, MatchContext
from kkpd.engines.matching.solve.best_assignment import LinkGraph, best_world, compose_graph
from kkpd.engines.matching.solve.graph import equivalents, positive_part, sum_by_class
from kkpd.engines.matching.solve.probability import peluang


def kembalikan(context: MatchContext, primary: LinkColumns) -> LinkColumns:
    """Negative lines that found no negative purchase look for their original.

    An original is given back once, or in pieces that together are no more than it was.
    """
    both = context.both
    free = np.ones(len(both.bank), dtype=np.bool_)
    free[primary.rinci.b] = False
    b = np.flatnonzero(free & (both.bank.nilai < 0) & (both.bank.acuan >= 0))
    c = np.flatnonzero(both.catatan.nilai > 0)
    line_of = np.full(len(both.catatan), -1, dtype=np.int64)
    one_item = primary.jenis[primary.rinci.nomor] == ONE
    line_of[primary.rinci.c[one_item]] = primary.rinci.b[one_item]
    shortlist, cuts = _with_pieces(context, refund_origins(context, b, c, line_of), line_of)
    link_graph = _refund_graph(context, shortlist, cuts)
    p = peluang(link_graph.tautan, link_graph.nodes, link_graph.w, link_graph.node_count)
    p = sum_by_class(p, link_graph.tanda)
    positive, label, nomor, _ = positive_part(
        link_graph, p, context.weight.day_window.largest_component
    )
    worlds = best_world(positive, label)
    selected = nomor[worlds.options]
    chosen = shortlist.ambil(selected)
    enough = _remaining(context, chosen, line_of) >= 0
    selected, distance = selected[enough], worlds.distance[enough]
    return single_links(chosen.ambil(enough), p[selected], p[selected], distance, REFUND)


def _with_pieces(context: MatchContext, shortlist: Edges, line_of: I64) -> tuple[Edges, Ya]:
    """Candidates worth keeping, and which of them are a further piece of their original.

    What fits beside the likelier candidates of its original stands twice: as the one that gives it
    back, and as a further piece, which excludes nobody but is as rare as such pieces are.
    """
    shortlist = shortlist.ambil(shortlist.w > DROP_BELOW)
    first_one = np.zeros(len(shortlist), dtype=np.bool_)
    urut = _order(shortlist)
    first_one[urut] = np.diff(shortlist.c[urut], prepend=-1) != 0
    sisa = _remaining(context, shortlist, line_of)
    further = (sisa >= 0) & ~first_one
    cuts, weight = shortlist.ambil(further), context.weight.refund
    # what makes the pieces whole is as telling as a whole refund
    used_up = np.log(weight.in_full) - context.chance_ledger[cuts.c] - cuts.w_amount
    add_in = np.log(weight.further) + np.where(sisa[further] == 0, np.maximum(used_up, 0), 0)
    w_amount = (cuts.w_amount + add_in).astype(np.float32)
    cuts = replace(cuts, w=cuts.w + add_in, w_amount=w_amount)
    cuts = cuts.ambil(cuts.w > DROP_BELOW)
    original = np.zeros(len(shortlist), dtype=np.bool_)
    everything = Edges(
        *(
            np.concatenate([getattr(shortlist, column.name), getattr(cuts, column.name)])
            for column in fields(Edges)
        )
    )
    return everything, np.concatenate([original, np.ones(len(cuts), dtype=np.bool_)])


def _order(shortlist: Edges) -> I64:
    """By original, the likeliest first."""
    return np.lexsort((shortlist.b, -shortlist.w, shortlist.c)).astype(np.int64)


def _remaining(context: MatchContext, shortlist: Edges, line_of: I64) -> I64:
    """What each refund and all likelier ones of its original leave of it (sen; below 0: more than
    it was). Of the typed amount and the bank's, the one that comes out even, else the greater.
    """
    bank, catatan = context.both.bank.nilai, context.both.catatan.nilai
    urut = _order(shortlist)
    b, c = shortlist.b[urut], shortlist.c[urut]
    jumlah = np.cumsum(-bank[b])
    start = np.flatnonzero(np.diff(c, prepend=-1) != 0)
    earlier = np.repeat(jumlah[start] + bank[b[start]], np.diff(np.append(start, len(c))))
    baris = line_of[c]
    in_full = np.where(baris >= 0, np.maximum(bank[baris], catatan[c]), catatan[c])
    given_back = jumlah - earlier
    hasil = np.empty(len(shortlist), dtype=np.int64)
    hasil[urut] = np.where(given_back == catatan[c], 0, in_full - given_back)
    return hasil


def _refund_graph(context: MatchContext, shortlist: Edges, cuts: Ya) -> LinkGraph:
    """Refunds and originals; a further piece stands at a place of its own beside its original."""
    both, shift = context.both, len(context.both.bank)
    extent = shift + len(both.catatan)
    c = shortlist.c + shift
    c[cuts] = extent + np.arange(int(cuts.sum()))
    banyak = np.arange(len(shortlist), dtype=np.int64)
    kelas = equivalents(both.catatan, context.nama.catatan)[shortlist.c]
    coarse = np.unique(np.stack([shortlist.b, kelas]), axis=1, return_inverse=True)[1].reshape(-1)
    return compose_graph(
        shortlist.w,
        shortlist.b,
        c,
        coarse.astype(np.int64),
        np.concatenate([banyak, banyak]),
        np.concatenate([shortlist.b, c]),
        extent + int(cuts.sum()),
    )
