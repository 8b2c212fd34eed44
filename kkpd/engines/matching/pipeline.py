"""The whole way on columns: candidates, worlds, probabilities, decisions."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from kkpd.engines.matching.arrays import F64, I64, Ya
from kkpd.engines.matching.columns import BothSides
from kkpd.engines.matching.day_gap import day_class
from kkpd.engines.matching.links import (
    GROUP,
    ONE,
    REVERSAL,
    SPLIT,
    LinkColumns,
    pair_detail,
    putuskan,
    single_links,
    stack_links,
)
from kkpd.engines.matching.pairs import amounts_apart, cuts, days_apart, equal_amounts, near
from kkpd.engines.matching.refund_groups import kembalikan
from kkpd.engines.matching.score import (
    DROP_BELOW,
    Edges,
    MatchContext,
    edges,
    pair_day_weight,
    pair_name_weight,
    prepare_context,
    unite,
)
from kkpd.engines.matching.set_candidates import CandidateSets, combine, gather_sets, pecah
from kkpd.engines.matching.solve.base_rates import BaseRates, rounds
from kkpd.engines.matching.solve.best_assignment import LinkGraph, best_world
from kkpd.engines.matching.solve.graph import (
    build_link_graph,
    equivalents,
    line_probability,
    positive_part,
    sum_by_class,
    tanda,
)
from kkpd.engines.matching.solve.probability import peluang
from kkpd.engines.matching.solve.tie_break import put_in_order
from kkpd.engines.matching.solve.unambiguous import settled_pairs
from kkpd.engines.matching.weights import Weights


@dataclass(frozen=True, slots=True)
class MatchAnswer:
    """All links, rows left alone on each side, and lines whose component was cut."""

    context: MatchContext
    tautan: LinkColumns
    lines_alone: I64
    purchases_alone: I64
    cut_off: I64


def match_rows(both: BothSides, weight: Weights) -> MatchAnswer:
    """Match both sides; the answer is a function of the rows, never of their order."""
    context = prepare_context(both, weight)
    primary, cut_off = _main_links(context)
    returned = putuskan(kembalikan(context, primary), weight.putusan)
    everything = stack_links([_mark_reversals(context, primary), returned])
    return MatchAnswer(
        context,
        everything,
        np.flatnonzero(_remaining(len(both.bank), everything.rinci.b)),
        np.flatnonzero(_remaining(len(both.catatan), everything.rinci.c)),
        cut_off,
    )


def _main_links(context: MatchContext) -> tuple[LinkColumns, I64]:
    """All links but refunds of originals, decided; what only they need is let go with this frame.

    Also the lines of components that were cut.
    """
    clear_links, same, lines_left, purchases_left = _clear_links(context)
    primary, cut_off = _settle(context, clear_links, same, lines_left, purchases_left)
    del clear_links, same
    return put_in_order(context, putuskan(primary, context.weight.putusan)), cut_off


def _clear_links(context: MatchContext) -> tuple[LinkColumns, Edges, Ya, Ya]:
    """(links that no rival comes near, other pairs of equal amount, lines left, purchases left)."""
    both, same = context.both, equal_amounts(context)
    settled, p, distance = settled_pairs(same, len(both.bank), len(both.catatan))
    lines_left = _remaining(len(both.bank), same.b[settled])
    purchases_left = _remaining(len(both.catatan), same.c[settled])
    clear_links = single_links(same.ambil(settled), p[settled], p[settled], distance[settled], ONE)
    return (
        clear_links,
        same.ambil(lines_left[same.b] & purchases_left[same.c]),
        lines_left,
        purchases_left,
    )


def _mark_reversals(context: MatchContext, tautan: LinkColumns) -> LinkColumns:
    """Single links of negative lines are refunds, too."""
    r, jenis = tautan.rinci, tautan.jenis.copy()
    jenis[r.nomor[(context.both.bank.nilai[r.b] < 0) & (jenis[r.nomor] == ONE)]] = REVERSAL
    return replace(tautan, jenis=jenis)


def _remaining(extent: int, terpakai: I64) -> Ya:
    sisa = np.ones(extent, dtype=np.bool_)
    sisa[terpakai] = False
    return sisa


def _settle(
    context: MatchContext, clear_links: LinkColumns, same: Edges, lines_left: Ya, purchases_left: Ya
) -> tuple[LinkColumns, I64]:
    """Everything that equal amounts alone did not settle; lines of components that were cut."""
    one_item, splits, gabungan = _candidates(
        context, same, np.flatnonzero(lines_left), np.flatnonzero(purchases_left)
    )
    link_graph = build_link_graph(context.both, one_item, splits, gabungan)
    link_graph, clear_links, p, present = _probability(
        context, link_graph, clear_links, one_item, (splits, gabungan)
    )
    largest = context.weight.day_window.largest_component
    positive, label, nomor, cut = positive_part(link_graph, p, largest)
    worlds = best_world(positive, label)
    selected = nomor[worlds.options]
    e, s = len(one_item), len(one_item) + len(splits)
    one_item = replace(one_item, w=link_graph.w[:e])
    splits = replace(splits, w=link_graph.w[e:s])
    gabungan = replace(gabungan, w=link_graph.w[s:])
    this_one = selected < e
    bagian = [clear_links]
    picked = selected[this_one]
    bagian.append(
        single_links(
            one_item.ambil(picked), p[picked], present[picked], worlds.distance[this_one], ONE
        )
    )
    for jenis, link_sets, mulai in ((SPLIT, splits, e), (GROUP, gabungan, s)):
        this_one = (selected >= mulai) & (selected < mulai + len(link_sets))
        picked = selected[this_one]
        bagian.append(
            _set_links(
                context,
                link_sets,
                picked - mulai,
                (p[picked], present[picked], worlds.distance[this_one]),
                jenis,
            )
        )
    cut = np.unique(np.concatenate([link_graph.b[cut], positive.b[worlds.cut_off]]))
    return stack_links(bagian), cut[cut >= 0]


def _candidates(
    context: MatchContext, same: Edges, rows_b: I64, rows_c: I64
) -> tuple[Edges, CandidateSets, CandidateSets]:
    """Pairs, splits and groups among leftover rows, beside the pairs of equal amount."""
    edges_, splits, gabungan = [same], [], []
    for lines_left, purchases_left in cuts(context, rows_b, rows_c):
        b, c, _ = near(context, lines_left, purchases_left)
        lain = (amounts_apart(context, b, c), days_apart(context, lines_left, purchases_left))
        edges_ += [one_item.ambil(one_item.w > DROP_BELOW) for one_item in lain]
        splits.append(pecah(context, b, c))
        gabungan.append(combine(context, b, c))
    return unite(edges_), gather_sets(splits), gather_sets(gabungan)


def _probability(
    context: MatchContext,
    link_graph: LinkGraph,
    clear_links: LinkColumns,
    one_item: Edges,
    link_sets: tuple[CandidateSets, CandidateSets],
) -> tuple[LinkGraph, LinkColumns, F64, F64]:
    """Probabilities of all links, with the shares of lone rows that this file itself shows."""
    both, start = context.both, context.weight.start
    kelas = equivalents(both.catatan, context.nama.catatan)
    alike = tanda(one_item.b, one_item.c, *link_sets, kelas)
    line_counts = np.bincount(
        link_graph.tautan[link_graph.nodes < len(both.bank)], minlength=len(link_graph.w)
    )
    purchase_counts = np.bincount(link_graph.tautan, minlength=len(link_graph.w)) - line_counts
    banyak = (int((both.bank.nilai > 0).sum()), int((both.catatan.nilai > 0).sum()))
    positive = clear_links.scores[both.bank.nilai[clear_links.rinci.b] > 0]
    rate = BaseRates(start.without_purchase, start.without_line)
    w = link_graph.w
    for _ in rounds():
        p = peluang(link_graph.tautan, link_graph.nodes, w, link_graph.node_count, coarse=True)
        settled = float((1 / (1 + np.exp(-positive))).sum())
        rate = rate.renew(
            start, banyak, (settled + float(p @ line_counts), settled + float(p @ purchase_counts))
        )
        w = link_graph.w + rate.shift(start, line_counts, purchase_counts)
    p = peluang(link_graph.tautan, link_graph.nodes, w, link_graph.node_count)
    shift = float(rate.shift(start, np.ones(1, dtype=np.int64), np.ones(1, dtype=np.int64))[0])
    present = line_probability(link_graph, p, len(both.bank))
    return (
        replace(link_graph, w=w),
        _shift_links(clear_links, shift),
        sum_by_class(p, alike),
        present,
    )


def _shift_links(tautan: LinkColumns, shift: float) -> LinkColumns:
    """Single links with so much added to their score."""
    logit = np.log(tautan.peluang / np.maximum(1 - tautan.peluang, 1e-18)) + shift
    return replace(
        tautan,
        scores=tautan.scores + shift,
        peluang=1 / (1 + np.exp(-logit)),
        present=1 / (1 + np.exp(-logit)),
        distance=tautan.distance + min(shift, 0.0),
    )


def _set_links(
    context: MatchContext,
    link_sets: CandidateSets,
    picked: I64,
    ukuran: tuple[F64, F64, F64],
    jenis: int,
) -> LinkColumns:
    isi = link_sets.isi[picked]
    nomor, column = np.nonzero(isi >= 0)
    parent, bagian = link_sets.parent[picked][nomor], isi[nomor, column]
    b, c = (parent, bagian) if jenis == SPLIT else (bagian, parent)
    kelas, discrepancy = day_class(context.both.bank, b, context.both.catatan, c, context.weight)
    crowd = context.crowd_ledger if jenis == SPLIT else context.crowd_bank
    w_day = pair_day_weight(context, b, kelas) - crowd[context.both.bank.kartu[b]]
    w_name, similar = pair_name_weight(context, b, c)
    noughts = np.zeros(len(b), dtype=np.int64)
    pairings = edges(
        b, c, (noughts, kelas, discrepancy), (similar, np.zeros(len(b)), w_day, w_name), w_day
    )
    rinci = pair_detail(nomor, pairings)
    everything = np.full(len(picked), jenis, dtype=np.int64)
    return LinkColumns(
        everything, link_sets.w[picked], *ukuran, np.zeros(len(picked), dtype=np.bool_), rinci
    )
