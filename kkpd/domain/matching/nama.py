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

from kkpd.domain.matching.bobot import BobotNama, bawaan
from kkpd.domain.matching.larik import F64, I64, Ya

#: Letters of a skeleton that stand before a town.
_KEPALA = 9
#: Letters and digits stay, everything else separates words.
_HURUF = bytes(x if chr(x).isascii() and chr(x).isalnum() else 32 for x in range(256))


def bentuk(teks: str, bobot: BobotNama) -> tuple[str, str]:
    """(core words, consonant skeleton) of a merchant text; both empty when it names nobody."""
    bintang = teks.rfind("*", 0, 14)
    if bintang > 0 and teks[bintang + 1 :].strip():
        teks = teks[bintang + 1 :]
    kata = teks.upper().encode("ascii", "replace").translate(_HURUF).split()
    while len(kata) > 1 and kata[0] in bobot.perantara:
        del kata[0]
    while kata and kata[0] in bobot.umum:
        del kata[0]
    inti = b" ".join(kata)
    return inti.decode(), (inti[:1] + inti[1:].translate(None, b"AIUEO ")).decode()


@lru_cache(maxsize=20_000)
def kunci_teks(teks: str) -> str:
    """The form by which a rule knows a bank's text again; empty when the text names nobody.

    A marketplace or a go-between alone names nobody: its next order comes from another seller.
    """
    aturan = bawaan().nama
    kata = bentuk(teks, aturan)[0]
    return "" if kata.encode() in aturan.pasar | aturan.perantara else kata


@dataclass(frozen=True, slots=True)
class Nama:
    """Distinct texts of both sides in their compared forms, by text code.

    `rumpun_*` is the code of the skeleton, common to both sides, -1 for a text that names nobody;
    `kata_catatan` the code of a typed text's core words; `huruf_*` the letters of a skeleton as
    bits; `pasar_*` texts that name a marketplace.
    """

    inti_bank: list[str]
    inti_catatan: list[str]
    kerangka_bank: list[str]
    kerangka_catatan: list[str]
    rumpun_bank: I64
    rumpun_catatan: I64
    kata_catatan: I64
    huruf_bank: I64
    huruf_catatan: I64
    pasar_bank: Ya
    pasar_catatan: Ya

    def kepala_bank(self, dipakai: I64) -> Nama:
        """The heads of the bank's texts `dipakai` on both sides, to compare lines with lines.

        The tail is left out: two merchants of one town would look alike by the name of the town.
        """
        inti, kerangka = [""] * len(self.inti_bank), [""] * len(self.inti_bank)
        for i in dipakai.tolist():
            inti[i] = " ".join(self.inti_bank[i].split()[:2])
            kerangka[i] = self.kerangka_bank[i][:_KEPALA]
        rumpun = self.rumpun_bank
        huruf = _huruf(kerangka)
        pasar = np.zeros(len(inti), dtype=np.bool_)
        return Nama(
            inti, inti, kerangka, kerangka, rumpun, rumpun, rumpun, huruf, huruf, pasar, pasar
        )


def siapkan(bank: Sequence[str], catatan: Sequence[str], bobot: BobotNama) -> Nama:
    """The compared forms of all distinct texts."""
    rumpun: dict[str, int] = {"": -1}
    inti: tuple[list[str], list[str]] = ([], [])
    kerangka: tuple[list[str], list[str]] = ([], [])
    kode: list[I64] = []
    for sisi, daftar in enumerate((bank, catatan)):
        for teks in daftar:
            kata, tulang = bentuk(teks, bobot)
            inti[sisi].append(kata)
            kerangka[sisi].append(tulang)
        for tulang in dict.fromkeys(kerangka[sisi]):
            if tulang not in rumpun:
                rumpun[tulang] = len(rumpun) - 1
        kode.append(np.array([rumpun[tulang] for tulang in kerangka[sisi]], dtype=np.int64))
    sama: dict[str, int] = {}
    kata_catatan = np.array([sama.setdefault(t, len(sama)) for t in inti[1]], dtype=np.int64)
    huruf = [_huruf(isi) for isi in kerangka]
    pasar = [_pasar(isi, bobot) for isi in inti]
    return Nama(
        *inti, *kerangka, kode[0], kode[1], kata_catatan, huruf[0], huruf[1], pasar[0], pasar[1]
    )


def _pasar(inti: list[str], bobot: BobotNama) -> Ya:
    """Texts whose first word is a marketplace."""
    kata = {nama.decode() for nama in bobot.pasar}
    return np.array([teks.partition(" ")[0] in kata for teks in inti], dtype=np.bool_)


def _huruf(kerangka: list[str]) -> I64:
    """The letters and digits of each skeleton as bits ('0' the lowest, 'Z' the 43rd)."""
    bita = np.frombuffer("0".join(["", *kerangka]).encode("ascii"), dtype=np.uint8)
    if len(bita) == 0:
        return np.zeros(len(kerangka), dtype=np.int64)
    # every text starts at the separating "0", whose own bit is taken away again
    panjang = np.fromiter(map(len, kerangka), dtype=np.int64, count=len(kerangka))
    awal = np.cumsum(panjang + 1) - panjang - 1
    bit = np.left_shift(np.int64(1), bita.astype(np.int64) - 48 + 1)
    bit[awal] = 0
    hasil: I64 = np.bitwise_or.reduceat(bit, awal)
    return hasil


def mungkin_sama(kiri: I64, kanan: I64) -> Ya:
    """Texts that share half of the letters of the poorer one; others cannot be one name."""
    bersama = np.bitwise_count(kiri & kanan)
    sedikit = np.minimum(np.bitwise_count(kiri), np.bitwise_count(kanan))
    hasil: Ya = bersama * 2 >= sedikit
    return hasil


def bandingkan(nama: Nama, bank: I64, catatan: I64, bobot: BobotNama) -> tuple[F64, F64]:
    """(log-odds "same merchant", similarity 0..1) for pairs of text codes; nan where unknown."""
    luas = len(nama.inti_catatan) or 1
    kunci, balik = np.unique(bank * luas + catatan, return_inverse=True)
    kiri, kanan = kunci // luas, kunci % luas
    isi = (nama.rumpun_bank[kiri] >= 0) & (nama.rumpun_catatan[kanan] >= 0)
    logit = np.where(isi, bobot.terendah, np.nan)
    mirip = np.where(isi, 0.0, np.nan)
    isi &= mungkin_sama(nama.huruf_bank[kiri], nama.huruf_catatan[kanan])
    ciri = ciri_nama(nama, kiri[isi], kanan[isi], bobot)
    # summed column by column: the same to the last bit wherever a pair stands
    skor = sum(ciri[:, k] * berat for k, berat in enumerate(koefisien(bobot).tolist()))
    logit[isi] = np.clip(skor, bobot.terendah, bobot.tertinggi)
    mirip[isi] = np.maximum(ciri[:, 1], ciri[:, 3])
    # bought on a marketplace and typed by its seller, or the other way round: no evidence
    bisu = (nama.pasar_bank[kiri] != nama.pasar_catatan[kanan]) & (logit < 0)
    logit[bisu], mirip[bisu] = np.nan, np.nan
    return logit[balik], mirip[balik]


def ciri_nama(nama: Nama, bank: I64, catatan: I64, bobot: BobotNama) -> F64:
    """Features (n, 8) of pairs of text codes that both name one, in the order of `koefisien`."""
    from rapidfuzz import fuzz, process  # costs start-up time of every command

    i, j = bank.tolist(), catatan.tolist()
    kb = list(map(nama.kerangka_bank.__getitem__, i))
    kc = list(map(nama.kerangka_catatan.__getitem__, j))
    tb = list(map(nama.inti_bank.__getitem__, i))
    tc = list(map(nama.inti_catatan.__getitem__, j))
    # two processors at most: the machine may serve others
    t = process.cpdist(kb, kc, scorer=fuzz.partial_ratio, workers=2).astype(np.float64) / 100
    k = process.cpdist(tb, tc, scorer=fuzz.token_set_ratio, workers=2).astype(np.float64) / 100
    panjang = np.fromiter(map(min, map(len, kb), map(len, kc)), dtype=np.int64, count=len(i))
    p = np.minimum(panjang, bobot.panjang_penuh) / bobot.panjang_penuh
    return np.stack([np.ones(len(t)), t, t * t, k, k * k, p, t * p, k * p], axis=1)


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
