"""Judging on grouped folds: no office, no near-copy of a name, no head word on both sides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import GroupKFold

from kkpd.core.money import Rupiah
from kkpd.engines.classify import knowledge as classify_knowledge
from kkpd.engines.classify import policy as classify_policy
from train.latih import Array, latih
from train.sumber import Contoh

#: The policy of the regency that the goods come from: equipment 300,000, books 100,000 a unit.
BATAS_BARANG = classify_policy.ClassLimits(Rupiah.of(300_000), Rupiah.of(100_000))
BATAS_PAKET = classify_policy.ClassLimits(Rupiah.of(1_000_000))


@dataclass(frozen=True, slots=True)
class Nilai:
    """Scores of one set of answers; rates are 0..1."""

    nama: str
    n: int
    akurasi: float
    f1: float
    presisi: float
    peroleh: float
    akurasi80: float
    akurasi85: float
    ece: float

    def __str__(self) -> str:
        return (
            f"{self.nama:34} n={self.n:6} akurasi={self.akurasi:.4f} macro-F1={self.f1:.4f} "
            f"presisi={self.presisi:.3f} peroleh={self.peroleh:.3f} "
            f"80%={self.akurasi80:.4f} 85%={self.akurasi85:.4f} ECE={self.ece:.4f}"
        )


def lipat(
    rows: Sequence[Contoh],
    grup: Callable[[Contoh], str],
    extra: Sequence[Contoh],
    jumlah: int,
    latihan: Sequence[Contoh] = (),
) -> Array:
    """Chances (rows, kinds) where each row is judged by a model that never saw its group.

    `extra` are dictionary rows and `latihan` other labelled rows: both always in training.
    """
    out = np.zeros((len(rows), len(classify_knowledge.jenis())))
    groups = [grup(row) for row in rows]
    for train, test in GroupKFold(jumlah).split(out, groups=groups):
        model = latih([*(rows[at] for at in train), *extra, *latihan])
        out[test] = model.peluang([rows[at] for at in test])
    return out


def lipatan_kantor(grup: Sequence[str], jumlah: int, benih: int | None) -> npt.NDArray[np.int_]:
    """The fold of each row: whole offices, of even size, or drawn by `benih`."""
    out = np.zeros(len(grup), dtype=int)
    if benih is None:
        for fold, (_, test) in enumerate(GroupKFold(jumlah).split(out, groups=grup)):
            out[test] = fold
        return out
    size = Counter(grup)
    rng = np.random.default_rng(benih)
    offices = sorted(size, key=lambda name: (-size[name], name))
    load, chosen = np.zeros(jumlah), {}
    for name in offices:
        slack = load.min() + (30 if size[name] < 60 else 0)
        fold = int(rng.choice(np.flatnonzero(load <= slack)))
        chosen[name] = fold
        load[fold] += size[name]
    return np.array([chosen[name] for name in grup])


def modal_chance(
    chances: Array, rows: Sequence[Contoh], bound: classify_policy.ClassLimits
) -> Array:
    """The chance of capital for each row, by the same policy as the running program."""
    kinds = list(classify_knowledge.jenis().values())
    table = np.array(
        [
            [
                classify_policy.modal_chance(
                    kind, classify_policy.harga_satuan(row.thing), row.thing.nilai, bound
                )
                for kind in kinds
            ]
            for row in rows
        ]
    )
    return np.asarray((chances * table).sum(axis=1))


def tally(nama: str, label: Sequence[str], modal: Array, confidence: Array | None = None) -> Nilai:
    """Scores of the forced answer `modal > 0.5`; `confidence` is its own, else max(p, 1-p)."""
    truth = np.array([text == "modal" for text in label])
    answer = modal > 0.5
    sure = np.maximum(modal, 1 - modal) if confidence is None else confidence
    right = answer == truth
    order = np.argsort(-sure, kind="stable")
    precision = _bagi(int((answer & truth).sum()), int(answer.sum()))
    recall = _bagi(int((answer & truth).sum()), int(truth.sum()))
    return Nilai(
        nama,
        len(truth),
        float(right.mean()),
        (_f1(truth, answer) + _f1(~truth, ~answer)) / 2,
        precision,
        recall,
        float(right[order[: int(0.80 * len(right))]].mean()),
        float(right[order[: int(0.85 * len(right))]].mean()),
        galat_kalibrasi(sure, right),
    )


def _bagi(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _f1(truth: npt.NDArray[np.bool_], answer: npt.NDArray[np.bool_]) -> float:
    both = int((truth & answer).sum())
    return _bagi(2 * both, int(truth.sum()) + int(answer.sum()))


def galat_kalibrasi(sure: Array, right: npt.NDArray[np.bool_], kotak: int = 10) -> float:
    """Expected calibration error over `kotak` equal bins of confidence from 0.5 to 1."""
    edges = np.minimum(((sure - 0.5) * 2 * kotak).astype(int), kotak - 1)
    total = 0.0
    for edge in np.unique(edges):
        inside = edges == edge
        total += inside.mean() * abs(sure[inside].mean() - right[inside].mean())
    return float(total)


def galat_harapan(sure: Array, times: int = 200) -> float:
    """The same error of answers that are right exactly as often as they are sure: on few rows it
    is not nought, for chance alone moves every bin.
    """
    rng = np.random.default_rng(0)
    draws = [galat_kalibrasi(sure, rng.random(len(sure)) < sure) for _ in range(times)]
    return float(np.mean(draws))
