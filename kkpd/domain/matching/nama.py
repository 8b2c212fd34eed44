"""Merchant text: what banks make of a name and what people type, brought to one form and compared.

A bank cuts at 22 characters, appends the city, drops vowels and puts an aggregator in front; people
drop "Toko" and slip. Two similarities survive that: a partial one on the consonant skeleton and one
on words. A learned logistic turns them into the log-odds that both texts mean the same merchant.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kkpd.domain.matching.bobot import BobotNama
from kkpd.domain.matching.larik import F64, I64, Ya

_BUKAN_HURUF = re.compile(r"[^A-Z0-9]+")
_KEMBAR = re.compile(r"(.)\1+")
#: Letters of a skeleton that stand before a town.
_KEPALA = 9
_TANPA_VOKAL = str.maketrans("", "", "AIUEO ")


def bentuk(teks: str, bobot: BobotNama) -> tuple[str, str]:
    """(core words, consonant skeleton) of a merchant text; both empty when it names nobody."""
    teks = teks.upper()
    bintang = teks.rfind("*", 0, 14)
    if bintang > 0 and teks[bintang + 1 :].strip():
        teks = teks[bintang + 1 :]
    kata = _BUKAN_HURUF.sub(" ", teks).split()
    while len(kata) > 1 and kata[0] in bobot.perantara:
        del kata[0]
    while kata and kata[0] in bobot.umum:
        del kata[0]
    inti = " ".join(kata)
    return inti, _KEMBAR.sub(r"\1", inti[:1] + inti[1:].translate(_TANPA_VOKAL))


@dataclass(frozen=True, slots=True)
class Nama:
    """Distinct texts of both sides in their compared forms, by text code.

    `rumpun_*` is the code of the skeleton, common to both sides, -1 for a text that names nobody;
    `kata_catatan` the code of a typed text's core words.
    """

    inti_bank: list[str]
    inti_catatan: list[str]
    kerangka_bank: list[str]
    kerangka_catatan: list[str]
    rumpun_bank: I64
    rumpun_catatan: I64
    kata_catatan: I64

    def kepala_bank(self) -> Nama:
        """The heads of the bank's texts on both sides, to compare lines with lines.

        The tail is left out: two merchants of one town would look alike by the name of the town.
        """
        inti = [" ".join(teks.split()[:2]) for teks in self.inti_bank]
        kerangka = [teks[:_KEPALA] for teks in self.kerangka_bank]
        rumpun = self.rumpun_bank
        return Nama(inti, inti, kerangka, kerangka, rumpun, rumpun, rumpun)


def siapkan(bank: Sequence[str], catatan: Sequence[str], bobot: BobotNama) -> Nama:
    """The compared forms of all distinct texts."""
    rumpun: dict[str, int] = {"": -1}
    inti: tuple[list[str], list[str]] = ([], [])
    kerangka: tuple[list[str], list[str]] = ([], [])
    kode: list[I64] = []
    for sisi, daftar in enumerate((bank, catatan)):
        sandi = np.empty(len(daftar), dtype=np.int64)
        for i, teks in enumerate(daftar):
            kata, tulang = bentuk(teks, bobot)
            inti[sisi].append(kata)
            kerangka[sisi].append(tulang)
            sandi[i] = rumpun.setdefault(tulang, len(rumpun) - 1)
        kode.append(sandi)
    sama: dict[str, int] = {}
    kata_catatan = np.array([sama.setdefault(t, len(sama)) for t in inti[1]], dtype=np.int64)
    return Nama(*inti, *kerangka, kode[0], kode[1], kata_catatan)


def bandingkan(nama: Nama, bank: I64, catatan: I64, bobot: BobotNama) -> tuple[F64, F64]:
    """(log-odds "same merchant", similarity 0..1) for pairs of text codes; nan where unknown."""
    luas = len(nama.inti_catatan) or 1
    kunci, balik = np.unique(bank * luas + catatan, return_inverse=True)
    ciri, isi = ciri_nama(nama, kunci // luas, kunci % luas, bobot)
    logit = np.full(len(kunci), np.nan)
    mirip = np.full(len(kunci), np.nan)
    logit[isi] = np.clip(ciri[isi] @ koefisien(bobot), bobot.terendah, bobot.tertinggi)
    mirip[isi] = np.maximum(ciri[isi, 1], ciri[isi, 3])
    return logit[balik], mirip[balik]


def ciri_nama(nama: Nama, bank: I64, catatan: I64, bobot: BobotNama) -> tuple[F64, Ya]:
    """Features (n, 8) of pairs of text codes, in the order of `koefisien`; where both name one."""
    from rapidfuzz import fuzz, process  # costs start-up time of every command

    isi = (nama.rumpun_bank[bank] >= 0) & (nama.rumpun_catatan[catatan] >= 0)
    i, j = bank[isi].tolist(), catatan[isi].tolist()
    kb, kc = [nama.kerangka_bank[x] for x in i], [nama.kerangka_catatan[x] for x in j]
    tb, tc = [nama.inti_bank[x] for x in i], [nama.inti_catatan[x] for x in j]
    # two processors at most: the machine may serve others
    t = process.cpdist(kb, kc, scorer=fuzz.partial_ratio, workers=2).astype(np.float64) / 100
    k = process.cpdist(tb, tc, scorer=fuzz.token_set_ratio, workers=2).astype(np.float64) / 100
    panjang = np.minimum([len(x) for x in kb], [len(x) for x in kc]).astype(np.float64)
    p = np.minimum(panjang, bobot.panjang_penuh) / bobot.panjang_penuh
    ciri = np.zeros((len(bank), 8))
    ciri[isi] = np.stack([np.ones(len(t)), t, t * t, k, k * k, p, t * p, k * p], axis=1)
    return ciri, isi


def koefisien(bobot: BobotNama) -> F64:
    """The learned logistic: log-odds = features @ coefficients."""
    return np.array(
        [
            bobot.tetap,
            bobot.kerangka,
            bobot.kerangka2,
            bobot.kata,
            bobot.kata2,
            bobot.panjang,
            bobot.kerangka_panjang,
            bobot.kata_panjang,
        ]
    )
