"""Fitting the package weights: log-odds of capital on top of what the goods' model says."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from kkpd.engines.classify import knowledge as classify_knowledge
from kkpd.engines.classify import model as classify_model
from kkpd.engines.classify import model as classify_packages
from kkpd.engines.classify import policy as classify_policy
from kkpd.engines.classify import tokens as words_tokens
from train import features
from train.latih import Array, Linear, matrix
from train.nilai import BATAS_PAKET, lipatan_kantor, modal_chance
from train.sumber import Contoh

#: Strength of the fit. Every strength tried (0.3 to 8) is within the spread of the splits.
KUAT = 2.0
#: Features seen less often are left out.
TERSERING = 2


@dataclass(frozen=True, slots=True)
class Terlatih:
    """Fitted weights by the name of the feature, `dasar` among them."""

    weight: dict[str, float]
    nama: dict[str, int]
    koef: Array

    def peluang(self, rows: Sequence[Contoh], kata: Array) -> Array:
        """The chance of capital of each row; `kata` are the chances of the kinds by its words."""
        scores = fitur(rows, kata, self.nama) @ self.koef + self.weight["dasar"]
        return np.asarray(1 / (1 + np.exp(-scores)))


def nama_ciri(row: Contoh) -> dict[str, float]:
    """The features of `package_features`, with words and heads also by their pieces."""
    words = words_tokens.words_token(row.thing.uraian)
    out: defaultdict[str, float] = defaultdict(float)
    for name, value in classify_packages.package_features(
        row.thing, words, words_tokens.header(words)
    ):
        room, _, word = name.partition(" ")
        out[name] += value * {"u": features.WORDS, "h": classify_model.HEAD}.get(room, 1.0)
        if room in {"u", "h"}:
            pieces = words_tokens.gram(word)
            for piece in pieces:
                out[f"{'c' if room == 'u' else 'k'} {piece}"] += value / math.sqrt(len(pieces))
    return dict(out)


def _words(rows: Sequence[Contoh], kata: Array) -> Array:
    """What the words' model says, as the running program sees it."""
    raw = modal_chance(kata, rows, BATAS_PAKET)
    found = []
    for chances, total in zip(kata, raw, strict=True):
        kinds, odds = classify_packages.word_features(list(chances), float(total))
        found.append([*kinds, odds])
    return np.array(found)


def fitur(rows: Sequence[Contoh], kata: Array, nama: dict[str, int]) -> sparse.csr_matrix:
    """The features as a matrix: named ones, then those of the words' model."""
    named = matrix([nama_ciri(row) for row in rows], nama)
    return sparse.hstack([named, sparse.csr_matrix(_words(rows, kata))]).tocsr()


def latih(rows: Sequence[Contoh], kata: Array) -> Terlatih:
    """Fit on labelled packages; `kata` comes from a model that saw no package."""
    counts = Counter(name for row in rows for name in nama_ciri(row))
    kept = sorted(name for name, count in counts.items() if count >= TERSERING)
    nama = {name: at for at, name in enumerate(kept)}
    truth = [row.label == "modal" for row in rows]
    model = LogisticRegression(C=KUAT, max_iter=200, tol=1e-3)
    model.fit(fitur(rows, kata, nama), truth, sample_weight=[row.weight for row in rows])
    koef = np.asarray(model.coef_[0])
    named = dict(
        zip(
            [*kept, *(f"jenis {kind}" for kind in classify_knowledge.jenis()), "logit"],
            koef,
            strict=True,
        )
    )
    return Terlatih({**named, "dasar": float(model.intercept_[0])}, nama, koef)


def lipat(
    rows: Sequence[Contoh], model: Linear, latihan: Sequence[Contoh], benih: int | None = None
) -> tuple[Array, Array]:
    """Chances of capital where each office is judged by weights that never saw it, and of kinds.

    `latihan` are packages that are always in training; `benih` draws another split of the offices.
    """
    kata, more = model.peluang(rows), model.peluang(latihan)
    out = np.zeros(len(rows))
    groups = lipatan_kantor([row.grup for row in rows], 5, benih)
    for fold in np.unique(groups):
        train = np.flatnonzero(groups != fold).tolist()
        test = np.flatnonzero(groups == fold).tolist()
        fitted = latih([*(rows[at] for at in train), *latihan], np.vstack([kata[train], more]))
        out[test] = fitted.peluang([rows[at] for at in test], kata[test])
    return _berbatas(rows, kata, out), kata


def _berbatas(rows: Sequence[Contoh], kata: Array, modal: Array) -> Array:
    """An amount below the limit holds no thing that reaches it."""
    raw = modal_chance(kata, rows, BATAS_PAKET)
    low = np.array([classify_policy.below(row.thing.nilai, BATAS_PAKET) for row in rows])
    return np.where(low, np.minimum(modal, raw), modal)


def ekspor(trained: Terlatih, path: Path) -> int:
    """Write hundredths of log-odds, the pieces of known words added in; returns the lines."""
    weight = trained.weight
    out: dict[str, float] = {}
    for name, value in weight.items():
        room, _, word = name.partition(" ")
        if room in {"u", "h"}:
            pieces = words_tokens.gram(word)
            place = "c" if room == "u" else "k"
            whole = sum(weight.get(f"{place} {piece}", 0.0) for piece in pieces)
            scale = features.WORDS if room == "u" else classify_model.HEAD
            out[name] = scale * value + whole / math.sqrt(len(pieces))
        else:
            out[name] = value
    needed = ("dasar", "logit", "jenis ")
    rows = [
        f"{name}\t{round(100 * value)}"
        for name, value in sorted(out.items())
        if round(100 * value) or name.startswith(needed)
    ]
    head = "# ciri paket<TAB>seperseratus log-odds modal"
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return len(rows)
