"""How strongly the words of a purchase speak for each kind, with the part of every word.

The weights are `kkpd/data/klasifikasi/bobot.txt` (one line a feature, log-odds in hundredths for
every kind), trained by `script/train`. A line is read when its word is first met, so that starting
costs little; what was met is kept, so that a long list costs little.
"""

from __future__ import annotations

import itertools
from functools import cache, cached_property
from importlib.resources import files
from typing import TypeVar

from kkpd.engines.classify import knowledge as classify_knowledge
from kkpd.engines.classify.shapes import Item
from kkpd.engines.classify.words import features as words_features
from kkpd.engines.classify.words import packed_scores as dense
from kkpd.engines.classify.words import tokens as words_tokens
from kkpd.engines.classify.words.packed_scores import PER_ROOT, Weights

K = TypeVar("K")
V = TypeVar("V")
Vector = tuple[float, ...]
#: A piece of evidence: what it is, its scale, its weights by kind.
Piece = tuple[str, int, Weights]
#: Log-odds that a word in the name of a merchant, or its category, gives its kind (set by hand: no
#: cards are labelled).
MERCHANT = 1.5
#: Log-odds by which a unit of time, occasions or people speaks against every capital kind.
SERVICE_UNIT = 6.0
#: The same in hundredths of it, by kind: what is used up is no service either, but of one class.
_AGAINST_THINGS = {
    **{kind.jenis: -100 for kind in classify_knowledge.jenis().values() if kind.kelas == "modal"},
    "habis_pakai": -50,
}
#: How many different texts and words are remembered before the memory is emptied.
MAX_REMEMBERED = 50_000
#: Of words and heads: the room of their pieces, and how much those weigh.
_CUTS = {"u": ("c", 1.0), "h": ("k", words_features.PIECES_OF_HEAD)}
_HEAD = dense.as_scale(words_features.HEAD)
_SECOND_HEAD = dense.as_scale(words_features.SECOND_HEAD)
_UNIT_FIRST = dense.as_scale(words_features.UNIT_FIRST)
#: Of words and heads: the room of their pieces, and how much those weigh.
_CUTS = {"u": ("c", 1.0), "h": ("k", words_features.PIECES_OF_HEAD)}


class Model:
    """Reads weights on demand; every method is a pure function of the shipped file."""

    def __init__(self, text: str) -> None:
        head, _, rows = text.partition("\n")
        self.jenis = tuple(head.rpartition(": ")[2].split())
        self._raw = classify_knowledge.in_pairs(rows)
        self._empty = dense.pack_lanes([0] * len(self.jenis))
        self._dense: dict[str, Weights] = {}
        self._recognised: dict[str, dict[str, Weights]] = {"u": {}, "h": {}}
        self._unit: dict[str, int] = {}
        self._shops: dict[str, int] = {}
        self._latest: tuple[tuple[str, ...], list[Piece]] = ((), [])
        self._all = self._read("dasar")[0] * dense.ONE

    def _read(self, name: str) -> Weights:
        """The weights of a feature; nothing when it has none."""
        found = self._dense.get(name)
        if found is None:
            raw = self._raw.get(name)
            if raw is None:
                return self._empty
            self._dense[name] = found = dense.baca(raw)
        return found

    def _words(self, room: str, word: str) -> Weights:
        """Weights of a word or head, out of its pieces when the word itself is unknown."""
        raw, memory = self._raw.get(f"{room} {word}"), self._recognised[room]
        found = self._empty if raw is None else dense.baca(raw)
        if not found[0]:
            found = self._from_pieces(*_CUTS[room], word)
        _remember(memory, word, found)
        return found

    def _from_pieces(self, room: str, value: float, word: str) -> Weights:
        names = [f"{room} {piece}" for piece in words_tokens.gram(word)]
        total = sum([self._read(name)[0] for name in names if name in self._raw])
        if not total:
            return self._empty
        scale = value / len(names) ** 0.5
        lanes = dense.buka(total, len(self.jenis))
        return dense.pack_lanes([round(scale * lane) for lane in lanes])

    def word_parts(self, words: tuple[str, ...]) -> list[Piece]:
        """What a description's words weigh; kept for the last one asked, whose reason is told
        next.
        """
        last = self._latest
        if last[0] != words:
            self._latest = last = (words, self._find_parts(words))
        return last[1]

    def _find_parts(self, words: tuple[str, ...]) -> list[Piece]:
        if not words:
            return []
        heads, named, read = words_tokens.header(words), self._raw, self._read
        part, known = PER_ROOT[len(words)], self._recognised["u"].get
        out = [(word, part, known(word) or self._words("u", word)) for word in words]
        part = PER_ROOT[len(words) - 1]
        for one, two in itertools.pairwise(words):
            name = f"b {one} {two}"
            if name in named:
                out.append((name[2:], part, read(name)))
        first = heads[0]
        head = self._recognised["h"].get(first) or self._words("h", first)
        out.append((first, dense.ONE, head))
        if len(heads) > 1:
            second, both = f"i {heads[1]}", f"j {first} {heads[1]}"
            if second in named:
                out.append((heads[1], _SECOND_HEAD, read(second)))
            if both in named:
                out.append((both[2:], _HEAD, read(both)))
        return [row for row in out if row[2][0]]

    def tally(self, words: tuple[str, ...]) -> int:
        """The sum of `word_parts` and of what all purchases have, packed."""
        return self._all + _total(self.word_parts(words))

    def _unit_total(self, satuan: str) -> int:
        total = self._unit.get(satuan)
        if total is None:
            total = _total(self._unit_parts(satuan))
            _remember(self._unit, satuan, total)
        return total

    def merchant_score(self, merchant: str) -> int:
        """What a merchant's name adds to the scores, packed."""
        total = self._shops.get(merchant)
        if total is None:
            total = _total(self._merchant_parts(merchant))
            _remember(self._shops, merchant, total)
        return total

    def category_score(self, mcc: str) -> int:
        """What the category of a shop adds to the scores, packed: most shops sell everything."""
        return _total(self._category_parts(mcc))

    def specification_score(self, words: tuple[str, ...]) -> int:
        """What the words of a specification add to the scores, packed; few words have a weight."""
        known = self._specification
        total = sum([known[word] for word in words if word in known])
        return total * PER_ROOT[len(words)] if total else 0

    @cached_property
    def _specification(self) -> dict[str, int]:
        """Word of a specification -> its weights, packed."""
        named = [name for name in self._raw if name.startswith("s ")]
        return {name[2:]: self._read(name)[0] for name in named}

    def _other_parts(self, thing: Item) -> list[Piece]:
        """(what, scale, weights) of specification, unit and merchant."""
        spec = words_tokens.specification_words(thing.spesifikasi)
        part = PER_ROOT[len(spec)]
        out = [(f"spesifikasi {word}", part, self._read(f"s {word}")) for word in spec]
        out += self._unit_parts(thing.satuan)
        out += self._merchant_parts(thing.merchant)
        out += self._category_parts(thing.mcc)
        return [row for row in out if row[2][0]]

    def _unit_parts(self, satuan: str) -> list[Piece]:
        unit = words_tokens.satuan(satuan)
        if not unit:
            return []
        first = self._read(f"v {unit.partition(' ')[0]}")
        whole = self._read(f"t {unit}")
        what = f"satuan {unit}"
        out = [(what, dense.ONE, whole), (what, _UNIT_FIRST, first)]
        if words_tokens.is_service_unit(unit):
            lanes = dense.pack_lanes(
                [_AGAINST_THINGS.get(name, 0) * dense.FINENESS for name in self.jenis]
            )
            out.append((what, dense.as_scale(SERVICE_UNIT), lanes))
        return out

    def _merchant_parts(self, merchant: str) -> list[Piece]:
        """Words of the merchant's name that speak for a kind, each with that kind marked."""
        known = classify_knowledge.merchant_words()
        words = words_tokens.kata(merchant)[:8]
        pairs = [f"{one} {two}" for one, two in itertools.pairwise(words)]
        return [
            self._point_to(f"merchant {word}", known[word])
            for word in (*words, *pairs)
            if word in known
        ]

    def _category_parts(self, mcc: str) -> list[Piece]:
        """A category of shops that mostly sell what is used up; it proves nothing by itself."""
        name = f"mcc {mcc.strip()}"
        kind = classify_knowledge.merchant_words().get(name) if mcc else None
        return [] if kind is None else [self._point_to(name, kind)]

    def _point_to(self, what: str, kind: str) -> Piece:
        """Evidence set by hand that speaks for one kind."""
        one, scale = 100 * dense.FINENESS, dense.as_scale(MERCHANT)
        return what, scale, dense.pack_lanes([one if name == kind else 0 for name in self.jenis])

    def bagian(self, thing: Item) -> list[tuple[str, Vector]]:
        """Each piece of evidence as (what, log-odds by kind); with `dasar` they add to `scores`."""
        parts = [*self.word_parts(words_tokens.kata(thing.uraian)), *self._other_parts(thing)]
        return [(what, self.vector(scale * weights[0])) for what, scale, weights in parts]

    def votes(self, words: tuple[str, ...], at: int) -> dict[str, float]:
        """What each word and pair of a description says for one kind, in log-odds."""
        spoken: dict[str, float] = {}
        for what, scale, weights in self.word_parts(words):
            part = scale * dense.column(at, weights) * dense.PER_SCORE
            spoken[what] = spoken.get(what, 0.0) + part
        return spoken

    @property
    def dasar(self) -> Vector:
        """What all purchases have, in log-odds by kind."""
        return self.vector(self._all)

    def vector(self, packed: int) -> Vector:
        """Packed scores as log scores per kind, in the order of `self.jenis`."""
        return tuple([dense.PER_SCORE * lane for lane in dense.buka(packed, len(self.jenis))])

    def scores(self, thing: Item) -> Vector:
        """Log scores per kind of a line, in the order of `self.jenis`."""
        return self.vector(self.dense(thing))

    def dense(self, thing: Item) -> int:
        """The same packed, in one number."""
        score = self.name_score(words_tokens.kata(thing.uraian), thing.satuan)
        score += self.specification_score(words_tokens.specification_words(thing.spesifikasi))
        return score + self.merchant_score(thing.merchant) + self.category_score(thing.mcc)

    def name_score(self, words: tuple[str, ...], satuan: str) -> int:
        """The scores of a description's words and a unit alone, packed (`dense`)."""
        return self.tally(words) + self._unit_total(satuan)

    def recognised(self, words: tuple[str, ...]) -> bool:
        """Whether any of the words was met in training; pieces of words do not count."""
        return not self._raw.keys().isdisjoint([f"u {word}" for word in words])


def _total(parts: list[Piece]) -> int:
    return sum([scale * weights[0] for _, scale, weights in parts])


def _remember(memory: dict[K, V], key: K, value: V) -> None:
    """Keep what was found; empty the memory when it is full (its size never changes an answer)."""
    if len(memory) >= MAX_REMEMBERED:
        memory.clear()
    memory[key] = value


@cache
def model() -> Model:
    """The shipped weights."""
    path = files("kkpd").joinpath("data", "klasifikasi", "bobot.txt")
    found = Model(path.read_text(encoding="utf-8"))
    if found.jenis != tuple(classify_knowledge.jenis()):
        raise RuntimeError("bobot.txt and jenis.csv name other kinds: run script/train")
    return found
