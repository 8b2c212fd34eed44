"""Whole packages: the chance of capital out of their words, their kind of work and their size.

A package has one amount and no unit price, so no limit decides it. What decides is what offices
charged to which class; that is learned from labelled packages as one log-odds of capital, on top
of what `model` says the thing is, which is learned from goods and from the law's dictionaries.
`kkpd/data/klasifikasi/paket.txt`: one line a feature, hundredths of log-odds (plus: capital).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from functools import cache

from kkpd.engines.classify import knowledge
from kkpd.engines.classify.calibration import logit
from kkpd.engines.classify.shapes import Item
from kkpd.engines.classify.words import tokens

#: A kind of which the words say nothing keeps this chance, so that its logarithm stays small.
FLOOR = 0.01
#: Scale of the feature of the amount's size.
SIZE = 0.5
#: The planning system names two kinds of procurement otherwise than the contract system does.
_PROCUREMENT = {"barang": "pengadaan barang", "konstruksi": "pekerjaan konstruksi"}
#: Units in which a package is counted: one of them is no unit price.
_LUMP_SUM_UNITS = frozenset(["paket", "ls", "lumpsum", "kegiatan", "pekerjaan"])
#: A part of the evidence: what it is, and its log-odds of capital.
Piece = tuple[str, float]


def is_package(thing: Item) -> bool:
    """A whole package: one amount, no price of a single thing, no merchant."""
    return (
        thing.harga is None
        and (thing.volume is None or _is_lump_sum(thing))
        and not thing.mcc
        and not thing.merchant
        and (bool(thing.jenis_pengadaan) or thing.nilai is not None)
    )


def _is_lump_sum(thing: Item) -> bool:
    """One package (`1 paket`, `1 ls`): its price is its amount, not that of a thing."""
    return thing.volume == 1 and tokens.satuan(thing.satuan) in _LUMP_SUM_UNITS


def package_features(
    thing: Item, words: tuple[str, ...], heads: tuple[str, ...]
) -> list[tuple[str, float]]:
    """Features of a whole package: rooms `u b h` as in `model`, `p` kind of procurement, `pn` size
    of the amount, `pj` both. Weights of `u` and `h` hold those of the word's pieces.
    """
    part = 1 / math.sqrt(max(1, len(words)))
    out = [(f"u {word}", part) for word in words]
    pair = 1 / math.sqrt(max(1, len(words) - 1))
    out += [(f"b {one} {two}", pair) for one, two in itertools.pairwise(words)]
    out += [(f"h {word}", 1.0) for word in heads[:1]]
    jenis = tokens.satuan(thing.jenis_pengadaan)
    jenis = _PROCUREMENT.get(jenis, jenis)
    rupiah = thing.nilai.sen // 100 if thing.nilai is not None else 0
    size = math.log10(max(1, rupiah))
    if jenis:
        out.append((f"p {jenis}", 1.0))
    short = " ".join(jenis.split()[:2]) or "-"
    return [*out, (f"pn{int(2 * size)}", SIZE), (f"pj {short}{int(size)}", SIZE)]


def word_features(peluang: Sequence[float], raw_chance: float) -> tuple[list[float], float]:
    """What the words' model says, as features: centred log-chances by kind, log-odds of capital."""
    logs = [math.log(chance + FLOOR) for chance in peluang]
    middle = sum(logs) / len(logs)
    return [value - middle for value in logs], logit(raw_chance)


class WorkPackage:
    """The fitted weights; every method is a pure function of the shipped file."""

    def __init__(self, text: str) -> None:
        lines = [line.split("\t") for line in text.split("\n")[1:] if line]
        self._weights = {name: int(value) / 100 for name, value in lines}

    def bagian(self, thing: Item, peluang: Sequence[float], raw_chance: float) -> list[Piece]:
        """Every piece of evidence; with what all packages have they add up to the log-odds."""
        kinds, total = word_features(peluang, raw_chance)
        weight = self._weights
        out = [
            (f"jenis {kind.nama}", weight[f"jenis {kind.jenis}"] * value)
            for kind, value in zip(knowledge.jenis().values(), kinds, strict=True)
        ]
        out.append(("jenis seluruhnya", weight["logit"] * total))
        return out + self._words(thing)

    def _words(self, thing: Item) -> list[Piece]:
        words = tokens.words_token(thing.uraian)
        heads = tokens.header(words)
        out = []
        for name, value in package_features(thing, words, heads):
            room, _, word = name.partition(" ")
            weight = self._weights.get(name)
            if weight is None and room in {"u", "h"}:
                weight = self._cut("c" if room == "u" else "k", word)
            if weight:
                out.append((f"paket: {word or name}", value * weight))
        return out

    def _cut(self, room: str, word: str) -> float:
        """The weight of a word never met, out of its pieces."""
        pieces = tokens.gram(word)
        found = sum([self._weights.get(f"{room} {piece}", 0.0) for piece in pieces])
        return found / math.sqrt(len(pieces))

    def modal(self, thing: Item, peluang: Sequence[float], raw_chance: float) -> float:
        """The chance, 0..1, that the package is capital."""
        parts = self.bagian(thing, peluang, raw_chance)
        odds = self._weights["dasar"] + math.fsum([part for _, part in parts])
        return 1 / (1 + math.exp(-odds))


@cache
def weights() -> WorkPackage:
    """The shipped weights."""
    return WorkPackage(knowledge.weights("paket.txt"))
