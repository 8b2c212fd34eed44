"""Pairs that no rival comes near: settled at once, so that only the rest needs worlds."""

from __future__ import annotations

import numpy as np

from kkpd.engines.matching.arrays import F64, I64, Ya, sum_by_group
from kkpd.engines.matching.score import Edges

#: A pair that stands so high, and leads every rival of both its rows by so much (log-odds).
_MIN_SCORE = 7.0
_MIN_DISTANCE = 9.0


def settled_pairs(edges: Edges, line_count: int, purchase_count: int) -> tuple[Ya, F64, F64]:
    """(settled or not, probability, lower bound of the margin) for each pair."""
    rivals = np.zeros(len(edges))
    runners_up = np.zeros(len(edges))
    for nodes, extent in ((edges.b, line_count), (edges.c, purchase_count)):
        above, below, jumlah = _top_two(nodes, edges.w, extent)
        leaders = edges.w >= above[nodes]
        runners_up += np.maximum(np.where(leaders, below[nodes], above[nodes]), 0)
        rivals += np.maximum(jumlah[nodes] - np.exp(np.minimum(edges.w, 60)), 0)
    distance = edges.w - runners_up
    settled = (edges.w >= _MIN_SCORE) & ((distance >= _MIN_DISTANCE) | (runners_up == 0))
    p = 1 / (1 + (1 + rivals) * np.exp(-np.minimum(edges.w, 60)))
    return settled, p, distance


def _top_two(nodes: I64, w: F64, extent: int) -> tuple[F64, F64, F64]:
    """The best and second best score at each row, and the sum of all weights there."""
    above, below = np.full(extent, -np.inf), np.full(extent, -np.inf)
    np.maximum.at(above, nodes, w)
    leaders = w == above[nodes]
    np.maximum.at(below, nodes[~leaders], w[~leaders])
    ties = np.bincount(nodes[leaders], minlength=extent) > 1
    below[ties] = above[ties]
    return above, below, sum_by_group(nodes, np.exp(np.minimum(w, 60)), extent)
