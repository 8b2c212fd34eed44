"""How strongly the words of a purchase speak for each kind, with the part of every word.

The weights are `kkpd/data/klasifikasi/bobot.txt` (one line a feature: hundredths of log-odds for
every kind), trained by `script/train`. A line of it is parsed when its feature is first met, so
that starting costs little. The first word of a feature's name tells its room: `u` word, `c` piece
of a word, `b` two words in a row, `h` head word, `k` piece of the head, `i` second head, `j` both
heads, `s` word of the specification, `t` unit, `v` its first word.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable
from functools import cache, lru_cache

from kkpd.engines.classify import knowledge
from kkpd.engines.classify.shapes import Item
from kkpd.engines.classify.words import tokens

#: One number for each kind, in the order of `Model.jenis`.
Vector = tuple[float, ...]
#: A piece of evidence: what it is, and its log-odds by kind.
Part = tuple[str, Vector]
#: Scales of the rooms of heads, their pieces and units, as in training; the weights of words and
#: first heads already hold theirs.
HEAD = 1.5
PIECES_OF_HEAD = 1.0
SECOND_HEAD = 0.5
UNIT_FIRST = 0.5
#: Log-odds that a word in the name of a merchant, or its category, gives its kind (set by hand: no
#: cards are labelled).
MERCHANT = 1.5
#: Log-odds by which a unit of time, occasions or people speaks against every capital kind.
SERVICE_UNIT = 6.0
#: The same by kind: what is used up is no service either, but of one class with it.
_AGAINST_THINGS = {
    **{kind.jenis: -1.0 for kind in knowledge.jenis().values() if kind.kelas == "modal"},
    "habis_pakai": -0.5,
}
#: Of words and heads: the room of their pieces, and how much those weigh.
_CUTS = {"u": ("c", 1.0), "h": ("k", PIECES_OF_HEAD)}


class Model:
    """The shipped weights; every method is a pure function of the file."""

    def __init__(self, text: str) -> None:
        head, _, rows = text.partition("\n")
        self.jenis = tuple(head.rpartition(": ")[2].split())
        self._raw = knowledge.in_pairs(rows)
        self._parsed: dict[str, Vector] = {}
        #: Names return in a list, and a word that is unknown is dear to read.
        self._word = lru_cache(maxsize=16_384)(self._read_word)
        #: What all purchases have.
        self.dasar = self._weights("dasar")

    def _weights(self, name: str) -> Vector:
        """The weights of a feature; empty when it has none."""
        found = self._parsed.get(name, ())
        if not found and name in self._raw:
            found = tuple([int(part) / 100 for part in self._raw[name].split(" ")])
            self._parsed[name] = found
        return found

    def _read_word(self, room: str, word: str) -> Vector:
        """The weights of a word or head, out of its pieces when the word itself is unknown."""
        known = self._weights(f"{room} {word}")
        if known:
            return known
        cut_room, value = _CUTS[room]
        pieces = [f"{cut_room} {piece}" for piece in tokens.gram(word)]
        found = [self._weights(piece) for piece in pieces if piece in self._raw]
        scale = value / math.sqrt(len(pieces))
        return tuple([scale * sum(column) for column in zip(*found, strict=True)])

    def name_parts(self, words: tuple[str, ...]) -> list[Part]:
        """What the words of a description say."""
        if not words:
            return []
        heads = tokens.header(words)
        part, pair = 1 / math.sqrt(len(words)), 1 / math.sqrt(max(1, len(words) - 1))
        rows = [(word, part, self._word("u", word)) for word in words]
        for one, two in itertools.pairwise(words):
            rows.append((f"{one} {two}", pair, self._weights(f"b {one} {two}")))
        rows.append((heads[0], 1.0, self._word("h", heads[0])))
        if len(heads) > 1:
            both, second = " ".join(heads), heads[1]
            rows.append((second, SECOND_HEAD, self._weights(f"i {second}")))
            rows.append((both, HEAD, self._weights(f"j {both}")))
        return _scaled(rows)

    def unit_parts(self, satuan: str) -> list[Part]:
        """What a unit says."""
        unit = tokens.satuan(satuan)
        if not unit:
            return []
        what, first = f"satuan {unit}", unit.partition(" ")[0]
        rows = [
            (what, 1.0, self._weights(f"t {unit}")),
            (what, UNIT_FIRST, self._weights(f"v {first}")),
        ]
        if tokens.is_service_unit(unit):
            against = tuple([_AGAINST_THINGS.get(name, 0.0) for name in self.jenis])
            rows.append((what, SERVICE_UNIT, against))
        return _scaled(rows)

    def more_parts(self, thing: Item) -> list[Part]:
        """What the specification says, the merchant's name, and the merchant's category: of shops
        that mostly sell what is used up, which proves nothing by itself.
        """
        spec = tokens.specification_words(thing.spesifikasi)
        scale = 1 / math.sqrt(max(1, len(spec)))
        rows = [(f"spesifikasi {word}", scale, self._weights(f"s {word}")) for word in spec]
        words = tokens.words_token(thing.merchant)[:8]
        said = [*words, *[" ".join(pair) for pair in itertools.pairwise(words)]]
        named = [(f"merchant {word}", word) for word in said]
        if thing.mcc:
            named.append((f"mcc {thing.mcc.strip()}", f"mcc {thing.mcc.strip()}"))
        known = knowledge.merchant_words()
        for what, key in named:
            if key in known:
                rows.append((what, MERCHANT, tuple([float(n == known[key]) for n in self.jenis])))
        return _scaled(rows)

    def bagian(self, thing: Item) -> list[Part]:
        """Each piece of evidence; with `dasar` they add up to `scores`."""
        words = tokens.words_token(thing.uraian)
        return [*self.name_parts(words), *self.unit_parts(thing.satuan), *self.more_parts(thing)]

    def scores(self, thing: Item) -> Vector:
        """Log scores by kind of a line."""
        return self.total(self.bagian(thing))

    def total(self, parts: Iterable[Part], base: Vector = ()) -> Vector:
        """The sum of the parts and of what stands before them: what all purchases have."""
        rows = [base or self.dasar, *[weights for _, weights in parts]]
        return tuple(map(sum, zip(*rows, strict=True)))

    def recognised(self, words: tuple[str, ...]) -> bool:
        """Whether any of the words was met in training; pieces of words do not count."""
        return any(f"u {word}" in self._raw for word in words)


def summed(parts: Iterable[Part], at: int) -> dict[str, float]:
    """For one kind: what is said -> its log-odds, however often it is said."""
    out: dict[str, float] = {}
    for what, weights in parts:
        out[what] = out.get(what, 0.0) + weights[at]
    return out


def _scaled(rows: list[tuple[str, float, Vector]]) -> list[Part]:
    return [(what, tuple([scale * one for one in row])) for what, scale, row in rows if row]


@cache
def model() -> Model:
    """The shipped weights."""
    found = Model(knowledge.weights("bobot.txt"))
    if found.jenis != tuple(knowledge.jenis()):
        raise RuntimeError("bobot.txt and jenis.csv name other kinds: run script/train")
    return found
