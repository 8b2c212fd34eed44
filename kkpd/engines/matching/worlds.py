"""Worlds, sets of links that use no row twice: how likely each link is over all, and the best one.

A world weighs the product of exp(W) of its links. Belief propagation finds the probabilities: exact
on trees, a close approximation on the small loops of equal amounts (sum-product for matchings,
Bethe). The best world has the greatest total score. Links form components: a small one is solved by
trying every world; pairs by linear assignment; sets by trying every compatible choice of sets with
an assignment of the rest. The margin of a link is the loss of the best world without it; with sets
it is a lower bound.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from kkpd.engines.matching.rows import F64, I64, Bools, BothSides, Side, codes
from kkpd.engines.matching.score import Edges
from kkpd.engines.matching.shortlist import CandidateSet

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


#: Components of at most this many links are solved by trying every world.
MOST_SMALL_LINKS = 8


def best_world(link_graph: LinkGraph, label: I64, largest: int) -> tuple[I64, F64]:
    """(chosen links, their margins); a component of more than `largest` rows has no margins."""
    components: dict[int, list[int]] = defaultdict(list)
    for h, component in enumerate(label.tolist()):
        components[component].append(h)
    options: list[int] = []
    distance: list[float] = []
    for links in components.values():
        solve = _all_worlds if len(links) <= MOST_SMALL_LINKS else _assignments
        chosen, margins = solve(link_graph, links, largest)
        options += chosen
        distance += margins
    return np.array(options, dtype=np.int64), np.array(distance, dtype=np.float64)


def _all_worlds(link_graph: LinkGraph, links: list[int], _: int) -> tuple[list[int], list[float]]:
    """The best choice of links that share no row, and each one's exact margin."""
    worlds: list[tuple[float, tuple[int, ...], frozenset[int]]] = [(0.0, (), frozenset())]
    same = dict(zip(links, link_graph.same[links].tolist(), strict=True))
    for h, w in zip(links, link_graph.w[links].tolist(), strict=True):
        held = frozenset(link_graph.holds[h])
        worlds += [(n + w, (*p, h), r | held) for n, p, r in worlds if not r & held]
    nilai, best, _held = max(worlds, key=lambda world: world[0])
    margins = [
        nilai - max(n for n, p, _ in worlds if all(same[x] != same[h] for x in p)) for h in best
    ]
    return list(best), margins


def _assignments(
    link_graph: LinkGraph, links: list[int], largest: int
) -> tuple[list[int], list[float]]:
    """The best assignment over all compatible choices of sets."""
    w, holds, same = link_graph.w, link_graph.holds, link_graph.same
    pairs = _Pairs(link_graph, [h for h in links if len(holds[h]) == 2])
    sets = sorted((h for h in links if len(holds[h]) > 2), key=lambda h: -w[h])
    options: list[tuple[tuple[int, ...], frozenset[int]]] = [((), frozenset())]
    for h in sets[:MOST_SETS]:
        held = frozenset(holds[h])
        options += [((*chosen, h), rows | held) for chosen, rows in options if not rows & held]
    values = [
        pairs.best(pairs.without(rows))[0] + float(w[list(chosen)].sum())
        for chosen, rows in options
    ]
    n = int(np.argmax(values))
    (chosen, rows), nilai = options[n], values[n]
    allowed = pairs.without(rows)
    single = pairs.best(allowed)[1]
    if len({x for h in links for x in holds[h]}) > largest:
        return [*chosen, *single], [0.0] * (len(chosen) + len(single))
    margins = []
    for h in chosen:
        without = [all(same[x] != same[h] for x in lain) for lain, _ in options]
        margins.append(nilai - max(v for v, free in zip(values, without, strict=True) if free))
    runner_up = nilai - max(values[:n] + values[n + 1 :], default=-np.inf)
    margins += [min(margin, runner_up) for margin in pairs.margins(allowed, single)]
    return [*chosen, *single], margins


class _Pairs:
    """The single links of a component as a matrix of scores (0 where there is no link)."""

    def __init__(self, link_graph: LinkGraph, links: list[int]) -> None:
        self.b, i = np.unique([link_graph.holds[h][0] for h in links], return_inverse=True)
        self.c, j = np.unique([link_graph.holds[h][1] for h in links], return_inverse=True)
        self.matrix = np.zeros((len(self.b), len(self.c)))
        self.matrix[i, j] = link_graph.w[links]
        self.number = np.full(self.matrix.shape, -1, dtype=np.int64)
        self.number[i, j] = links
        self.same = np.where(self.number < 0, -1, link_graph.same[self.number])

    def without(self, rows: frozenset[int]) -> F64:
        """The scores of links that hold none of these rows."""
        taken = list(rows)
        free = ~np.isin(self.b, taken)[:, None] & ~np.isin(self.c, taken)
        return np.where(free, self.matrix, 0.0)

    def best(self, matrix: F64) -> tuple[float, list[int]]:
        """The greatest total, and the links that give it."""
        from scipy.optimize import linear_sum_assignment  # costs start-up time of every command

        i, j = linear_sum_assignment(matrix, maximize=True)
        used = matrix[i, j] > 0
        return float(matrix[i, j].sum()), self.number[i[used], j[used]].tolist()

    def margins(self, matrix: F64, chosen: list[int]) -> list[float]:
        """The margin of each chosen link: the loss of the best assignment without it."""
        nilai = self.best(matrix)[0]
        hasil = []
        for h in chosen:
            decision: Bools = self.same == self.same[self.number == h]
            hasil.append(max(nilai - self.best(np.where(decision, 0.0, matrix))[0], 0.0))
        return hasil
