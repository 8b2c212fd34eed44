"""Whole packages: the chance of capital out of their words, their kind of work and their size.

A package has one amount and no unit price, so no limit decides it. What decides is what offices
charged to which class; that is learned from labelled packages as one log-odds of capital, on top
of what `model` says the thing is, which is learned from goods and from the law's dictionaries.
`kkpd/data/klasifikasi/paket.txt`: one line a feature, hundredths of log-odds (plus: capital).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache

from kkpd.engines.classify import knowledge as classify_knowledge
from kkpd.engines.classify.calibration import logit
from kkpd.engines.classify.shapes import Item
from kkpd.engines.classify.words import features as words_features
from kkpd.engines.classify.words import tokens as words_tokens

#: A kind of which the words say nothing keeps this chance, so that its logarithm stays small.
FLOOR = 0.01
#: A part of the evidence: what it is, and its log-odds of capital.
Piece = tuple[str, float]


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
        """Every piece of evidence; together with `dasar` they add up to the log-odds."""
        kinds, total = word_features(peluang, raw_chance)
        weight = self._weights
        out = [
            (f"jenis {kind.nama}", weight[f"jenis {kind.jenis}"] * value)
            for kind, value in zip(classify_knowledge.jenis().values(), kinds, strict=True)
        ]
        out.append(("jenis seluruhnya", weight["logit"] * total))
        return out + self._words(thing)

    def _words(self, thing: Item) -> list[Piece]:
        words = words_tokens.kata(thing.uraian)
        heads = words_tokens.header(words)
        out = []
        for name, value in words_features.package_features(thing, words, heads):
            room, _, word = name.partition(" ")
            weight = self._weights.get(name)
            if weight is None and room in {"u", "h"}:
                weight = self._cut("c" if room == "u" else "k", word)
            if weight:
                out.append((f"paket: {word or name}", value * weight))
        return out

    def _cut(self, room: str, word: str) -> float:
        """The weight of a word never met, out of its pieces."""
        pieces = words_tokens.gram(word)
        found = sum([self._weights.get(f"{room} {piece}", 0.0) for piece in pieces])
        return found / math.sqrt(len(pieces))

    @property
    def dasar(self) -> float:
        """What all packages have, in log-odds."""
        return self._weights["dasar"]

    def modal(self, thing: Item, peluang: Sequence[float], raw_chance: float) -> float:
        """The chance, 0..1, that the package is capital."""
        parts = self.bagian(thing, peluang, raw_chance)
        return 1 / (1 + math.exp(-(self.dasar + math.fsum([part for _, part in parts]))))


@cache
def paket() -> WorkPackage:
    """The shipped weights."""
    return WorkPackage(classify_knowledge.weights("paket.txt"))
