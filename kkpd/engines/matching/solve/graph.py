"""From candidate pairs and sets to one graph of links, and what makes two links one decision."""

from __future__ import annotations

import numpy as np

from kkpd.engines.matching.arrays import F64, I64, Ya, combine_keys
from kkpd.engines.matching.columns import BothSides, Side
from kkpd.engines.matching.score import Edges
from kkpd.engines.matching.set_candidates import CandidateSets
from kkpd.engines.matching.solve.best_assignment import (
    MOST_SETS,
    LinkGraph,
    compose_graph,
    label_components,
)


def build_link_graph(
    both: BothSides, edges: Edges, splits: CandidateSets, gabungan: CandidateSets
) -> LinkGraph:
    """Single links first, then splits, then groups; rows are lines, then purchases."""
    shift = len(both.bank)
    e, p, g = len(edges), len(splits), len(gabungan)
    kosong = np.full(p + g, -1, dtype=np.int64)
    kt, ks = [np.arange(e), np.arange(e)], [edges.b, edges.c + shift]
    for mulai, link_sets, parent_shift, member_shift in (
        (e, splits, 0, shift),
        (e + p, gabungan, shift, 0),
    ):
        nomor, column = np.nonzero(link_sets.isi >= 0)
        kt += [np.arange(len(link_sets)) + mulai, nomor + mulai]
        ks += [link_sets.parent + parent_shift, link_sets.isi[nomor, column] + member_shift]
    return compose_graph(
        w=np.concatenate([edges.w, splits.w, gabungan.w]),
        b=np.concatenate([edges.b, kosong]),
        c=np.concatenate([edges.c + shift, kosong]),
        tanda=tanda(edges.b, edges.c, splits, gabungan, equivalents(both.catatan, None)),
        tautan=np.concatenate(kt).astype(np.int64),
        nodes=np.concatenate(ks).astype(np.int64),
        node_count=shift + len(both.catatan),
    )


def equivalents(catatan: Side, kata: I64 | None) -> I64:
    """Purchases that nothing tells apart share a class, named by its first row.

    With `kata` (codes of core words) the spelling of the merchant does not tell them apart.
    """
    if len(catatan) == 0:
        return np.empty(0, dtype=np.int64)
    kunci = combine_keys(
        combine_keys(catatan.kartu, catatan.amount_code),
        catatan.day - int(catatan.day.min()),
        catatan.nama if kata is None else kata[catatan.nama],
    )
    _, first_one, balik = np.unique(kunci, return_index=True, return_inverse=True)
    return first_one[balik].astype(np.int64)


def tanda(b: I64, c: I64, splits: CandidateSets, gabungan: CandidateSets, kelas: I64) -> I64:
    """Equal for links that are the same decision, purchases of one class being one."""
    one_item = np.unique(combine_keys(b, kelas[c]), return_inverse=True)[1] if len(b) else b
    lebar = splits.isi.shape[1]
    p = np.full((len(splits), lebar + 1), -2, dtype=np.int64)
    p[:, 0] = splits.parent
    p[:, 1:] = np.sort(np.where(splits.isi >= 0, kelas[splits.isi], -1), axis=1)
    g = np.full((len(gabungan), lebar + 1), -3, dtype=np.int64)
    g[:, 0], g[:, 1:] = -1 - kelas[gabungan.parent], gabungan.isi
    link_sets = np.unique(np.concatenate([p, g]), axis=0, return_inverse=True)[1].reshape(-1)
    hasil: I64 = np.concatenate([one_item, link_sets + len(one_item)]).astype(np.int64)
    return hasil


def sum_by_class(p: F64, coarse: I64) -> F64:
    """P(link) summed over links that are the same decision (codes 0.. in `coarse`)."""
    if len(p) == 0:
        return p
    hasil: F64 = np.minimum(np.bincount(coarse, weights=p)[coarse], 1.0)
    return hasil


def line_probability(link_graph: LinkGraph, p: F64, row_count: int) -> F64:
    """For each link P(its lines have some partner): of several lines the least likely one."""
    baris = link_graph.nodes < row_count
    jumlah = np.bincount(
        link_graph.nodes[baris], weights=p[link_graph.tautan[baris]], minlength=row_count
    )
    hasil = np.ones(len(p))
    np.minimum.at(hasil, link_graph.tautan[baris], jumlah[link_graph.nodes[baris]])
    return hasil


#: In a component too large to solve whole, links less likely than this are not tried, step by step.
_STEPS = (1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.03)
#: From this probability on it is said that something was left out.
_SAY_FROM = 1e-2


def positive_part(link_graph: LinkGraph, p: F64, largest: int) -> tuple[LinkGraph, I64, I64, I64]:
    """(graph of the links that the best world may hold, components, their numbers, what was cut).

    Links of negative score are in no best world. Components larger than `largest` rows, or with
    more sets than can be tried, lose their least likely links (`p`) until they are small enough;
    of each that lost likely ones the first link is named.
    """
    picked = np.flatnonzero(link_graph.w > 0)
    small, cut_off = _subgraph(link_graph, picked), [np.empty(0, dtype=np.int64)]
    label = label_components(small)
    for bound in _STEPS:
        large = _too_large(small, label, largest)[label]
        if not large.any():
            break
        drop = large & (p[picked] < bound)
        if bound >= _SAY_FROM:
            cut_off.append(picked[drop][np.unique(label[drop], return_index=True)[1]])
        picked = picked[~drop]
        small = _subgraph(link_graph, picked)
        label = label_components(small)
    large = _too_large(small, label, largest)[label] & (small.b >= 0)
    if large.any():
        cut_off.append(picked[large][np.unique(label[large], return_index=True)[1]])
        picked = picked[~large | _same_box(small, label, large, largest)]
        small = _subgraph(link_graph, picked)
        label = label_components(small)
    return small, label, picked, np.concatenate(cut_off)


def _same_box(link_graph: LinkGraph, label: I64, large: Ya, largest: int) -> Ya:
    """Single links of too large components whose rows stand near in rank: equals pair in order."""
    hasil = np.zeros(len(link_graph.w), dtype=np.bool_)
    for k in np.unique(label[large]).tolist():
        this_one = large & (label == k)
        b, line_rank = np.unique(link_graph.b[this_one], return_inverse=True)
        c, purchase_rank = np.unique(link_graph.c[this_one], return_inverse=True)
        line_box = line_rank // (largest // 2)
        hasil[this_one] = line_box == (purchase_rank * len(b) // len(c)) // (largest // 2)
    return hasil


def _too_large(link_graph: LinkGraph, label: I64, largest: int) -> Ya:
    """Which components hold too many rows or too many sets."""
    if len(label) == 0:
        return np.empty(0, dtype=np.bool_)
    tautan = np.bincount(label)
    hasil: Ya = np.bincount(label[link_graph.b < 0], minlength=len(tautan)) > MOST_SETS
    # connected rows are at most one more than single links
    for k in np.flatnonzero(~hasil & (tautan >= largest)).tolist():
        rows = link_graph.nodes[(label == k)[link_graph.tautan]]
        hasil[k] = len(np.unique(rows)) > largest
    return hasil


def _subgraph(link_graph: LinkGraph, picked: I64) -> LinkGraph:
    """The graph of the chosen links only, renumbered."""
    baru = np.full(len(link_graph.w), -1, dtype=np.int64)
    baru[picked] = np.arange(len(picked))
    present = baru[link_graph.tautan] >= 0
    return compose_graph(
        link_graph.w[picked],
        link_graph.b[picked],
        link_graph.c[picked],
        link_graph.tanda[picked],
        baru[link_graph.tautan[present]],
        link_graph.nodes[present],
        link_graph.node_count,
    )
