"""The best world: the set of links with the greatest total score that uses no row twice.

Links form components. A small one is solved by trying every world; pairs by linear assignment; sets
by trying every compatible choice of sets with an assignment of the rest. The margin of a link is
the loss of the best world without it; with sets it is a lower bound.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from kkpd.engines.matching.graph import MOST_SETS, LinkGraph
from kkpd.engines.matching.rows import F64, I64, Bools

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
