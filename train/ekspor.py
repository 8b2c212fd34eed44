"""Writing the fitted weights as the text that the program reads (`bobot.txt`).

A known word's pieces are added into the word's own weight, so that a reader sees one number a word
and kind; the pieces themselves are shipped for words that training never saw.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from kkpd.engines.classify import knowledge as classify_knowledge
from kkpd.engines.classify import model as classify_model
from kkpd.engines.classify import tokens as words_tokens
from train import features
from train.latih import Array, Linear

#: Smaller weights (log-odds, largest over the kinds) are left out.
TERKECIL = {"b": 0.22, "j": 0.22, "i": 0.15, "s": 0.15}
MAKS_GRAM = 9000


def ekspor(model: Linear, path: Path) -> int:
    """Write the weights in hundredths of log-odds; returns how many lines were written."""
    lines = [_row("dasar", model.dasar)]
    lines += [_row(name, vector) for name, vector in sorted(_terpilih(model).items())]
    head = f"# nama fitur<TAB>seperseratus log-odds: {' '.join(classify_knowledge.jenis())}"
    path.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    return len(lines)


def _row(name: str, vector: Array) -> str:
    hundredths = np.rint(100 * (vector - vector.mean())).astype(int)
    return f"{name}\t{' '.join(str(value) for value in hundredths)}"


def _terpilih(model: Linear) -> dict[str, Array]:
    out: dict[str, Array] = {}
    pieces: dict[str, list[tuple[float, str]]] = {"c": [], "k": []}
    for name, at in model.nama.items():
        room, _, rest = name.partition(" ")
        vector = model.koef[at]
        if room == "u":
            out[name] = _words(model, rest)
        elif room == "h":
            out[name] = _kepala(model, rest)
        elif room in pieces:
            pieces[room].append((float(np.abs(vector - vector.mean()).max()), name))
        elif np.abs(vector - vector.mean()).max() >= TERKECIL.get(room, 0.0):
            out[name] = vector
    for found in pieces.values():
        for _, name in sorted(found, reverse=True)[:MAKS_GRAM]:
            out[name] = model.koef[model.nama[name]]
    return out


def _total(model: Linear, room: str, word: str) -> Array:
    pieces = words_tokens.gram(word)
    total = np.zeros(model.koef.shape[1])
    for piece in pieces:
        at = model.nama.get(f"{room} {piece}")
        if at is not None:
            total += model.koef[at]
    return total / math.sqrt(len(pieces))


def _words(model: Linear, word: str) -> Array:
    return np.asarray(
        features.WORDS * model.koef[model.nama[f"u {word}"]] + _total(model, "c", word)
    )


def _kepala(model: Linear, word: str) -> Array:
    return np.asarray(
        classify_model.HEAD * model.koef[model.nama[f"h {word}"]]
        + classify_model.PIECES_OF_HEAD * _total(model, "k", word)
    )
