"""Merchant texts of banks and people: normalised and compared.

A bank cuts at 22 characters, appends the city, drops vowels and puts an aggregator in front; people
drop "Toko" and slip. Two similarities are robust to that: a partial one on the consonant skeleton
and one on words. A trained logistic model turns them into the log-odds of the same merchant.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from kkpd.engines.matching.rows import F64, I64, Bools
from kkpd.engines.matching.weights import NameWeights, bawaan

#: Words alike at least so much (0 to 100) are one name, e.g. with and without the town.
_ALIKE = 88
#: Letters of a skeleton that stand before a town.
_HEAD = 9
_BETWEEN_WORDS = re.compile(r"[^A-Z0-9]+")
_NOT_IN_SKELETON = str.maketrans("", "", "AIUEO ")
_Texts = npt.NDArray[np.object_]


def form_of(teks: str, weight: NameWeights) -> tuple[str, str]:
    """(core words, consonant skeleton) of a merchant text; both empty when it names nobody."""
    star = teks.rfind("*", 0, 14)
    if star > 0 and teks[star + 1 :].strip():
        teks = teks[star + 1 :]
    kata = _BETWEEN_WORDS.sub(" ", teks.upper()).split()
    while len(kata) > 1 and kata[0] in weight.go_betweens:
        del kata[0]
    while kata and kata[0] in weight.general:
        del kata[0]
    core = " ".join(kata)
    return core, core[:1] + core[1:].translate(_NOT_IN_SKELETON)


@lru_cache(maxsize=20_000)
def text_key(teks: str) -> str:
    """The normalised text by which a text rule is found; empty if the text names nobody.

    A marketplace or payment provider alone names nobody: its next order may be from another seller.
    """
    aturan = bawaan().nama
    kata = form_of(teks, aturan)[0]
    return "" if kata in aturan.marketplaces | aturan.uraian | aturan.go_betweens else kata


def same_shop(one: str, other: str) -> bool:
    """Whether two names are one shop's: alike but for "Toko", "CV", a go-between or the town."""
    from rapidfuzz import fuzz

    first, second = (form_of(name, bawaan().nama)[0] for name in (one, other))
    if not first or not second:
        return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()
    return fuzz.token_set_ratio(first, second) >= _ALIKE


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
    core_words: _Texts
    skeleton: _Texts
    long: I64
    family: I64
    letters: I64
    silent: Bools


def prepare(
    bank: Sequence[str], catatan: Sequence[str], weight: NameWeights
) -> tuple[MerchantName, MerchantName]:
    """The compared forms of all texts; and the heads of the bank's, to compare lines with lines.

    Heads lack the tail: two merchants of one town would look alike by the name of the town.
    """
    left, right = ([form_of(teks, weight) for teks in side] for side in (bank, catatan))
    heads = [(" ".join(core.split()[:2]), bones[:_HEAD]) for core, bones in left]
    return _names(left, right, weight.marketplaces | weight.uraian), _names(heads, heads, ())


def _names(
    bank: list[tuple[str, str]], catatan: list[tuple[str, str]], silent: Collection[str]
) -> MerchantName:
    """All columns of the forms; a text whose first word is in `silent` may mean any name."""
    forms = {form: kode for kode, form in enumerate(dict.fromkeys((*bank, *catatan)))}
    bones = [skeleton for _, skeleton in forms]
    family = {one_item: kode for kode, one_item in enumerate(dict.fromkeys(bones))} | {"": -1}
    return MerchantName(
        np.array([forms[form] for form in bank], dtype=np.int64),
        np.array([forms[form] for form in catatan], dtype=np.int64),
        np.array([core for core, _ in forms], dtype=object),
        np.array(bones, dtype=object),
        np.array([len(one_item) for one_item in bones], dtype=np.int64),
        np.array([family[one_item] for one_item in bones], dtype=np.int64),
        np.array([_letters(one_item) for one_item in bones], dtype=np.int64),
        np.array([core.partition(" ")[0] in silent for core, _ in forms], dtype=np.bool_),
    )


def _letters(bones: str) -> int:
    """The letters and digits of a skeleton as bits."""
    return sum(1 << (ord(letter) - ord("0")) for letter in set(bones))


def may_be_same(left: I64, right: I64) -> Bools:
    """Texts that share half of the letters of the shorter one; others cannot be the same name."""
    shared = np.bitwise_count(left & right)
    fewer = np.minimum(np.bitwise_count(left), np.bitwise_count(right))
    hasil: Bools = shared * 2 >= fewer
    return hasil


def compare(nama: MerchantName, bank: I64, catatan: I64, weight: NameWeights) -> tuple[F64, F64]:
    """(log-odds "same merchant", similarity 0..1) for pairs of text codes; nan where unknown."""
    extent = len(nama.core_words) or 1
    kunci, inverse = np.unique(
        nama.bank[bank] * extent + nama.catatan[catatan], return_inverse=True
    )
    left, right = kunci // extent, kunci % extent
    isi = (nama.family[left] >= 0) & (nama.family[right] >= 0)
    logit = np.where(isi, weight.lowest, np.nan)
    similar = np.where(isi, 0.0, np.nan)
    isi &= may_be_same(nama.letters[left], nama.letters[right])
    feature_values = name_features(nama, left[isi], right[isi], weight)
    # summed column by column, so that the result does not depend on the position of a pair
    scores = sum(
        one_item * berat
        for one_item, berat in zip(feature_values, weight.coefficients, strict=True)
    )
    logit[isi] = np.clip(scores, weight.lowest, weight.highest)
    similar[isi] = np.maximum(feature_values[1], feature_values[3])
    # bought on a marketplace and typed by its seller, or typed as what it is: no evidence
    silent = (nama.silent[left] != nama.silent[right]) & (logit < 0)
    logit[silent], similar[silent] = np.nan, np.nan
    return logit[inverse], similar[inverse]


def name_features(
    nama: MerchantName, left: I64, right: I64, weight: NameWeights
) -> tuple[F64, ...]:
    """The features of pairs of forms that both name one, in the order of the coefficients."""
    from rapidfuzz import fuzz, process  # costs start-up time of every command

    bones, kata = (
        process.cpdist(teks[left].tolist(), teks[right].tolist(), scorer=measure).astype(np.float64)
        / 100
        for teks, measure in (
            (nama.skeleton, fuzz.partial_ratio),
            (nama.core_words, fuzz.token_set_ratio),
        )
    )
    long = np.minimum(nama.long[left], nama.long[right])
    p = np.minimum(long, weight.full_length) / weight.full_length
    return np.ones(len(p)), bones, bones * bones, kata, kata * kata, p, bones * p, kata * p
