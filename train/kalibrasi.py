"""Calibration on grouped folds: for each family of lines a slope and a shift of the log-odds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from kkpd.engines.classify import model as run_each
from kkpd.engines.classify import policy as classify_policy
from train import latih, paket, sumber, umum
from train.latih import Array
from train.nilai import BATAS_BARANG, BATAS_PAKET, lipat, modal_chance
from train.sumber import Contoh

#: One office holds two thirds of the packages; the others are judged apart, with it in training.
KANTOR_BESAR = "DINAS PEKERJAAN UMUM DAN TATA RUANG"
#: No labelled line comes without a unit price and without being a package, or without a known
#: limit, and few without any known word: these are set by hand, cautious.
DENGAN_TANGAN = {
    "tanpa_harga": (0.9, 0.0),
    "tanpa_batas": (1.0, 0.0),
    "tak_dikenal": (0.4, 0.0),
    # Fitted, these would learn one regency's book titles: only clear books are capital, and below
    # the limit only clear works and land.
    "buku": (1.0, -0.5),
    "di_bawah": (1.0, -0.5),
}
#: This part of a fitted shift is kept: how many dear things are equipment is partly the region's
#: own habit, and all labelled goods are of one region. On the folds half costs nothing.
BAGIAN_GESER = 0.5
_BENIH = 7


@dataclass(frozen=True, slots=True)
class Lipatan:
    """Held-out chances of kinds and of capital of one set of rows, and the policy for it."""

    nama: str
    rows: Sequence[Contoh]
    peluang: Array
    bound: classify_policy.ClassLimits
    #: The chance of capital, before calibration.
    modal: Array

    @property
    def label(self) -> list[str]:
        """What the government charged."""
        return [row.label for row in self.rows]

    @property
    def paket(self) -> bool:
        """Whether these are packages, which need no calibration of their own."""
        return self.bound == BATAS_PAKET

    def line_family(self) -> list[str]:
        """The family of each row, as the running program names it; empty for packages."""
        kinds = classify_policy.urutan()
        out = []
        for row, chances in zip(() if self.paket else self.rows, self.peluang, strict=False):
            price = classify_policy.harga_satuan(row.thing)
            table = classify_policy.capital_shares(
                *classify_policy.reached(price, row.thing.nilai, self.bound)
            )
            lead = kinds[int((chances * np.array(table)).argmax())]
            out.append(classify_policy.line_family(classify_policy.band(price, self.bound), lead))
        return out


def dibagi(packages: Sequence[Contoh]) -> tuple[list[Contoh], list[Contoh]]:
    """The packages of the judged offices, and those always in training: the one large office and
    general knowledge.
    """
    always = {KANTOR_BESAR, umum.COMMON}
    small = [row for row in packages if row.grup not in always]
    return small, [row for row in packages if row.grup in always]


def partial(rows: Sequence[Contoh], bagian: float) -> list[Contoh]:
    """A fixed random part of the rows, to keep the folds quick."""
    chosen = np.random.default_rng(_BENIH).random(len(rows)) < bagian
    return [row for row, keep in zip(rows, chosen, strict=True) if keep]


def brief(kamus: Sequence[Contoh]) -> list[Contoh]:
    """The dictionary rows for folds: a third of the goods codes, which are mostly laboratory."""
    codes = partial([row for row in kamus if row.asal == "kodefikasi"], 0.33)
    return [*(row for row in kamus if row.asal != "kodefikasi"), *codes]


def dasar(thing: Sequence[Contoh], kamus: Sequence[Contoh]) -> latih.Linear:
    """The words' model that saw no package at all."""
    return latih.latih([*thing, *brief(kamus)])


def lipatan(
    thing: Sequence[Contoh], packages: Sequence[Contoh], kamus: Sequence[Contoh]
) -> list[Lipatan]:
    """Offices never seen, and head words never seen."""
    small, always = dibagi(packages)
    offices, kinds = paket.lipat(small, dasar(thing, kamus), always)
    heads = lipat(thing, sumber.kata_kepala, brief(kamus), 3)
    capital = modal_chance(heads, thing, BATAS_BARANG)
    return [
        Lipatan("paket, kantor baru", small, kinds, BATAS_PAKET, offices),
        Lipatan("barang, kata kepala baru", thing, heads, BATAS_BARANG, capital),
    ]


def calibration_lines(folds: Sequence[Lipatan]) -> dict[str, tuple[float, float]]:
    """Family -> (slope, shift) of the log-odds, fitted on the held-out rows."""
    out = dict(DENGAN_TANGAN)
    for family in ("di_atas", "di_atas_rendah", "lain"):
        chances: list[float] = []
        truth: list[bool] = []
        for fold in (fold for fold in folds if not fold.paket):
            for row, chance, name in zip(fold.rows, fold.modal, fold.line_family(), strict=True):
                if name == family:
                    chances.append(run_each.logit(float(chance)))
                    truth.append(row.label == "modal")
        model = LogisticRegression(C=1e3).fit(np.array(chances)[:, None], truth)
        shift = BAGIAN_GESER * float(model.intercept_[0])
        out[family] = (round(float(model.coef_[0, 0]), 3), round(shift, 3))
    return out


def terapkan(fold: Lipatan, lines: dict[str, tuple[float, float]]) -> Array:
    """The calibrated chance of capital of each held-out row."""
    if fold.paket:
        return fold.modal
    pairs = zip(fold.modal, fold.line_family(), strict=True)
    return np.array([run_each.calibrated(name, float(chance), lines) for chance, name in pairs])


def write_out(lines: dict[str, tuple[float, float]], path: Path) -> None:
    """Write the file that the program reads."""
    rows = [f"{name},{slope},{shift}" for name, (slope, shift) in sorted(lines.items())]
    path.write_text("\n".join(["keluarga,kemiringan,geser", *rows]) + "\n", encoding="utf-8")
