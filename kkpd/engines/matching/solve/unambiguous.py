"""Pairs that no rival comes near: settled at once, so that only the rest needs worlds."""

from __future__ import annotations

import numpy as np

from kkpd.engines.matching.arrays import F64, I64, Ya, per_kelompok
from kkpd.engines.matching.score import Tepi

#: A pair that stands so high, and leads every rival of both its rows by so much (log-odds).
_SKOR = 7.0
_JARAK = 9.0


def pasangan_jelas(tepi: Tepi, banyak_b: int, banyak_c: int) -> tuple[Ya, F64, F64]:
    """(settled or not, probability, lower bound of the margin) for each pair."""
    saingan = np.zeros(len(tepi))
    kedua = np.zeros(len(tepi))
    for simpul, luas in ((tepi.b, banyak_b), (tepi.c, banyak_c)):
        atas, bawah, jumlah = _dua_teratas(simpul, tepi.w, luas)
        juara = tepi.w >= atas[simpul]
        kedua += np.maximum(np.where(juara, bawah[simpul], atas[simpul]), 0)
        saingan += np.maximum(jumlah[simpul] - np.exp(np.minimum(tepi.w, 60)), 0)
    jarak = tepi.w - kedua
    jelas = (tepi.w >= _SKOR) & ((jarak >= _JARAK) | (kedua == 0))
    p = 1 / (1 + (1 + saingan) * np.exp(-np.minimum(tepi.w, 60)))
    return jelas, p, jarak


def _dua_teratas(simpul: I64, w: F64, luas: int) -> tuple[F64, F64, F64]:
    """The best and second best score at each row, and the sum of all weights there."""
    atas, bawah = np.full(luas, -np.inf), np.full(luas, -np.inf)
    np.maximum.at(atas, simpul, w)
    juara = w == atas[simpul]
    np.maximum.at(bawah, simpul[~juara], w[~juara])
    seri = np.bincount(simpul[juara], minlength=luas) > 1
    bawah[seri] = atas[seri]
    return atas, bawah, per_kelompok(simpul, np.exp(np.minimum(w, 60)), luas)
