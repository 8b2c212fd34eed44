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

from kkpd.domain.classification import ciri, padat, pengetahuan, teks
from kkpd.domain.classification.barang import Barang
from kkpd.domain.classification.padat import PER_AKAR

K = TypeVar("K")
V = TypeVar("V")
Vektor = tuple[float, ...]
#: A piece of evidence: what it is, its scale, its packed weights by kind.
Bagian = tuple[str, int, int]
#: Log-odds that a word in a merchant's name gives its kind (set by hand: no cards are labelled).
MERCHANT = 1.5
#: How many different texts and words are remembered before the memory is emptied.
MAKS_INGAT = 50_000
_HEAD = padat.skala(ciri.HEAD)
_SECOND_HEAD = padat.skala(ciri.SECOND_HEAD)
_UNIT_FIRST = padat.skala(ciri.UNIT_FIRST)


class Model:
    """Reads weights on demand; every method is a pure function of the shipped file."""

    def __init__(self, text: str) -> None:
        lines = text.split("\n")
        self.jenis = tuple(lines[0].rpartition(": ")[2].split())
        self._mentah = dict([line.split("\t", 1) for line in lines[1:] if line])
        self._padat: dict[str, int] = {}
        self._asing: dict[str, dict[str, int]] = {"u": {}, "h": {}}
        self._spesifikasi: dict[str, int] = {}
        self._uraian: dict[str, tuple[int, bool]] = {}
        self._lain: dict[tuple[str, str], int] = {}
        self._terakhir: tuple[str | None, list[Bagian]] = (None, [])
        self._dasar = self._baca("dasar")

    def _baca(self, name: str) -> int:
        """The packed weights of a feature; 0 when it has none."""
        found = self._padat.get(name)
        if found is None:
            raw = self._mentah.get(name)
            if raw is None:
                return 0
            self._padat[name] = found = padat.baca(raw)
        return found

    @cached_property
    def _berbobot(self) -> dict[str, frozenset[object]]:
        """What has a weight, by room, pairs of words as such: most pairs have none."""
        named: dict[str, list[object]] = {room: [] for room in "bijs"}
        for name in self._mentah:
            room = name[0]
            if room in named:
                word = name[2:]
                named[room].append(tuple(word.split(" ")) if room in "bj" else word)
        return {room: frozenset(words) for room, words in named.items()}

    def _kata(self, room: str, pieces_room: str, word: str, value: float) -> int:
        """Weights of a word, out of its pieces when the word itself is unknown."""
        memory = self._asing[room]
        known = memory.get(word)
        if known is None:
            known = self._baca(f"{room} {word}")
            if not known:
                known = self._dari_potongan(pieces_room, word, value)
            _ingat(memory, word, known)
        return known

    def _dari_potongan(self, room: str, word: str, value: float) -> int:
        pieces = teks.gram(word)
        total = sum([self._baca(f"{room} {piece}") for piece in pieces])
        scale = value / len(pieces) ** 0.5
        lanes = padat.buka(total, len(self.jenis))
        return padat.kemas([round(scale * lane) for lane in lanes])

    def bagian_uraian(self, uraian: str) -> list[Bagian]:
        """(what, scale, packed weights) of the description's words; kept for the last one asked,
        whose reason is told next.
        """
        if self._terakhir[0] != uraian:
            self._terakhir = (uraian, self._cari_bagian(uraian))
        return self._terakhir[1]

    def _cari_bagian(self, uraian: str) -> list[Bagian]:
        words = teks.kata(uraian)
        if not words:
            return []
        heads = teks.kepala(words)
        part, read, known = PER_AKAR[len(words)], self._baca, self._asing["u"]
        out = [(word, part, known.get(word) or self._kata("u", "c", word, 1.0)) for word in words]
        if len(words) > 1:
            part, weighty = PER_AKAR[len(words) - 1], self._berbobot
            paired = weighty["b"]
            pairs = [" ".join(pair) for pair in itertools.pairwise(words) if pair in paired]
            out += [(pair, part, read(f"b {pair}")) for pair in pairs]
        first = heads[0]
        head = self._asing["h"].get(first) or self._kata("h", "k", first, ciri.PIECES_OF_HEAD)
        out.append((first, padat.SATU, head))
        if len(heads) > 1:
            if heads[1] in weighty["i"]:
                out.append((heads[1], _SECOND_HEAD, read(f"i {heads[1]}")))
            if heads in weighty["j"]:
                both = " ".join(heads)
                out.append((both, _HEAD, read(f"j {both}")))
        return [row for row in out if row[2]]

    def hitung(self, uraian: str) -> int:
        """The sum of `bagian_uraian` and of what all purchases have."""
        parts = self.bagian_uraian(uraian)
        return sum([scale * weights for _, scale, weights in parts], self._dasar * padat.SATU)

    def _jumlah_lain(self, spesifikasi: str, satuan: str, merchant: str) -> int:
        """The sum of `_bagian_lain`; units and merchants return more often than specifications."""
        key = (satuan, merchant)
        total = self._lain.get(key)
        if total is None:
            rest = Barang("", satuan=satuan, merchant=merchant)
            total = sum([scale * weights for _, scale, weights in self._bagian_lain(rest)])
            _ingat(self._lain, key, total)
        if spesifikasi:
            total += self._jumlah_spesifikasi(spesifikasi)
        return total

    def _jumlah_spesifikasi(self, text: str) -> int:
        words = teks.kata_spesifikasi(text)
        known, total = self._spesifikasi, 0
        for word in words:
            weights = known.get(word)
            if weights is None:
                weights = self._baca("s " + word)
                _ingat(known, word, weights)
            total += weights
        return total * PER_AKAR[len(words)] if total else 0

    def _bagian_lain(self, barang: Barang) -> list[Bagian]:
        """(what, scale, weights) of specification, unit and merchant."""
        spec = teks.kata_spesifikasi(barang.spesifikasi)
        part = PER_AKAR[len(spec)]
        out = [(f"spesifikasi {word}", part, self._baca(f"s {word}")) for word in spec]
        unit = teks.satuan(barang.satuan)
        if unit:
            out.append((f"satuan {unit}", padat.SATU, self._baca(f"t {unit}")))
            first = self._baca(f"v {unit.partition(' ')[0]}")
            out.append((f"satuan {unit}", _UNIT_FIRST, first))
        if barang.merchant:
            scale = padat.skala(MERCHANT)
            out += [(f"merchant {word}", scale, row) for word, row in self._merchant(barang)]
        return [row for row in out if row[2]]

    def _merchant(self, barang: Barang) -> list[tuple[str, int]]:
        """Words of the merchant's name that speak for a kind, each with that kind marked."""
        known = pengetahuan.kata_merchant()
        words = teks.kata(barang.merchant)[:8]
        pairs = [f"{one} {two}" for one, two in itertools.pairwise(words)]
        one = 100 * padat.HALUS
        return [
            (word, padat.kemas([one if kind == known[word] else 0 for kind in self.jenis]))
            for word in (*words, *pairs)
            if word in known
        ]

    def bagian(self, barang: Barang) -> list[tuple[str, Vektor]]:
        """Every piece of evidence as (what, log-odds by kind); with `dasar` they add to `skor`."""
        parts = [*self.bagian_uraian(barang.uraian), *self._bagian_lain(barang)]
        return [(what, self._vektor(scale * weights)) for what, scale, weights in parts]

    def suara(self, uraian: str, at: int) -> dict[str, float]:
        """What each word and pair of a description says for one kind, in log-odds."""
        parts, spoken = self.bagian_uraian(uraian), dict[str, float]()
        lanes = padat.lajur(at, len(self.jenis), [weights for _, _, weights in parts])
        for (what, scale, _), lane in zip(parts, lanes, strict=True):
            spoken[what] = spoken.get(what, 0.0) + scale * lane * padat.PER_SKOR
        return spoken

    @property
    def dasar(self) -> Vektor:
        """What all purchases have, in log-odds by kind."""
        return self._vektor(self._dasar * padat.SATU)

    def _vektor(self, packed: int) -> Vektor:
        return tuple([padat.PER_SKOR * lane for lane in padat.buka(packed, len(self.jenis))])

    def skor(self, barang: Barang) -> Vektor:
        """Log scores per kind, in the order of `self.jenis`."""
        return self._vektor(self.padat(barang))

    def peluang(self, barang: Barang) -> list[float]:
        """The scores as chances that add up to one."""
        return padat.peluang(self.padat(barang), len(self.jenis))

    def skor_nama(self, uraian: str, satuan: str) -> Vektor:
        """Log scores per kind of a name and a unit alone."""
        return self._vektor(self._baca_teks(uraian)[0] + self._jumlah_lain("", satuan, ""))

    def padat(self, barang: Barang) -> int:
        """The scores packed (`padat`): of the description and of the rest."""
        rest = self._jumlah_lain(barang.spesifikasi, barang.satuan, barang.merchant)
        return self._baca_teks(barang.uraian[: teks.MAKS_HURUF])[0] + rest

    def dikenal(self, uraian: str) -> bool:
        """Whether any word of the description was met in training; pieces of words do not count."""
        return self._baca_teks(uraian[: teks.MAKS_HURUF])[1]

    def _baca_teks(self, uraian: str) -> tuple[int, bool]:
        """The sum of a description's evidence, and whether a word of it is known."""
        found = self._uraian.get(uraian)
        if found is None:
            known, raw = False, self._mentah
            for word in teks.kata(uraian):
                if f"u {word}" in raw:
                    known = True
                    break
            found = (self.hitung(uraian), known)
            _ingat(self._uraian, uraian, found)
        return found


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
