"""Fitting: a multinomial logistic regression over `feature_values`, one weight vector a feature and
kind.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from kkpd.engines.classify import knowledge as classify_knowledge
from train import sumber, umum
from train.features import feature_values
from train.sumber import Contoh

Array = npt.NDArray[np.float64]

#: Strength of the fit (inverse regularisation) and weights of the sources, chosen on grouped folds.
KUAT = 2.0
WEIGHTS = {
    "barang": 1.0,
    "umum": 1.5,
    "koreksi": 2.0,
    "kodefikasi": 0.15,
    "ragu": 0.3,
}
BOBOT_KAMUS = 0.2
#: Goods below the region's limit on accounts that hold both small equipment and consumables say
#: little about what they are: the limit decided, not the thing. They count this much.
BOBOT_TERSENSOR = 0.3
_TERSENSOR = frozenset(
    f"5.1.02.01.01.{n:04d}"
    for n in (12, 15, 16, 18, 19, 20, 23, 24, 26, 29, 30, 31, 32, 33, 34, 36, 38, 39, 40)
)


#: Pieces of words seen this often or less are left out; other features when seen once.
_JARANG = {"c ": 3, "k ": 3}


@dataclass(frozen=True, slots=True)
class Linear:
    """Fitted weights: `koef[feature, kind]` in log-odds, and `dasar[kind]`."""

    nama: dict[str, int]
    koef: Array
    dasar: Array

    def peluang(self, rows: Sequence[Contoh]) -> Array:
        """Chances, shape (rows, kinds), in the order of `pengetahuan.jenis()`."""
        scores = (
            matrix([feature_values(row.thing) for row in rows], self.nama) @ self.koef + self.dasar
        )
        powers = np.exp(scores - scores.max(axis=1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def weight(sample: Contoh) -> float:
    """How much a row counts in the fit."""
    base = WEIGHTS.get(sample.asal, BOBOT_KAMUS) * sample.weight
    harga = sample.thing.harga
    below = sample.asal == "barang" and harga is not None and harga < sumber.BATAS_SUMBER
    if below and not _TERSENSOR.isdisjoint(sample.rekening):
        base *= BOBOT_TERSENSOR
    return base


def matrix(features: Sequence[dict[str, float]], nama: dict[str, int]) -> sparse.csr_matrix:
    """Rows of named features as a sparse matrix; unknown names are left out."""
    starts, columns, values = [0], [], []
    for row in features:
        for name, value in row.items():
            at = nama.get(name)
            if at is not None:
                columns.append(at)
                values.append(value)
        starts.append(len(columns))
    return sparse.csr_matrix((values, columns, starts), shape=(len(features), len(nama)))


def latih(rows: Sequence[Contoh], kuat: float = KUAT) -> Linear:
    """Fit on labelled rows; features seen once are left out, but for words of general knowledge."""
    features = [feature_values(row.thing) for row in rows]
    counts = Counter(name for row in features for name in row)
    umum = {n for f, row in zip(features, rows, strict=True) if row.asal == "umum" for n in f}
    kept = sorted(
        name for name, count in counts.items() if count > _JARANG.get(name[:2], 1) or name in umum
    )
    nama = {name: at for at, name in enumerate(kept)}
    kinds = list(classify_knowledge.jenis())
    y = np.array([kinds.index(row.jenis) for row in rows])
    model = LogisticRegression(C=kuat, max_iter=60, tol=1e-3)
    model.fit(matrix(features, nama), y, sample_weight=[weight(row) for row in rows])
    koef = np.zeros((len(nama), len(kinds)))
    dasar = np.full(len(kinds), -12.0)
    koef[:, model.classes_] = model.coef_.T
    dasar[model.classes_] = model.intercept_
    return Linear(nama, koef, dasar)


def everything(koreksi: Sequence[Path] = ()) -> tuple[list[Contoh], list[Contoh], list[Contoh]]:
    """The labelled goods, the labelled packages with titles of general knowledge, and everything
    that is always in training: dictionaries, general knowledge, goods of either class, people's
    corrections.
    """
    kamus = [*sumber.kamus(), *umum.thing(), *sumber.barang_ragu()]
    for path in koreksi:
        kamus += sumber.koreksi(path)
    return sumber.thing(), [*sumber.paket(), *umum.paket()], kamus
