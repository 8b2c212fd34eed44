"""Words of a purchase: one way to cut text, shared by training and by the running program."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

#: Longer text is cut: what a thing is stands in its first words (and 1 MB must not cost a second).
MAKS_HURUF = 600
#: At most this many words of the description, and of the specification, are looked at.
MAKS_KATA = 24
MAKS_SPESIFIKASI = 16

_KATA = re.compile(r"[a-z][a-z0-9]*")
_KATA_PANJANG = re.compile(r"[a-z][a-z0-9]+")
#: A shop's own number before the name: `[SKU-88213]`, `(A12)`, `BRG-00123 `.
_NOMOR_BARANG = re.compile(
    r"^\s*(?:[\[(#][^\])\s]{0,20}\d[^\])\s]{0,20}[\])]?|[A-Z]{2,6}-\d{3,}\S*)\s+"
)
#: Words that would name the class itself are never evidence: they are the answer, not a reason.
_NAMA_KELAS = re.compile(r"\bb[ae]lanja\s+modal\b|\bbel\.?\s+modal\b|\bmodal\b")
#: `Belanja` as cash books shorten it: `Bj. ATK`, `Blj listrik` (`bel` without its dot is a bell).
_BELANJA = re.compile(r"^\s*(?:(?:bj|blj|belj|blnj)[.,]?|bel\.)\s+")
#: A place name says nothing about the thing: the word after these is dropped.
_TEMPAT = frozenset(
    re.findall(
        "[a-z]+",
        "desa ds kec kecamatan kel kelurahan kp kampung dusun kab kabupaten kota rt rw blok jln "
        "distrik",
    )
)
#: Words that open many descriptions and are not the thing itself.
UMUM = frozenset(
    re.findall(
        "[a-z]+",
        "belanja pengadaan pembelian biaya pembayaran paket penyediaan beban bayar beli untuk dan "
        "di the kegiatan operasional alat bahan barang",
    )
)
#: Of these, the words of buying.
_PEMBUKA = frozenset(["belanja", "pengadaan", "pembelian", "penyediaan", "pembayaran", "beli"])


def normal(text: str) -> str:
    """Lower case, compatibility forms and accents folded, cut, without the names of the classes and
    the shop's own number of the thing.
    """
    text = text[:MAKS_HURUF]
    number = _NOMOR_BARANG.match(text)
    if number:
        text = text[number.end() :]
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text)
    text = _BELANJA.sub("belanja ", text.lower())
    return _NAMA_KELAS.sub(" ", text) if "modal" in text else text


def kata(text: str) -> tuple[str, ...]:
    """The words of a text in order, without numbers, single letters and names of places."""
    return _kata(text[:MAKS_HURUF])


def kata_spesifikasi(text: str) -> tuple[str, ...]:
    """The same of a specification, of which fewer are looked at."""
    return _potong(text, MAKS_SPESIFIKASI)


@lru_cache(maxsize=16_384)
def _kata(text: str) -> tuple[str, ...]:
    return _potong(text, MAKS_KATA)


def _potong(text: str, paling: int) -> tuple[str, ...]:
    found: list[str] = _KATA_PANJANG.findall(normal(text))
    if _TEMPAT.isdisjoint(found):
        return tuple(found[:paling])
    kept: list[str] = []
    after_place = False
    for word in found:
        if word in _TEMPAT:
            kept.append(word)
            after_place = True
        elif after_place:
            after_place = False
        else:
            kept.append(word)
    return tuple(kept[:paling])


def kepala(words: tuple[str, ...]) -> tuple[str, ...]:
    """The first two words that are the thing itself (Indonesian puts the head noun first)."""
    if UMUM.isdisjoint(words[:2]):
        return words[:2]
    return tuple([word for word in words if word not in UMUM][:2]) or words[:1]


def tanpa_pembuka(words: tuple[str, ...]) -> tuple[str, ...]:
    """The same without the words of buying that open a title: of these an account name may speak
    (Honorarium Pengadaan Barang/Jasa), but a title does not.
    """
    if not words or words[0] not in _PEMBUKA:
        return words
    at = 0
    while at < len(words) - 1 and words[at] in _PEMBUKA:
        at += 1
    return words[at:]


def gram(word: str, pendek: int = 3, panjang: int = 5) -> list[str]:
    """The pieces of a word, with its ends marked, by which unknown words resemble known ones."""
    marked = f"<{word}>"
    return [
        marked[at : at + size]
        for size in range(pendek, panjang + 1)
        for at in range(len(marked) - size + 1)
    ]


#: Units as they are shortened, and in English; the spelling of the price standards stands right.
_SATUAN = {
    short: unit
    for unit, shorts in {
        "eksemplar": "eks eksp exp exmp exemplar examplar eksempelar ekslempar copy",
        "buku": "bk",
        "buah": "bh bj biji pcs pc piece pieces ea each psc",
        "lembar": "lbr lmbr lb sheet",
        "botol": "btl bottle",
        "kotak": "ktk box bok",
        "dus": "dos doos kardus karton",
        "bungkus": "bks bgks bgk bungkusan",
        "liter": "ltr lt l litre",
        "orang": "org pax",
        "bulan": "bln month",
        "tahun": "thn th year",
        "hari": "hr day",
        "meter": "mtr m",
        "pak": "pack pck paks",
        "rol": "roll gulung",
        "kg": "kilogram kilo",
        "unit": "unt units",
        "paket": "pkt package",
        "kaleng": "klg",
        "batang": "btg",
        "pasang": "psg psng",
        "rim": "ream rem",
        "lusin": "lsn",
        "tabung": "tbg",
        "malam": "mlm night",
        "sak": "zak sag sack",
        "jerigen": "jrg jerigan jerrycan",
        "karung": "krg karungan",
        "titik": "ttk",
        "ekor": "ekr",
        "ls": "lumpsum lumsum lump",
        "orang jam": "oj ojp",
        "orang hari": "oh",
        "orang kali": "ok",
        "orang bulan": "ob",
    }.items()
    for short in shorts.split()
}


#: Units that count time, occasions or people: who pays by them buys no thing. Of some 4,000
#: labelled goods and services in such a unit five are capital: rent, fares and mixed sums.
_SATUAN_JASA = frozenset(
    ["jam", "hari", "minggu", "bulan", "tahun", "semester", "triwulan", "kali", "orang"]
)


def satuan_jasa(satuan: str) -> bool:
    """Whether a unit, in the spelling of `satuan`, counts time, occasions or people."""
    return not _SATUAN_JASA.isdisjoint(satuan.split())


@lru_cache(maxsize=4096)
def satuan(text: str) -> str:
    """A unit in one spelling: `Orang / Bln` and `orang/bulan` are `orang bulan`."""
    return " ".join([_SATUAN.get(word, word) for word in _KATA.findall(normal(text))])


def berkata(text: str) -> bool:
    """Whether a text holds any word at all."""
    return bool(kata(text)) or _KATA.search(normal(text)) is not None
