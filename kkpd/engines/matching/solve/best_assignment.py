"""The best world: the choice of links with the greatest total score in which no row stands twice.

Links form components; one link or a star is decided at once, single pairs by linear assignment,
components with sets by trying compatible choices of sets over the assignment of the rest, as far
as the prices of the assignment leave hope. The margin of a link is what the best world without it
would lose; in a large component with sets it is a lower bound of that.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from kkpd.engines.matching.arrays import F64, I64
from kkpd.engines.matching.solve.linear_assignment import LinearAssignment

#: A component looks at most at so many sets; the likeliest stay.
MOST_SETS = 12
#: Components of at most so many links are solved by looking at every world.
MOST_SMALL_LINKS = 8
#: Two worlds closer than this are equal: the one found first stays.
_SAME = 1e-9


@dataclass(frozen=True, slots=True)
class LinkGraph:
    """Links with positive score and the rows they hold: (`tautan`, `nodes`) pairs.

    `b` and `c` are the two rows of a single link and -1 for a set; links of equal `tanda` are the
    same decision (their purchases cannot be told apart). Rows are numbered over both sides; the
    rows of link h are `simpul[tautan_awal[h] : tautan_awal[h + 1]]`.
    """

    w: F64
    b: I64
    c: I64
    tanda: I64
    tautan: I64
    nodes: I64
    node_count: int
    link_starts: I64


@dataclass(frozen=True, slots=True)
class BestWorld:
    """Chosen links (numbers in the graph), their margins, and rows whose component was cut."""

    options: I64
    distance: F64
    cut_off: I64


def label_components(link_graph: LinkGraph) -> I64:
    """The component of each link."""
    from scipy.sparse import coo_array  # scipy costs start-up time of every command
    from scipy.sparse.csgraph import connected_components

    banyak = len(link_graph.w)
    in_use = np.zeros(link_graph.node_count, dtype=np.bool_)
    in_use[link_graph.nodes] = True
    nomor = np.cumsum(in_use) - 1 + banyak
    extent = banyak + int(np.count_nonzero(in_use))
    isi = coo_array(
        (
            np.ones(len(link_graph.nodes), dtype=np.int8),
            (link_graph.tautan, nomor[link_graph.nodes]),
        ),
        shape=(extent, extent),
    )
    everything = connected_components(isi, directed=False)[1][:banyak]
    return np.unique(everything, return_inverse=True)[1].astype(np.int64)


def best_world(link_graph: LinkGraph, label: I64) -> BestWorld:
    """Solve every component (`label` of each link) exactly; one with too many sets is cut."""
    if len(link_graph.w) == 0:
        kosong = np.empty(0, dtype=np.int64)
        return BestWorld(kosong, np.empty(0), kosong)
    members = np.bincount(label)
    degree = np.bincount(link_graph.nodes, minlength=link_graph.node_count)
    hub = np.zeros(len(members), dtype=np.int64)
    np.maximum.at(hub, label[link_graph.tautan], degree[link_graph.nodes])
    star = hub == members
    options, distance = _solve_stars(link_graph, np.flatnonzero(star[label]), label)
    chosen_parts, distance_parts, cut = [options], [distance], []
    small = ~star & (members <= MOST_SMALL_LINKS)
    p, j = _solve_small(link_graph, label, np.flatnonzero(small[label]))
    chosen_parts.append(p)
    distance_parts.append(j)
    for component_links in _groups(label, np.flatnonzero(~(star | small)[label])):
        component = _Component(link_graph, component_links)
        chosen, margin = component.settle()
        chosen_parts.append(chosen)
        distance_parts.append(margin)
        if component.cut_off:
            cut.append(component_links[:1])
    return BestWorld(
        np.concatenate(chosen_parts),
        np.concatenate(distance_parts),
        np.concatenate(cut) if cut else np.empty(0, dtype=np.int64),
    )


def _groups(label: I64, picked: I64) -> Iterator[I64]:
    """The links of each component, as arrays in link order."""
    urut = picked[np.argsort(label[picked], kind="stable")]
    bound = np.flatnonzero(np.diff(label[urut])) + 1
    return iter(np.split(urut, bound)) if len(urut) else iter(())


def _solve_stars(link_graph: LinkGraph, picked: I64, label: I64) -> tuple[I64, F64]:
    """Components in which every link holds one common row: the best link, and its margin."""
    if len(picked) == 0:
        return picked, np.empty(0)
    urut = picked[np.lexsort((picked, -link_graph.w[picked], label[picked]))]
    header = np.concatenate([[True], np.diff(label[urut]) != 0])
    leaders = urut[header]
    owned = np.cumsum(header) - 1
    lain = link_graph.tanda[urut] != link_graph.tanda[leaders][owned]
    runners_up = np.zeros(len(leaders))
    np.maximum.at(runners_up, owned[lain], link_graph.w[urut][lain])
    return leaders, link_graph.w[leaders] - runners_up


def _solve_small(link_graph: LinkGraph, label: I64, picked: I64) -> tuple[I64, F64]:
    """Components of a few links: every world is looked at."""
    urut = picked[np.argsort(label[picked], kind="stable")]
    bound = [0, *(np.flatnonzero(np.diff(label[urut])) + 1).tolist(), len(urut)]
    w, tanda, nomor = link_graph.w[urut].tolist(), link_graph.tanda[urut].tolist(), urut.tolist()
    start, nodes = link_graph.link_starts.tolist(), link_graph.nodes.tolist()
    options: list[int] = []
    distance: list[float] = []
    for dari, sampai in pairwise(bound):
        if dari == sampai:
            continue
        held_rows = [frozenset(nodes[start[t] : start[t + 1]]) for t in nomor[dari:sampai]]
        selected, margin = _best_of_worlds(w[dari:sampai], tanda[dari:sampai], held_rows)
        options += [nomor[dari + k] for k in selected]
        distance += margin
    return np.array(options, dtype=np.int64), np.array(distance, dtype=np.float64)


def _best_of_worlds(
    w: list[float], tanda: list[int], held_rows: list[frozenset[int]]
) -> tuple[tuple[int, ...], list[float]]:
    """The best choice of links that share no row, and each one's exact margin."""
    worlds: list[tuple[float, tuple[int, ...], frozenset[int]]] = [(0.0, (), frozenset())]
    for k, rows in enumerate(held_rows):
        worlds += [(n + w[k], (*p, k), r | rows) for n, p, r in worlds if not r & rows]
    nilai, best, _ = max(worlds, key=lambda d: d[0])
    margin = []
    for k in best:
        lain = max(n for n, p, _ in worlds if all(tanda[x] != tanda[k] for x in p))
        margin.append(nilai - lain)
    return best, margin


def _compact(rows: I64) -> tuple[I64, I64]:
    """The distinct rows in order, and where each stands (small arrays: a dict is quicker)."""
    everything = rows.tolist()
    tempat = {row: k for k, row in enumerate(sorted(set(everything)))}
    return (
        np.array(list(tempat), dtype=np.int64),
        np.array([tempat[row] for row in everything], dtype=np.int64),
    )


class _Component:
    """One component that needs more than a look: rows and columns of single links, and sets."""

    def __init__(self, link_graph: LinkGraph, isi: I64) -> None:
        self.link_graph = link_graph
        one_item = link_graph.b[isi] >= 0
        self.cut_off = False
        self.one_item = isi[one_item]
        self.link_sets = isi[~one_item]
        self.baris, i = _compact(link_graph.b[self.one_item])
        self.column, j = _compact(link_graph.c[self.one_item])
        self.matrix = np.zeros((len(self.baris), len(self.column)))
        self.matrix[i, j] = link_graph.w[self.one_item]
        self.nomor = np.full(self.matrix.shape, -1, dtype=np.int64)
        self.nomor[i, j] = self.one_item

    def settle(self) -> tuple[I64, F64]:
        """(chosen links, margins)."""
        assignment = LinearAssignment(self.matrix, self.nomor, self.link_graph.tanda)
        if not len(self.link_sets):
            return assignment.options, assignment.distance()
        return self._with_sets(assignment)

    def _with_sets(self, akar: LinearAssignment) -> tuple[I64, F64]:
        """Try choices of sets in the order of what they could gain at most."""
        options = self._set_choices(akar)
        nilai, best, selected = -1.0, akar, options[0]
        for one_item in options:
            if one_item.most <= nilai + _SAME:
                break
            assignment = self._remaining(one_item.held_rows)
            jumlah = assignment.nilai + float(
                self.link_graph.w[list(one_item.isi)].sum() if one_item.isi else 0
            )
            if jumlah > nilai + _SAME:
                nilai, best, selected = jumlah, assignment, one_item
        lain = max((p.most for p in options if p.isi != selected.isi), default=-np.inf)
        distance = [
            nilai - max((p.most for p in options if h not in p.isi), default=0.0)
            for h in selected.isi
        ]
        link_sets = np.array(selected.isi, dtype=np.int64)
        return (
            np.concatenate([link_sets, best.options]),
            np.maximum(np.concatenate([distance, np.minimum(best.distance(), nilai - lain)]), 0),
        )

    def _set_choices(self, akar: LinearAssignment) -> list[_Choice]:
        """Every choice of sets that share no row, with the most that its world could be worth.

        The prices of the assignment bound every world: a set gains at most its score less the
        prices of the rows it takes.
        """
        line_prices, purchase_prices = akar.harga()
        harga = dict(zip(self.baris.tolist(), line_prices.tolist(), strict=True))
        harga |= dict(zip(self.column.tolist(), purchase_prices.tolist(), strict=True))
        gain = {h: self._gain(h, harga) for h in self.link_sets.tolist()}
        urut = sorted(gain, key=lambda h: (-gain[h][0], h))
        if len(urut) > MOST_SETS:
            self.cut_off |= gain[urut[MOST_SETS]][0] > 0
            urut = urut[:MOST_SETS]
        options = [_Choice((), frozenset(), akar.nilai)]
        for h in urut:
            profit, held_rows = gain[h]
            options += [
                _Choice((*p.isi, h), p.held_rows | held_rows, p.most + profit)
                for p in options
                if not p.held_rows & held_rows
            ]
        return sorted(options, key=lambda p: (-p.most, p.isi))

    def _gain(self, h: int, harga: dict[int, float]) -> tuple[float, frozenset[int]]:
        isi = self.link_graph.nodes[
            self.link_graph.link_starts[h] : self.link_graph.link_starts[h + 1]
        ].tolist()
        return float(self.link_graph.w[h]) - sum(harga.get(x, 0.0) for x in isi), frozenset(isi)

    def _remaining(self, held_rows: frozenset[int]) -> LinearAssignment:
        """Assignment of the rows that no chosen set holds."""
        taken = np.array(sorted(held_rows), dtype=np.int64)
        b = np.flatnonzero(~np.isin(self.baris, taken))
        c = np.flatnonzero(~np.isin(self.column, taken))
        within = np.ix_(b, c)
        return LinearAssignment(self.matrix[within], self.nomor[within], self.link_graph.tanda)


@dataclass(frozen=True, slots=True)
class _Choice:
    """Sets chosen together, the rows they hold, and the most their world could be worth."""

    isi: tuple[int, ...]
    held_rows: frozenset[int]
    most: float


def compose_graph(
    w: F64, b: I64, c: I64, tanda: I64, tautan: I64, nodes: I64, node_count: int
) -> LinkGraph:
    """A graph with its (link, row) pairs in link order."""
    urut = np.lexsort((nodes, tautan))
    start = np.searchsorted(tautan[urut], np.arange(len(w) + 1)).astype(np.int64)
    return LinkGraph(w, b, c, tanda, tautan[urut], nodes[urut], node_count, start)
