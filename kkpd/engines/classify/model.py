"""What was learned: how strongly words speak for each kind, and how sure that is.

`kkpd/data/klasifikasi/bobot.txt` (one line a feature: hundredths of log-odds for every kind) is
trained by `script/train`. A line of it is parsed when its feature is first met, so that starting
costs little. The first word of a feature's name tells its room: `u` word, `c` piece of a word, `b`
two words in a row, `h` head word, `k` piece of the head, `i` second head, `j` both heads, `s` word
of the specification, `t` unit, `v` its first word.

`kalibrasi.csv` holds for each family of lines the slope and the shift of the log-odds; the folds
never had an office or a head word on both sides.

A whole package has one amount and no unit price, so no limit decides it. What decides is what
offices charged to which class: `paket.txt`, hundredths of log-odds for a feature (plus: capital),
on top of what the words say the thing is.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache

from kkpd.engines.classify import knowledge, tokens
from kkpd.engines.classify.shapes import Item

#: Belief is never surer than this, so that log-odds stay finite.
EDGE = 1e-4
#: Family -> slope and shift of the log-odds.
CalibrationLines = dict[str, tuple[float, float]]


def logit(chance: float) -> float:
    """Log-odds of a chance 0..1, held inside the edges."""
    inside = min(max(chance, EDGE), 1 - EDGE)
    return math.log(inside / (1 - inside))


def shift(chance: float, slope: float, shift: float) -> float:
    """The chance whose log-odds are `slope` times those of `chance`, plus `shift`."""
    return 1 / (1 + math.exp(-(slope * logit(chance) + shift)))


@cache
def _lines() -> CalibrationLines:
    return {row[0]: (float(row[1]), float(row[2])) for row in knowledge.calibration()}


def calibrated(
    line_family: str, chance: float, calibration_lines: CalibrationLines | None = None
) -> float:
    """The calibrated chance of capital, 0..1, for a line of this family.

    Below the limit only things that know no limit are capital: a low price proves nothing for them,
    so they are never surer there than above it. `calibration_lines` are other lines than the
    shipped.
    """
    lines = _lines() if calibration_lines is None else calibration_lines
    found = shift(chance, *lines[line_family])
    if line_family == "di_bawah" and found > 0.5:
        return min(found, shift(chance, *lines["lain"]))
    return found


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
def package_weights() -> WorkPackage:
    """The shipped weights."""
    return WorkPackage(knowledge.weights("paket.txt"))
