"""Candidate links as a graph: which links exclude each other, and the probability of each over all
worlds.

A world is a set of links that uses no row twice; its weight is the product of exp(W). Belief
propagation finds the probabilities: exact on trees, a close approximation on the small loops of
equal amounts (sum-product for matchings, Bethe).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from kkpd.engines.matching.rows import F64, I64, Bools, BothSides, Side, codes
from kkpd.engines.matching.score import Edges
from kkpd.engines.matching.set_candidates import CandidateSet

_ROUNDS = 60
_ENOUGH = 1e-3
_HIGHEST = 60.0
#: A component holds at most so many sets.
MOST_SETS = 12
#: In a component that is too large, links less likely than these are dropped, step by step.
_STEPS = (1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.03)
#: Dropping a link of at least this probability is reported.
_SAY_FROM = 1e-2


@dataclass(frozen=True, slots=True)
class LinkGraph:
    """Links: score, the rows each holds (two for a pair, more for a set), and what it decides.

    Rows are numbered over both sides, lines first. Links with equal `same` are one decision,
    because their purchases are indistinguishable.
    """

    w: F64
    holds: Sequence[tuple[int, ...]]
    same: I64
    node_count: int

    def incidence(self) -> tuple[I64, I64]:
        """(link, row) for every row that a link holds."""
        lengths = np.fromiter(map(len, self.holds), dtype=np.int64, count=len(self.holds))
        nodes = np.fromiter(chain.from_iterable(self.holds), dtype=np.int64)
        return np.repeat(np.arange(len(lengths)), lengths), nodes

    def fetch(self, picked: I64) -> LinkGraph:
        """The chosen links only."""
        holds = [self.holds[i] for i in picked.tolist()]
        return LinkGraph(self.w[picked], holds, self.same[picked], self.node_count)


def build_link_graph(both: BothSides, pairs: Edges, sets: Sequence[CandidateSet]) -> LinkGraph:
    """Pairs first, then sets."""
    shift = len(both.bank)
    holds = list(zip(pairs["b"].tolist(), (pairs["c"] + shift).tolist(), strict=True))
    all_holds: list[tuple[int, ...]] = [
        *holds,
        *((*one.lines, *(shift + c for c in one.purchases)) for one in sets),
    ]
    w = np.concatenate([pairs["w"], np.array([one.w for one in sets])])
    same = decisions(pairs, sets, equivalents(both.catatan, both.catatan.nama))
    return LinkGraph(w, all_holds, same, shift + len(both.catatan))


def equivalents(catatan: Side, nama: I64) -> I64:
    """Indistinguishable purchases share a class; `nama` says which names are equal."""
    return codes(catatan.kartu, catatan.amount_code, catatan.day, nama)


def decisions(pairs: Edges, sets: Sequence[CandidateSet], kelas: I64) -> I64:
    """Equal for links that are the same decision, purchases of one class being one."""
    one_item = codes(pairs["b"], kelas[pairs["c"]])
    keys = [
        (one.split, one.lines, tuple(sorted(kelas[list(one.purchases)].tolist()))) for one in sets
    ]
    known = {key: len(one_item) + n for n, key in enumerate(dict.fromkeys(keys))}
    return np.concatenate([one_item, np.array([known[key] for key in keys], dtype=np.int64)])


def label_components(link_graph: LinkGraph) -> I64:
    """The component of each link."""
    from scipy.sparse import coo_array  # scipy costs start-up time of every command
    from scipy.sparse.csgraph import connected_components

    link, node = link_graph.incidence()
    extent = len(link_graph.w) + link_graph.node_count
    rows = np.ones(len(link), dtype=np.int8), (link, node + len(link_graph.w))
    label = connected_components(coo_array(rows, shape=(extent, extent)), directed=False)[1]
    return codes(label[: len(link_graph.w)].astype(np.int64))


def peluang(link_graph: LinkGraph, w: F64, rounds: int = _ROUNDS) -> F64:
    """P(link) of each link when their scores are `w`; a few rounds are enough to count partners."""
    link, node = link_graph.incidence()
    log_weight = np.clip(w, -_HIGHEST, _HIGHEST)
    # messages between links and rows until they converge
    free = np.zeros(len(node))
    for _ in range(rounds):
        all_rows = log_weight + np.bincount(link, weights=free, minlength=len(w))
        outside = np.exp(all_rows[link] - free)
        total = np.bincount(node, weights=outside, minlength=link_graph.node_count)
        renewed = (free - np.log1p(np.maximum(total[node] - outside, 0))) / 2
        settled = np.abs(renewed - free).max(initial=0) < _ENOUGH
        free = renewed
        if settled:
            break
    hasil: F64 = 1 / (1 + np.exp(-(log_weight + np.bincount(link, weights=free, minlength=len(w)))))
    return hasil


def sum_by_class(p: F64, same: I64) -> F64:
    """P(link) summed over links that are the same decision."""
    hasil: F64 = np.minimum(np.bincount(same, weights=p)[same], 1.0) if len(p) else p
    return hasil


def line_probability(link_graph: LinkGraph, p: F64, row_count: int) -> F64:
    """For each link P(its lines have any partner); for several lines the smallest."""
    link, node = link_graph.incidence()
    link, node = link[node < row_count], node[node < row_count]
    total = np.bincount(node, weights=p[link], minlength=row_count)
    hasil = np.ones(len(p))
    np.minimum.at(hasil, link, total[node])
    return hasil


def positive_part(link_graph: LinkGraph, p: F64, largest: int) -> tuple[I64, I64, I64]:
    """(links that the best world may hold, their components, links that name what was cut).

    Links of negative score are in no best world. Components larger than `largest` rows, or with
    more sets than can be tried, lose their least likely links (`p`) until they are small enough;
    of each that lost likely ones the first link is named.
    """
    picked, cut_off = np.flatnonzero(link_graph.w > 0), [np.empty(0, dtype=np.int64)]
    label = label_components(link_graph.fetch(picked))
    for bound in _STEPS:
        large = _too_large(link_graph.fetch(picked), label, largest)
        if not large.any():
            break
        drop = large & (p[picked] < bound)
        if bound >= _SAY_FROM:
            cut_off.append(picked[drop][np.unique(label[drop], return_index=True)[1]])
        picked = picked[~drop]
        label = label_components(link_graph.fetch(picked))
    large = _too_large(link_graph.fetch(picked), label, largest)
    cut_off.append(picked[large][np.unique(label[large], return_index=True)[1]])
    return picked, label, np.concatenate(cut_off)


def _too_large(link_graph: LinkGraph, label: I64, largest: int) -> Bools:
    """Which links are in a component with too many rows or sets."""
    if len(label) == 0:
        return np.empty(0, dtype=np.bool_)
    link, node = link_graph.incidence()
    is_set = np.bincount(link) > 2
    many_sets = np.bincount(label[is_set], minlength=int(label.max()) + 1) > MOST_SETS
    _, first = np.unique(node, return_index=True)
    many_rows = np.bincount(label[link[first]], minlength=len(many_sets)) > largest
    hasil: Bools = (many_sets | many_rows)[label]
    return hasil
