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

from kkpd.engines.matching.arrays import F64, I64, Teks, Ya
from kkpd.engines.matching.weights import BobotNama, bawaan

#: Letters of a skeleton that stand before a town.
_KEPALA = 9
#: Pairs from which on two threads are worth their start.
_BANYAK = 5_000
#: Letters, digits and the end of a text stay, everything else separates words.
_HURUF = bytes(
    x if x == ord("\n") or (chr(x).isascii() and chr(x).isalnum()) else 32 for x in range(256)
)


def bentuk(teks: str, bobot: BobotNama) -> tuple[str, str]:
    """(core words, consonant skeleton) of a merchant text; both empty when it names nobody."""
    semua = inti([teks], bobot)
    return semua[0], kerangka(semua)[0]


def inti(semua: Sequence[str], bobot: BobotNama) -> list[str]:
    """The core words of each text, in capitals; worked on all letters at once, since many come."""
    utuh = [_tanpa_awalan(teks) if "*" in teks else teks for teks in semua]
    if any("\n" in teks for teks in utuh):
        utuh = [teks.replace("\n", " ") for teks in utuh]
    huruf = "\n".join(utuh).upper().encode("ascii", "replace").translate(_HURUF)
    buang = bobot.perantara | bobot.umum
    kata = [baris.split() for baris in huruf.split(b"\n")]
    rapi = [_pangkas(satu, bobot) if satu and satu[0] in buang else satu for satu in kata]
    return b"\n".join(map(b" ".join, rapi)).decode().split("\n")


def _tanpa_awalan(teks: str) -> str:
    """What stands after the star of a go-between."""
    bintang = teks.rfind("*", 0, 14)
    return teks[bintang + 1 :] if bintang > 0 and teks[bintang + 1 :].strip() else teks


def _pangkas(kata: list[bytes], bobot: BobotNama) -> list[bytes]:
    """Words without go-betweens and kinds of shop before them."""
    while len(kata) > 1 and kata[0] in bobot.perantara:
        del kata[0]
    while kata and kata[0] in bobot.umum:
        del kata[0]
    return kata


def kerangka(semua: Sequence[str]) -> list[str]:
    """The consonant skeletons of core words: the first letter, then no vowels and no spaces."""
    sisa = "\n".join([teks[1:] for teks in semua]).encode().translate(None, b"AIUEO ").decode()
    return [teks[:1] + ekor for teks, ekor in zip(semua, sisa.split("\n"), strict=True)]


@lru_cache(maxsize=20_000)
def kunci_teks(teks: str) -> str:
    """The form by which a rule knows a bank's text again; empty when the text names nobody.

    A marketplace or a go-between alone names nobody: its next order comes from another seller.
    """
    aturan = bawaan().nama
    kata = bentuk(teks, aturan)[0]
    return "" if kata.encode() in aturan.pasar | aturan.uraian | aturan.perantara else kata


@dataclass(frozen=True, slots=True)
class Nama:
    """Distinct texts of both sides in their compared forms.

    `bank` and `catatan` give the form of each text code; the other columns stand by form: core
    words, skeleton and its length, `rumpun` (the code of the skeleton, -1 for a text that names
    nobody), the letters of the skeleton as bits, and `bisu`: a marketplace or what was bought,
    which another name on the other side does not gainsay.
    """

    bank: I64
    catatan: I64
    inti: Teks
    kerangka: Teks
    panjang: I64
    rumpun: I64
    huruf: I64
    bisu: Ya

    def kepala(self, dipakai: I64) -> Nama:
        """The heads of the bank's texts `dipakai` on both sides, to compare lines with lines.

        The tail is left out: two merchants of one town would look alike by the name of the town.
        """
        ada = np.unique(self.bank[dipakai])
        kode: dict[tuple[str, str], int] = {}
        baru = np.full(len(self.inti), -1, dtype=np.int64)
        baru[ada] = [
            kode.setdefault((" ".join(kata.split()[:2]), tulang[:_KEPALA]), len(kode))
            for kata, tulang in zip(self.inti[ada], self.kerangka[ada], strict=True)
        ]
        bank = baru[self.bank]
        return _nama(bank, bank, [satu[0] for satu in kode], [satu[1] for satu in kode], set())


def siapkan(bank: Sequence[str], catatan: Sequence[str], bobot: BobotNama) -> Nama:
    """The compared forms of all distinct texts."""
    kode: dict[str, int] = {}
    sisi = [
        np.array(
            [kode.setdefault(kata, len(kode)) for kata in (inti(daftar, bobot) if daftar else ())],
            dtype=np.int64,
        )
        for daftar in (bank, catatan)
    ]
    semua = list(kode)
    bisu = {nama.decode() for nama in bobot.pasar | bobot.uraian}
    return _nama(sisi[0], sisi[1], semua, kerangka(semua) if semua else [], bisu)


def _nama(bank: I64, catatan: I64, semua: list[str], tulang: list[str], bisu: set[str]) -> Nama:
    """All columns of the forms; a text whose first word is in `bisu` may mean any name."""
    kode: dict[str, int] = {"": -1}
    for satu in tulang:
        kode.setdefault(satu, len(kode) - 1)
    return Nama(
        bank,
        catatan,
        np.array(semua, dtype=object),
        np.array(tulang, dtype=object),
        np.fromiter(map(len, tulang), dtype=np.int64, count=len(tulang)),
        np.fromiter(map(kode.__getitem__, tulang), dtype=np.int64, count=len(tulang)),
        _huruf(tulang),
        np.array([teks.partition(" ")[0] in bisu for teks in semua], dtype=np.bool_),
    )


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
    luas = len(nama.inti) or 1
    kunci, balik = np.unique(nama.bank[bank] * luas + nama.catatan[catatan], return_inverse=True)
    kiri, kanan = kunci // luas, kunci % luas
    isi = (nama.rumpun[kiri] >= 0) & (nama.rumpun[kanan] >= 0)
    logit = np.where(isi, bobot.terendah, np.nan)
    mirip = np.where(isi, 0.0, np.nan)
    isi &= mungkin_sama(nama.huruf[kiri], nama.huruf[kanan])
    ciri = ciri_nama(nama, kiri[isi], kanan[isi], bobot)
    # summed column by column: the same to the last bit wherever a pair stands
    skor = sum(satu * berat for satu, berat in zip(ciri, koefisien(bobot).tolist(), strict=True))
    logit[isi] = np.clip(skor, bobot.terendah, bobot.tertinggi)
    mirip[isi] = np.maximum(ciri[1], ciri[3])
    # bought on a marketplace and typed by its seller, or typed as what it is: no evidence
    bisu = (nama.bisu[kiri] != nama.bisu[kanan]) & (logit < 0)
    logit[bisu], mirip[bisu] = np.nan, np.nan
    return logit[balik], mirip[balik]


def ciri_nama(nama: Nama, kiri: I64, kanan: I64, bobot: BobotNama) -> tuple[F64, ...]:
    """The features of pairs of forms that both name one, in the order of `koefisien`."""
    from rapidfuzz import fuzz, process  # costs start-up time of every command

    # two processors at most: the machine may serve others; for a page's few pairs a second
    # one costs more than it brings
    utas = 1 if len(kiri) < _BANYAK else 2
    tulang, kata = (
        process.cpdist(
            teks[kiri].tolist(), teks[kanan].tolist(), scorer=ukuran, workers=utas
        ).astype(np.float64) / 100
        for teks, ukuran in (
            (nama.kerangka, fuzz.partial_ratio),
            (nama.inti, fuzz.token_set_ratio),
        )
    )  # fmt: skip
    panjang = np.minimum(nama.panjang[kiri], nama.panjang[kanan])
    p = np.minimum(panjang, bobot.panjang_penuh) / bobot.panjang_penuh
    satu = np.ones(len(p))
    return satu, tulang, tulang * tulang, kata, kata * kata, p, tulang * p, kata * p


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
