"""The features of single goods with their values: what `engines.classify.model` sums up."""

from __future__ import annotations

import itertools
import math

from kkpd.engines.classify import tokens as words_tokens
from kkpd.engines.classify.model import HEAD, PIECES_OF_HEAD, SECOND_HEAD, UNIT_FIRST
from kkpd.engines.classify.shapes import Item

#: Scale of the words of a description.
WORDS = 1.5


def feature_values(thing: Item) -> dict[str, float]:
    """Features of what a thing is, with their values."""
    out: dict[str, float] = {}

    def add(name: str, value: float) -> None:
        out[name] = out.get(name, 0.0) + value

    words = words_tokens.words_token(thing.uraian)
    heads = words_tokens.header(words)
    part = 1 / math.sqrt(max(1, len(words)))
    for word in words:
        add(f"u {word}", WORDS * part)
        pieces = words_tokens.gram(word)
        for piece in pieces:
            add(f"c {piece}", part / math.sqrt(len(pieces)))
    for pair in itertools.pairwise(words):
        add(f"b {pair[0]} {pair[1]}", 1 / math.sqrt(len(words) - 1))
    for at, word in enumerate(heads):
        if at == 0:
            add(f"h {word}", HEAD)
            pieces = words_tokens.gram(word)
            for piece in pieces:
                add(f"k {piece}", PIECES_OF_HEAD / math.sqrt(len(pieces)))
        else:
            add(f"i {word}", SECOND_HEAD)
            add(f"j {heads[0]} {word}", HEAD)
    spec = words_tokens.specification_words(thing.spesifikasi)
    for word in spec:
        add(f"s {word}", 1 / math.sqrt(len(spec)))
    unit = words_tokens.satuan(thing.satuan)
    if unit:
        add(f"t {unit}", 1.0)
        add(f"v {unit.split()[0]}", UNIT_FIRST)
    return out
