"""How strongly the words of a purchase speak for each kind, with the part of every word.

The weights are `kkpd/data/klasifikasi/bobot.txt` (one line a feature, log-odds in hundredths for
every kind), trained by `script/train`. A line is read when its word is first met, so that starting
costs little; what was met is kept, so that a long list costs little.
"""

from __future__ import annotations

import itertools
import math
from functools import cache
from importlib.resources import files
from operator import add
from typing import TypeVar

from kkpd.domain.classification import ciri, pengetahuan, teks
from kkpd.domain.classification.barang import Barang

K = TypeVar("K")
V = TypeVar("V")
Vektor = tuple[float, ...]
#: A piece of evidence: what it is, its scale, its weights by kind.
Bagian = tuple[str, float, Vektor]
#: Log-odds that a word in a merchant's name gives its kind (set by hand: no cards are labelled).
MERCHANT = 1.5
#: How many different texts and words are remembered before the memory is emptied.
MAKS_INGAT = 50_000


class Model:
    """Reads weights on demand; every method is a pure function of the shipped file."""

    def __init__(self, text: str) -> None:
        lines = text.split("\n")
        self.jenis = tuple(lines[0].rpartition(": ")[2].split())
        self._mentah = dict(line.split("\t", 1) for line in lines[1:] if line)
        self._vektor: dict[str, Vektor] = {}
        self._asing: dict[str, Vektor] = {}
        self._uraian: dict[str, tuple[Vektor, bool]] = {}
        self._lain: dict[tuple[str, str, str, str], Vektor] = {}
        self._terakhir: tuple[str, list[Bagian]] = ("", [])
        self.nol: Vektor = (0.0,) * len(self.jenis)
        self.dasar = self._baca("dasar") or self.nol

    def _baca(self, name: str) -> Vektor | None:
        """The weights of a feature, None when it has none."""
        found = self._vektor.get(name)
        if found is None:
            raw = self._mentah.get(name)
            if raw is None:
                return None
            found = tuple([int(part) / 100 for part in raw.split()])
            self._vektor[name] = found
        return found

    def _kata(self, room: str, pieces_room: str, word: str, value: float) -> Vektor | None:
        """Weights of a word, out of its pieces when the word itself is unknown."""
        name = f"{room} {word}"
        known = self._baca(name) or self._asing.get(name)
        if known is None:
            pieces = teks.gram(word)
            found = [v for piece in pieces if (v := self._baca(f"{pieces_room} {piece}"))]
            scale = value / math.sqrt(len(pieces))
            known = tuple([scale * total for total in map(sum, zip(*found, strict=True))])
            _ingat(self._asing, name, known)
        return known or None

    def bagian_uraian(self, uraian: str) -> list[Bagian]:
        """(what, scale, weights) of the description's words; the last one asked for is kept."""
        if self._terakhir[0] != uraian:
            self._terakhir = (uraian, self._baca_uraian(uraian))
        return self._terakhir[1]

    def _baca_uraian(self, uraian: str) -> list[Bagian]:
        words = teks.kata(uraian)
        heads = teks.kepala(words)
        part = 1 / math.sqrt(max(1, len(words)))
        out = [(word, part, self._kata("u", "c", word, 1.0)) for word in words]
        pair_part = 1 / math.sqrt(max(1, len(words) - 1))
        pairs = (f"{one} {two}" for one, two in itertools.pairwise(words))
        out += [(pair, pair_part, self._baca(f"b {pair}")) for pair in pairs]
        if heads:
            head = self._kata("h", "k", heads[0], ciri.PIECES_OF_HEAD)
            out.append((heads[0], 1.0, head))
        if len(heads) > 1:
            out.append((heads[1], ciri.SECOND_HEAD, self._baca(f"i {heads[1]}")))
            both = f"{heads[0]} {heads[1]}"
            out.append((both, ciri.HEAD, self._baca(f"j {both}")))
        return [(what, scale, weights) for what, scale, weights in out if weights is not None]

    def _bagian_lain(self, barang: Barang) -> list[Bagian]:
        """(what, scale, weights) of specification, unit, kind of procurement and merchant."""
        spec = teks.kata(barang.spesifikasi, teks.MAKS_SPESIFIKASI)
        part = 1 / math.sqrt(max(1, len(spec)))
        out = [(f"spesifikasi {word}", part, self._baca(f"s {word}")) for word in spec]
        unit = teks.satuan(barang.satuan)
        if unit:
            out.append((f"satuan {unit}", 1.0, self._baca(f"t {unit}")))
            first = self._baca(f"v {unit.split()[0]}")
            out.append((f"satuan {unit}", ciri.UNIT_FIRST, first))
        jenis = teks.satuan(barang.jenis_pengadaan)
        if jenis:
            out.append((f"pengadaan {jenis}", 1.0, self._baca(f"p {jenis}")))
        if barang.merchant:
            out += [(f"merchant {word}", MERCHANT, row) for word, row in self._merchant(barang)]
        return [(what, scale, weights) for what, scale, weights in out if weights is not None]

    def _merchant(self, barang: Barang) -> list[tuple[str, Vektor]]:
        """Words of the merchant's name that speak for a kind, each with that kind marked."""
        known = pengetahuan.kata_merchant()
        words = teks.kata(barang.merchant, 8)
        pairs = [f"{one} {two}" for one, two in itertools.pairwise(words)]
        return [
            (word, tuple([1.0 if kind == known[word] else 0.0 for kind in self.jenis]))
            for word in (*words, *pairs)
            if word in known
        ]

    def _bagian_paket(self, barang: Barang) -> list[Bagian]:
        """(what, scale, weights) that only whole packages have."""
        words = teks.kata(barang.uraian)
        part = ciri.KATA / math.sqrt(max(1, len(words)))
        named = [(f"pu {word}", part) for word in words]
        named += ciri.ciri_paket(barang, words, teks.kepala(words))
        out = []
        for name, scale in named:
            weights = self._baca(name)
            if weights is not None:
                out.append((f"paket: {name.partition(' ')[2] or name}", scale, weights))
        return out

    def bagian(self, barang: Barang) -> list[Bagian]:
        """Every piece of evidence as (what, scale, weights); scale x weights add up to `skor`."""
        out = [*self.bagian_uraian(barang.uraian), *self._bagian_lain(barang)]
        return out + self._bagian_paket(barang) if ciri.paket(barang) else out

    def skor(self, barang: Barang) -> Vektor:
        """Log scores per kind, in the order of `self.jenis`."""
        text, _ = self._baca_teks(barang.uraian[: teks.MAKS_HURUF])
        key = (
            barang.spesifikasi[: teks.MAKS_HURUF],
            barang.satuan,
            barang.jenis_pengadaan,
            barang.merchant,
        )
        other = self._lain.get(key)
        if other is None:
            other = self._jumlah(self._bagian_lain(barang))
            _ingat(self._lain, key, other)
        total = tuple(map(add, text, other))
        if ciri.paket(barang):
            more = self._jumlah(self._bagian_paket(barang))
            total = tuple(map(add, total, more))
        return total

    def dikenal(self, uraian: str) -> bool:
        """Whether any word of the description was met in training; pieces of words do not count."""
        return self._baca_teks(uraian[: teks.MAKS_HURUF])[1]

    def _baca_teks(self, uraian: str) -> tuple[Vektor, bool]:
        """The sum of a description's evidence, and whether a word of it is known."""
        found = self._uraian.get(uraian)
        if found is None:
            parts = self.bagian_uraian(uraian)
            known = any(f"u {what}" in self._mentah for what, _, _ in parts)
            found = (self._jumlah([("dasar", 1.0, self.dasar), *parts]), known)
            _ingat(self._uraian, uraian, found)
        return found

    def _jumlah(self, parts: list[Bagian]) -> Vektor:
        """The scaled sum; parts of one scale are summed before they are scaled."""
        groups: dict[float, list[Vektor]] = {}
        for _, scale, weights in parts:
            groups.setdefault(scale, []).append(weights)
        rows = [self.nol]
        for scale, vectors in groups.items():
            total = map(sum, zip(*vectors, strict=True))
            rows.append(tuple([scale * weight for weight in total]))
        return tuple(map(sum, zip(*rows, strict=True)))


def _ingat(memory: dict[K, V], key: K, value: V) -> None:
    """Keep what was found; empty the memory when it is full (its size never changes an answer)."""
    if len(memory) >= MAKS_INGAT:
        memory.clear()
    memory[key] = value


@cache
def model() -> Model:
    """The shipped weights."""
    path = files("kkpd").joinpath("data", "klasifikasi", "bobot.txt")
    found = Model(path.read_text(encoding="utf-8"))
    if found.jenis != tuple(pengetahuan.jenis()):
        raise RuntimeError("bobot.txt and jenis.csv name other kinds: run script/train")
    return found


def peluang(scores: Vektor) -> list[float]:
    """The scores as chances that add up to one."""
    top = max(scores)
    powers = [math.exp(score - top) for score in scores]
    total = sum(powers)
    return [power / total for power in powers]
