"""The probability of each link over all worlds, by belief propagation on the candidate graph.

A world is a choice of links in which no row stands twice; its weight is the product of exp(W). On
trees the result is exact; on the small loops of equal amounts it is a close approximation
(sum-product for matchings, Bethe).
"""

from __future__ import annotations

import numpy as np

from kkpd.engines.matching.arrays import F64, I64, sum_by_group

_ROUNDS, _FEW = 60, 8
_ENOUGH = 1e-3
_HIGHEST = 60.0


def peluang(tautan: I64, nodes: I64, w: F64, node_count: int, *, coarse: bool = False) -> F64:
    """P(link) for each of `len(w)` links; (tautan, simpul) lists which rows each link holds.

    `coarse` stops early: enough to count how many rows have a partner.
    """
    hasil: F64 = 1 / (1 + np.exp(-np.clip(w, -_HIGHEST, _HIGHEST)))
    degree = np.bincount(nodes, minlength=node_count)
    crowd = np.flatnonzero(np.bincount(tautan[degree[nodes] > 1], minlength=len(w)))
    if len(crowd):
        nomor = np.full(len(w), -1, dtype=np.int64)
        nomor[crowd] = np.arange(len(crowd))
        follow = nomor[tautan] >= 0
        dense = np.unique(nodes[follow], return_inverse=True)[1].astype(np.int64)
        hasil[crowd] = _propagate(
            nomor[tautan[follow]], dense, w[crowd], _FEW if coarse else _ROUNDS
        )
    return hasil


def _propagate(tautan: I64, nodes: I64, w: F64, rounds: int) -> F64:
    """Pass messages between links and rows until they settle."""
    weight = np.exp(np.clip(w, -_HIGHEST, _HIGHEST))
    node_count = int(nodes.max()) + 1
    pesan = np.ones(len(nodes))
    for _ in range(rounds):
        outside = _outgoing(tautan, pesan, weight)
        jumlah = sum_by_group(nodes, outside, node_count)
        baru = 1 / (1 + np.maximum(jumlah[nodes] - outside, 0))
        baru = np.sqrt(baru * pesan)
        selesai = np.abs(np.log(baru) - np.log(pesan)).max() < _ENOUGH
        pesan = baru
        if selesai:
            break
    free = sum_by_group(tautan, np.log(pesan), len(w))
    hasil: F64 = 1 / (1 + np.exp(-(np.log(weight) + free)))
    return hasil


def _outgoing(tautan: I64, pesan: F64, weight: F64) -> F64:
    """For each (link, row): the link's weight times the freedom of its *other* rows."""
    log_messages = np.log(pesan)
    everything = np.log(weight) + sum_by_group(tautan, log_messages, len(weight))
    hasil: F64 = np.exp(everything[tautan] - log_messages)
    return hasil
