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
from kkpd.engines.classify.shapes import Barang
from kkpd.engines.classify.words import features as words_features
from kkpd.engines.classify.words import packed_scores as padat
from kkpd.engines.classify.words import tokens as words_tokens
from kkpd.engines.classify.words.packed_scores import PER_AKAR, Bobot

K = TypeVar("K")
V = TypeVar("V")
Vektor = tuple[float, ...]
#: A piece of evidence: what it is, its scale, its weights by kind.
Bagian = tuple[str, int, Bobot]
#: Log-odds that a word in the name of a merchant, or its category, gives its kind (set by hand: no
#: cards are labelled).
MERCHANT = 1.5
#: Log-odds by which a unit of time, occasions or people speaks against every capital kind.
SATUAN_JASA = 6.0
#: The same in hundredths of it, by kind: what is used up is no service either, but of one class.
_LAWAN_BENDA = {
    **{kind.jenis: -100 for kind in classify_knowledge.jenis().values() if kind.kelas == "modal"},
    "habis_pakai": -50,
}
#: How many different texts and words are remembered before the memory is emptied.
MAKS_INGAT = 50_000
#: Of words and heads: the room of their pieces, and how much those weigh.
_POTONGAN = {"u": ("c", 1.0), "h": ("k", words_features.PIECES_OF_HEAD)}
_HEAD = padat.skala(words_features.HEAD)
_SECOND_HEAD = padat.skala(words_features.SECOND_HEAD)
_UNIT_FIRST = padat.skala(words_features.UNIT_FIRST)
#: Of words and heads: the room of their pieces, and how much those weigh.
_POTONGAN = {"u": ("c", 1.0), "h": ("k", words_features.PIECES_OF_HEAD)}


class Model:
    """Reads weights on demand; every method is a pure function of the shipped file."""

    def __init__(self, text: str) -> None:
        head, _, rows = text.partition("\n")
        self.jenis = tuple(head.rpartition(": ")[2].split())
        self._mentah = classify_knowledge.berpasangan(rows)
        self._kosong = padat.kemas([0] * len(self.jenis))
        self._padat: dict[str, Bobot] = {}
        self._dikenal: dict[str, dict[str, Bobot]] = {"u": {}, "h": {}}
        self._satuan: dict[str, int] = {}
        self._toko: dict[str, int] = {}
        self._terakhir: tuple[tuple[str, ...], list[Bagian]] = ((), [])
        self._semua = self._baca("dasar")[0] * padat.SATU

    def _baca(self, name: str) -> Bobot:
        """The weights of a feature; nothing when it has none."""
        found = self._padat.get(name)
        if found is None:
            raw = self._mentah.get(name)
            if raw is None:
                return self._kosong
            self._padat[name] = found = padat.baca(raw)
        return found

    def _kata(self, room: str, word: str) -> Bobot:
        """Weights of a word or head, out of its pieces when the word itself is unknown."""
        raw, memory = self._mentah.get(f"{room} {word}"), self._dikenal[room]
        found = self._kosong if raw is None else padat.baca(raw)
        if not found[0]:
            found = self._dari_potongan(*_POTONGAN[room], word)
        _ingat(memory, word, found)
        return found

    def _dari_potongan(self, room: str, value: float, word: str) -> Bobot:
        names = [f"{room} {piece}" for piece in words_tokens.gram(word)]
        total = sum([self._baca(name)[0] for name in names if name in self._mentah])
        if not total:
            return self._kosong
        scale = value / len(names) ** 0.5
        lanes = padat.buka(total, len(self.jenis))
        return padat.kemas([round(scale * lane) for lane in lanes])

    def bagian_kata(self, words: tuple[str, ...]) -> list[Bagian]:
        """What a description's words weigh; kept for the last one asked, whose reason is told
        next.
        """
        last = self._terakhir
        if last[0] != words:
            self._terakhir = last = (words, self._cari_bagian(words))
        return last[1]

    def _cari_bagian(self, words: tuple[str, ...]) -> list[Bagian]:
        if not words:
            return []
        heads, named, read = words_tokens.kepala(words), self._mentah, self._baca
        part, known = PER_AKAR[len(words)], self._dikenal["u"].get
        out = [(word, part, known(word) or self._kata("u", word)) for word in words]
        part = PER_AKAR[len(words) - 1]
        for one, two in itertools.pairwise(words):
            name = f"b {one} {two}"
            if name in named:
                out.append((name[2:], part, read(name)))
        first = heads[0]
        head = self._dikenal["h"].get(first) or self._kata("h", first)
        out.append((first, padat.SATU, head))
        if len(heads) > 1:
            second, both = f"i {heads[1]}", f"j {first} {heads[1]}"
            if second in named:
                out.append((heads[1], _SECOND_HEAD, read(second)))
            if both in named:
                out.append((both[2:], _HEAD, read(both)))
        return [row for row in out if row[2][0]]

    def hitung(self, words: tuple[str, ...]) -> int:
        """The sum of `bagian_kata` and of what all purchases have, packed."""
        return self._semua + _jumlah(self.bagian_kata(words))

    def _jumlah_satuan(self, satuan: str) -> int:
        total = self._satuan.get(satuan)
        if total is None:
            total = _jumlah(self._bagian_satuan(satuan))
            _ingat(self._satuan, satuan, total)
        return total

    def skor_merchant(self, merchant: str) -> int:
        """What a merchant's name adds to the scores, packed."""
        total = self._toko.get(merchant)
        if total is None:
            total = _jumlah(self._bagian_merchant(merchant))
            _ingat(self._toko, merchant, total)
        return total

    def skor_kategori(self, mcc: str) -> int:
        """What the category of a shop adds to the scores, packed: most shops sell everything."""
        return _jumlah(self._bagian_kategori(mcc))

    def skor_spesifikasi(self, words: tuple[str, ...]) -> int:
        """What the words of a specification add to the scores, packed; few words have a weight."""
        known = self._spesifikasi
        total = sum([known[word] for word in words if word in known])
        return total * PER_AKAR[len(words)] if total else 0

    @cached_property
    def _spesifikasi(self) -> dict[str, int]:
        """Word of a specification -> its weights, packed."""
        named = [name for name in self._mentah if name.startswith("s ")]
        return {name[2:]: self._baca(name)[0] for name in named}

    def _bagian_lain(self, barang: Barang) -> list[Bagian]:
        """(what, scale, weights) of specification, unit and merchant."""
        spec = words_tokens.kata_spesifikasi(barang.spesifikasi)
        part = PER_AKAR[len(spec)]
        out = [(f"spesifikasi {word}", part, self._baca(f"s {word}")) for word in spec]
        out += self._bagian_satuan(barang.satuan)
        out += self._bagian_merchant(barang.merchant)
        out += self._bagian_kategori(barang.mcc)
        return [row for row in out if row[2][0]]

    def _bagian_satuan(self, satuan: str) -> list[Bagian]:
        unit = words_tokens.satuan(satuan)
        if not unit:
            return []
        first = self._baca(f"v {unit.partition(' ')[0]}")
        whole = self._baca(f"t {unit}")
        what = f"satuan {unit}"
        out = [(what, padat.SATU, whole), (what, _UNIT_FIRST, first)]
        if words_tokens.satuan_jasa(unit):
            lanes = padat.kemas([_LAWAN_BENDA.get(name, 0) * padat.HALUS for name in self.jenis])
            out.append((what, padat.skala(SATUAN_JASA), lanes))
        return out

    def _bagian_merchant(self, merchant: str) -> list[Bagian]:
        """Words of the merchant's name that speak for a kind, each with that kind marked."""
        known = classify_knowledge.kata_merchant()
        words = words_tokens.kata(merchant)[:8]
        pairs = [f"{one} {two}" for one, two in itertools.pairwise(words)]
        return [
            self._menunjuk(f"merchant {word}", known[word])
            for word in (*words, *pairs)
            if word in known
        ]

    def _bagian_kategori(self, mcc: str) -> list[Bagian]:
        """A category of shops that mostly sell what is used up; it proves nothing by itself."""
        name = f"mcc {mcc.strip()}"
        kind = classify_knowledge.kata_merchant().get(name) if mcc else None
        return [] if kind is None else [self._menunjuk(name, kind)]

    def _menunjuk(self, what: str, kind: str) -> Bagian:
        """Evidence set by hand that speaks for one kind."""
        one, scale = 100 * padat.HALUS, padat.skala(MERCHANT)
        return what, scale, padat.kemas([one if name == kind else 0 for name in self.jenis])

    def bagian(self, barang: Barang) -> list[tuple[str, Vektor]]:
        """Every piece of evidence as (what, log-odds by kind); with `dasar` they add to `skor`."""
        parts = [*self.bagian_kata(words_tokens.kata(barang.uraian)), *self._bagian_lain(barang)]
        return [(what, self.vektor(scale * weights[0])) for what, scale, weights in parts]

    def suara(self, words: tuple[str, ...], at: int) -> dict[str, float]:
        """What each word and pair of a description says for one kind, in log-odds."""
        spoken: dict[str, float] = {}
        for what, scale, weights in self.bagian_kata(words):
            part = scale * padat.lajur(at, weights) * padat.PER_SKOR
            spoken[what] = spoken.get(what, 0.0) + part
        return spoken

    @property
    def dasar(self) -> Vektor:
        """What all purchases have, in log-odds by kind."""
        return self.vektor(self._semua)

    def vektor(self, packed: int) -> Vektor:
        """Packed scores as log scores per kind, in the order of `self.jenis`."""
        return tuple([padat.PER_SKOR * lane for lane in padat.buka(packed, len(self.jenis))])

    def skor(self, barang: Barang) -> Vektor:
        """Log scores per kind of a line, in the order of `self.jenis`."""
        return self.vektor(self.padat(barang))

    def padat(self, barang: Barang) -> int:
        """The same packed, in one number."""
        score = self.skor_nama(words_tokens.kata(barang.uraian), barang.satuan)
        score += self.skor_spesifikasi(words_tokens.kata_spesifikasi(barang.spesifikasi))
        return score + self.skor_merchant(barang.merchant) + self.skor_kategori(barang.mcc)

    def skor_nama(self, words: tuple[str, ...], satuan: str) -> int:
        """The scores of a description's words and a unit alone, packed (`padat`)."""
        return self.hitung(words) + self._jumlah_satuan(satuan)

    def dikenal(self, words: tuple[str, ...]) -> bool:
        """Whether any of the words was met in training; pieces of words do not count."""
        return not self._mentah.keys().isdisjoint([f"u {word}" for word in words])


def _jumlah(parts: list[Bagian]) -> int:
    return sum([scale * weights[0] for _, scale, weights in parts])


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
    if found.jenis != tuple(classify_knowledge.jenis()):
        raise RuntimeError("bobot.txt and jenis.csv name other kinds: run script/train")
    return found
