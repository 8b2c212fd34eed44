"""Words of a purchase: one way to cut text, shared by training and by the running program."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from kkpd.engines.classify import knowledge

#: Longer text is cut: the first words tell what a thing is (and 1 MB must not take a second).
MAX_LETTERS = 600
#: At most this many words of the description, and of the specification, are used.
MAX_WORDS = 24
MAX_SPECIFICATION = 16

_WORDS = re.compile(r"[a-z][a-z0-9]*")
_LONG_WORDS = re.compile(r"[a-z][a-z0-9]+")
#: A shop's own number before the name: `[SKU-88213]`, `(A12)`, `BRG-00123 `.
_GOODS_NUMBER = re.compile(
    r"^\s*(?:[\[(#][^\])\s]{0,20}\d[^\])\s]{0,20}[\])]?|[A-Z]{2,6}-\d{3,}\S*)\s+"
)
#: Words that name the class itself are never evidence: they are the answer, not a reason.
_KELAS_NAMES = re.compile(r"\bb[ae]lanja\s+modal\b|\bbel\.?\s+modal\b|\bmodal\b")
#: `Belanja` as cash books shorten it: `Bj. ATK`, `Blj listrik` (`bel` without its dot is a bell).
_BELANJA = re.compile(r"^\s*(?:(?:bj|blj|belj|blnj)[.,]?|bel\.)\s+")
#: A place name says nothing about the thing: the word after these is dropped.
_PLACES = frozenset(
    re.findall(
        "[a-z]+",
        "desa ds kec kecamatan kel kelurahan kp kampung dusun kab kabupaten kota rt rw blok jln "
        "distrik",
    )
)
#: Words that open many descriptions and are not the thing itself.
COMMON = frozenset(
    re.findall(
        "[a-z]+",
        "belanja pengadaan pembelian biaya pembayaran paket penyediaan beban bayar beli untuk dan "
        "di the kegiatan operasional alat bahan barang",
    )
)
#: Of these, the words of buying.
_OPENERS = frozenset(["belanja", "pengadaan", "pembelian", "penyediaan", "pembayaran", "beli"])


@lru_cache(maxsize=64)
def normal(text: str) -> str:
    """Lower case, compatibility forms and accents folded, cut, without the names of the classes and
    the shop's own number of the thing.
    """
    text = text[:MAX_LETTERS]
    number = _GOODS_NUMBER.match(text)
    if number:
        text = text[number.end() :]
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text)
    text = _BELANJA.sub("belanja ", text.lower())
    return _KELAS_NAMES.sub(" ", text) if "modal" in text else text


def words_token(text: str) -> tuple[str, ...]:
    """The words of a text in order, without numbers, single letters and names of places."""
    return _cut(text, MAX_WORDS)


def specification_words(text: str) -> tuple[str, ...]:
    """The same of a specification, of which fewer are looked at."""
    return _cut(text, MAX_SPECIFICATION)


def _cut(text: str, most: int) -> tuple[str, ...]:
    found: list[str] = _LONG_WORDS.findall(normal(text))
    pairs = zip(["", *found], found, strict=False)
    kept = [word for before, word in pairs if word in _PLACES or before not in _PLACES]
    return tuple(kept[:most])


def header(words: tuple[str, ...]) -> tuple[str, ...]:
    """The first two words that are the thing itself (Indonesian puts the head noun first)."""
    if COMMON.isdisjoint(words[:2]):
        return words[:2]
    return tuple([word for word in words if word not in COMMON][:2]) or words[:1]


def without_openers(words: tuple[str, ...]) -> tuple[str, ...]:
    """The same without the words of buying that open a title: of these an account name may speak
    (Honorarium Pengadaan Barang/Jasa), but a title does not.
    """
    if not words or words[0] not in _OPENERS:
        return words
    at = 0
    while at < len(words) - 1 and words[at] in _OPENERS:
        at += 1
    return words[at:]


def gram(word: str) -> list[str]:
    """The pieces of a word, with its ends marked, by which unknown words resemble known ones."""
    marked = f"<{word}>"
    return [marked[at : at + size] for size in (3, 4, 5) for at in range(len(marked) - size + 1)]


#: Units that count time, occasions or people: such purchases are not things. Of some 4,000 labelled
#: goods and services in such a unit five are capital: rent, fares and mixed sums.
_SERVICE_UNITS = frozenset(
    ["jam", "hari", "minggu", "bulan", "tahun", "semester", "triwulan", "kali", "orang"]
)


def is_service_unit(satuan: str) -> bool:
    """Whether a unit, in the spelling of `satuan`, counts time, occasions or people."""
    return not _SERVICE_UNITS.isdisjoint(satuan.split())


@lru_cache(maxsize=1024)
def satuan(text: str) -> str:
    """A unit in one spelling: `Orang / Bln` and `orang/bulan` are `orang bulan`."""
    known = knowledge.units()
    return " ".join([known.get(word, word) for word in _WORDS.findall(normal(text))])


def has_words(text: str) -> bool:
    """Whether a text has any word."""
    return _WORDS.search(normal(text)) is not None
