"""The probability of each link over all worlds, by belief propagation on the candidate graph.

A world is a choice of links in which no row stands twice; its weight is the product of exp(W). On
trees the result is exact; on the small loops of equal amounts it is a close approximation
(sum-product for matchings, Bethe).
"""

from __future__ import annotations

import numpy as np

from kkpd.engines.matching.arrays import F64, I64, per_kelompok

_PUTARAN, _SEDIKIT = 60, 8
_CUKUP = 1e-3
_TERTINGGI = 60.0


def peluang(tautan: I64, simpul: I64, w: F64, banyak_simpul: int, *, kasar: bool = False) -> F64:
    """P(link) for each of `len(w)` links; (tautan, simpul) lists which rows each link holds.

    `kasar` stops early: enough to count how many rows have a partner.
    """
    hasil: F64 = 1 / (1 + np.exp(-np.clip(w, -_TERTINGGI, _TERTINGGI)))
    derajat = np.bincount(simpul, minlength=banyak_simpul)
    ramai = np.flatnonzero(np.bincount(tautan[derajat[simpul] > 1], minlength=len(w)))
    if len(ramai):
        nomor = np.full(len(w), -1, dtype=np.int64)
        nomor[ramai] = np.arange(len(ramai))
        ikut = nomor[tautan] >= 0
        padat = np.unique(simpul[ikut], return_inverse=True)[1].astype(np.int64)
        hasil[ramai] = _rambatkan(
            nomor[tautan[ikut]], padat, w[ramai], _SEDIKIT if kasar else _PUTARAN
        )
    return hasil


def _rambatkan(tautan: I64, simpul: I64, w: F64, putaran: int) -> F64:
    """Pass messages between links and rows until they settle."""
    bobot = np.exp(np.clip(w, -_TERTINGGI, _TERTINGGI))
    banyak_simpul = int(simpul.max()) + 1
    pesan = np.ones(len(simpul))
    for _ in range(putaran):
        luar = _luar(tautan, pesan, bobot)
        jumlah = per_kelompok(simpul, luar, banyak_simpul)
        baru = 1 / (1 + np.maximum(jumlah[simpul] - luar, 0))
        baru = np.sqrt(baru * pesan)
        selesai = np.abs(np.log(baru) - np.log(pesan)).max() < _CUKUP
        pesan = baru
        if selesai:
            break
    bebas = per_kelompok(tautan, np.log(pesan), len(w))
    hasil: F64 = 1 / (1 + np.exp(-(np.log(bobot) + bebas)))
    return hasil


def _luar(tautan: I64, pesan: F64, bobot: F64) -> F64:
    """For each (link, row): the link's weight times the freedom of its *other* rows."""
    log_pesan = np.log(pesan)
    semua = np.log(bobot) + per_kelompok(tautan, log_pesan, len(bobot))
    hasil: F64 = np.exp(semua[tautan] - log_pesan)
    return hasil
