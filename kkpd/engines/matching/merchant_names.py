"""Merchant text: what banks make of a name and what people type, brought to one form and compared.

A bank cuts at 22 characters, appends the city, drops vowels and puts an aggregator in front; people
drop "Toko" and slip. Two similarities survive that: a partial one on the consonant skeleton and one
on words. A learned logistic turns them into the log-odds that both texts mean the same merchant.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from kkpd.engines.matching.arrays import F64, I64, TextArray, Ya
from kkpd.engines.matching.weights import NameWeights, bawaan

#: Letters of a skeleton that stand before a town.
_HEAD = 9
#: Pairs from which on two threads are worth their start.
_MANY = 5_000
#: Letters, digits and the end of a text stay, everything else separates words.
_LETTERS = bytes(
    x if x == ord("\n") or (chr(x).isascii() and chr(x).isalnum()) else 32 for x in range(256)
)


def bentuk(teks: str, weight: NameWeights) -> tuple[str, str]:
    """(core words, consonant skeleton) of a merchant text; both empty when it names nobody."""
    everything = core_words([teks], weight)
    return everything[0], skeleton(everything)[0]


def core_words(everything: Sequence[str], weight: NameWeights) -> list[str]:
    """The core words of each text, in capitals; worked on all letters at once, since many come."""
    intact = [_without_prefix(teks) if "*" in teks else teks for teks in everything]
    if any("\n" in teks for teks in intact):
        intact = [teks.replace("\n", " ") for teks in intact]
    letters = "\n".join(intact).upper().encode("ascii", "replace").translate(_LETTERS)
    drop = weight.go_betweens | weight.umum
    kata = [baris.split() for baris in letters.split(b"\n")]
    tidied = [
        _trim(one_item, weight) if one_item and one_item[0] in drop else one_item
        for one_item in kata
    ]
    return b"\n".join(map(b" ".join, tidied)).decode().split("\n")


def _without_prefix(teks: str) -> str:
    """What stands after the star of a go-between."""
    star = teks.rfind("*", 0, 14)
    return teks[star + 1 :] if star > 0 and teks[star + 1 :].strip() else teks


def _trim(kata: list[bytes], weight: NameWeights) -> list[bytes]:
    """Words without go-betweens and kinds of shop before them."""
    while len(kata) > 1 and kata[0] in weight.go_betweens:
        del kata[0]
    while kata and kata[0] in weight.umum:
        del kata[0]
    return kata


def skeleton(everything: Sequence[str]) -> list[str]:
    """The consonant skeletons of core words: the first letter, then no vowels and no spaces."""
    sisa = "\n".join([teks[1:] for teks in everything]).encode().translate(None, b"AIUEO ").decode()
    return [teks[:1] + tail for teks, tail in zip(everything, sisa.split("\n"), strict=True)]


@lru_cache(maxsize=20_000)
def text_key(teks: str) -> str:
    """The form by which a rule knows a bank's text again; empty when the text names nobody.

    A marketplace or a go-between alone names nobody: its next order comes from another seller.
    """
    aturan = bawaan().nama
    kata = bentuk(teks, aturan)[0]
    return "" if kata.encode() in aturan.marketplaces | aturan.uraian | aturan.go_betweens else kata


@dataclass(frozen=True, slots=True)
class MerchantName:
    """Distinct texts of both sides in their compared forms.

    `bank` and `catatan` give the form of each text code; the other columns stand by form: core
    words, skeleton and its length, `family` (the code of the skeleton, -1 for a text that names
    nobody), the letters of the skeleton as bits, and `silent`: a marketplace or what was bought,
    which another name on the other side does not gainsay.
    """

    bank: I64
    catatan: I64
    core_words: TextArray
    skeleton: TextArray
    long: I64
    family: I64
    letters: I64
    silent: Ya

    def header(self, in_use: I64) -> MerchantName:
        """The heads of the bank's texts `in_use` on both sides, to compare lines with lines.

        The tail is left out: two merchants of one town would look alike by the name of the town.
        """
        present = np.unique(self.bank[in_use])
        kode: dict[tuple[str, str], int] = {}
        baru = np.full(len(self.core_words), -1, dtype=np.int64)
        baru[present] = [
            kode.setdefault((" ".join(kata.split()[:2]), bones[:_HEAD]), len(kode))
            for kata, bones in zip(self.core_words[present], self.skeleton[present], strict=True)
        ]
        bank = baru[self.bank]
        return _name(
            bank,
            bank,
            [one_item[0] for one_item in kode],
            [one_item[1] for one_item in kode],
            set(),
        )


def prepare(bank: Sequence[str], catatan: Sequence[str], weight: NameWeights) -> MerchantName:
    """The compared forms of all distinct texts."""
    kode: dict[str, int] = {}
    sisi = [
        np.array(
            [
                kode.setdefault(kata, len(kode))
                for kata in (core_words(listing, weight) if listing else ())
            ],
            dtype=np.int64,
        )
        for listing in (bank, catatan)
    ]
    everything = list(kode)
    silent = {nama.decode() for nama in weight.marketplaces | weight.uraian}
    return _name(sisi[0], sisi[1], everything, skeleton(everything) if everything else [], silent)


def _name(
    bank: I64, catatan: I64, everything: list[str], bones: list[str], silent: set[str]
) -> MerchantName:
    """All columns of the forms; a text whose first word is in `silent` may mean any name."""
    kode: dict[str, int] = {"": -1}
    for one_item in bones:
        kode.setdefault(one_item, len(kode) - 1)
    return MerchantName(
        bank,
        catatan,
        np.array(everything, dtype=object),
        np.array(bones, dtype=object),
        np.fromiter(map(len, bones), dtype=np.int64, count=len(bones)),
        np.fromiter(map(kode.__getitem__, bones), dtype=np.int64, count=len(bones)),
        _letter_bits(bones),
        np.array([teks.partition(" ")[0] in silent for teks in everything], dtype=np.bool_),
    )


def _letter_bits(skeleton: list[str]) -> I64:
    """The letters and digits of each skeleton as bits ('0' the lowest, 'Z' the 43rd)."""
    raw_bytes = np.frombuffer("0".join(["", *skeleton]).encode("ascii"), dtype=np.uint8)
    if len(raw_bytes) == 0:
        return np.zeros(len(skeleton), dtype=np.int64)
    # every text starts at the separating "0", whose own bit is taken away again
    long = np.fromiter(map(len, skeleton), dtype=np.int64, count=len(skeleton))
    start = np.cumsum(long + 1) - long - 1
    bit = np.left_shift(np.int64(1), raw_bytes.astype(np.int64) - 48 + 1)
    bit[start] = 0
    hasil: I64 = np.bitwise_or.reduceat(bit, start)
    return hasil


def may_be_same(left: I64, right: I64) -> Ya:
    """Texts that share half of the letters of the poorer one; others cannot be one name."""
    shared = np.bitwise_count(left & right)
    fewer = np.minimum(np.bitwise_count(left), np.bitwise_count(right))
    hasil: Ya = shared * 2 >= fewer
    return hasil


def compare(nama: MerchantName, bank: I64, catatan: I64, weight: NameWeights) -> tuple[F64, F64]:
    """(log-odds "same merchant", similarity 0..1) for pairs of text codes; nan where unknown."""
    extent = len(nama.core_words) or 1
    kunci, balik = np.unique(nama.bank[bank] * extent + nama.catatan[catatan], return_inverse=True)
    left, right = kunci // extent, kunci % extent
    isi = (nama.family[left] >= 0) & (nama.family[right] >= 0)
    logit = np.where(isi, weight.lowest, np.nan)
    similar = np.where(isi, 0.0, np.nan)
    isi &= may_be_same(nama.letters[left], nama.letters[right])
    feature_values = name_features(nama, left[isi], right[isi], weight)
    # summed column by column: the same to the last bit wherever a pair stands
    scores = sum(
        one_item * berat
        for one_item, berat in zip(feature_values, coefficients(weight).tolist(), strict=True)
    )
    logit[isi] = np.clip(scores, weight.lowest, weight.highest)
    similar[isi] = np.maximum(feature_values[1], feature_values[3])
    # bought on a marketplace and typed by its seller, or typed as what it is: no evidence
    silent = (nama.silent[left] != nama.silent[right]) & (logit < 0)
    logit[silent], similar[silent] = np.nan, np.nan
    return logit[balik], similar[balik]


def name_features(
    nama: MerchantName, left: I64, right: I64, weight: NameWeights
) -> tuple[F64, ...]:
    """The features of pairs of forms that both name one, in the order of `coefficients`."""
    from rapidfuzz import fuzz, process  # costs start-up time of every command

    # two processors at most: the machine may serve others; for a page's few pairs a second
    # one costs more than it brings
    threads = 1 if len(left) < _MANY else 2
    bones, kata = (
        process.cpdist(
            teks[left].tolist(), teks[right].tolist(), scorer=ukuran, workers=threads
        ).astype(np.float64) / 100
        for teks, ukuran in (
            (nama.skeleton, fuzz.partial_ratio),
            (nama.core_words, fuzz.token_set_ratio),
        )
    )  # fmt: skip
    long = np.minimum(nama.long[left], nama.long[right])
    p = np.minimum(long, weight.full_length) / weight.full_length
    one_item = np.ones(len(p))
    return one_item, bones, bones * bones, kata, kata * kata, p, bones * p, kata * p


def coefficients(weight: NameWeights) -> F64:
    """The learned logistic: log-odds = features @ coefficients."""
    return np.array(
        [
            weight.tetap,
            weight.skeleton,
            weight.skeleton_squared,
            weight.kata,
            weight.words_squared,
            weight.long,
            weight.skeleton_x_length,
            weight.words_x_length,
        ]
    )
