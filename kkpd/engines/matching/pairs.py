"""Which pairs are worth a score: equal amounts near in time, then what explains the rest."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from kkpd.engines.matching.amount_gap import kelas_nilai
from kkpd.engines.matching.arrays import I64, Ya, bentangkan, gabung_kunci
from kkpd.engines.matching.score import BUANG, Medan, Tepi, nilai_pasangan, satukan

#: Pairs looked at in one go (bounds memory).
SEKALI = 1_000_000
#: Leftover rows looked at in one go.
BARIS_SEKALI = 100_000
#: At most about so many pairs are looked at in one step; past it windows shrink.
TERBANYAK = 5_000_000


def sama_nilai(medan: Medan) -> Tepi:
    """Pairs of one card and one amount whose dates lie within the window."""
    bank, catatan = medan.dua.bank, medan.dua.catatan
    jendela = medan.bobot.jendela
    luas = medan.dua.banyak_nilai
    b, c = _jumpa(
        bank.kartu * luas + bank.sandi_nilai, bank.acuan,
        catatan.kartu * luas + catatan.sandi_nilai, catatan.hari,
        jendela.sebelum, jendela.sesudah,
    )  # fmt: skip
    bagian = []
    for mulai in range(0, max(len(b), 1), SEKALI):
        kiri, kanan = b[mulai : mulai + SEKALI], c[mulai : mulai + SEKALI]
        satu = nilai_pasangan(medan, kiri, kanan, np.zeros(len(kiri), dtype=np.int64))
        bagian.append(satu.ambil(satu.w > BUANG))
    return satukan(bagian)


def potongan(medan: Medan, rows_b: I64, rows_c: I64) -> Iterator[tuple[I64, I64]]:
    """Leftover rows in pieces of whole cards (bounds memory); both stand in card order."""
    kartu_b, kartu_c = medan.dua.bank.kartu[rows_b], medan.dua.catatan.kartu[rows_c]
    banyak = np.bincount(kartu_b, minlength=medan.dua.banyak_kartu)
    banyak = banyak + np.bincount(kartu_c, minlength=medan.dua.banyak_kartu)
    nomor = np.cumsum(banyak) // BARIS_SEKALI
    batas = [0, *(np.flatnonzero(np.diff(nomor)) + 1).tolist(), medan.dua.banyak_kartu]
    for dari, sampai in pairwise(batas):
        b = slice(*np.searchsorted(kartu_b, [dari, sampai]))
        c = slice(*np.searchsorted(kartu_c, [dari, sampai]))
        yield rows_b[b], rows_c[c]


def _jumpa(
    kunci_b: I64, hari_b: I64, kunci_c: I64, hari_c: I64, sebelum: int, sesudah: int
) -> tuple[I64, I64]:
    """Positions (in b, in c) of equal keys with day c in [day b - sebelum, day b + sesudah]."""
    pijak = int(min(hari_b.min(initial=0), hari_c.min(initial=0))) - sebelum - 1
    luas = int(max(hari_b.max(initial=0), hari_c.max(initial=0))) - pijak + sesudah + 2
    if max(int(kunci_b.max(initial=0)), int(kunci_c.max(initial=0))) >= 2**62 // luas:
        semua = np.unique(np.concatenate([kunci_b, kunci_c]), return_inverse=True)[1]
        kunci_b, kunci_c = semua[: len(kunci_b)], semua[len(kunci_b) :]
    saat = kunci_c * luas + (hari_c - pijak)
    urut = np.arange(len(saat))
    if (np.diff(saat) < 0).any():
        urut = np.argsort(saat, kind="stable")
        saat = saat[urut]
    dari = kunci_b * luas + (hari_b - pijak)
    awal = np.searchsorted(saat, dari - sebelum)
    akhir = np.searchsorted(saat, dari + sesudah, side="right")
    awal, akhir = _batasi(kunci_b, awal.astype(np.int64), akhir.astype(np.int64))
    b, letak = bentangkan(awal, akhir)
    return b, urut[letak].astype(np.int64)


def _batasi(kunci: I64, awal: I64, akhir: I64) -> tuple[I64, I64]:
    """Where thousands of rows are alike, only those near in rank: equal rows pair in order.

    `kunci` stands in order, so the rank of a row among its equals is its place in their run.
    """
    banyak = akhir - awal
    if int(banyak.sum()) <= TERBANYAK:
        return awal, akhir
    lebar = max(TERBANYAK // max(int((banyak > 0).sum()), 1), 8)
    urut = np.argsort(kunci, kind="stable")
    _, mula, isi = np.unique(kunci[urut], return_index=True, return_counts=True)
    pangkat = np.empty(len(kunci))
    pangkat[urut] = (np.arange(len(kunci)) - np.repeat(mula, isi)) / np.repeat(isi, isi)
    tengah = awal + (pangkat * banyak).astype(np.int64)
    dari = np.clip(tengah - lebar // 2, awal, np.maximum(akhir - lebar, awal))
    return dari, np.minimum(dari + lebar, akhir)


def dekat(medan: Medan, sisa_b: I64, sisa_c: I64) -> tuple[I64, I64, int]:
    """Pairs of leftover purchases and lines (amounts > 0) of one card near in time.

    Also the window in days that was looked at: it shrinks when a card holds too many leftovers.
    """
    bank, catatan = medan.dua.bank, medan.dua.catatan
    sisa_b = sisa_b[(bank.nilai[sisa_b] > 0) & (bank.acuan[sisa_b] >= 0)]
    sisa_c = sisa_c[catatan.nilai[sisa_c] > 0]
    jendela = medan.bobot.jendela
    sesudah = jendela.bagian_sesudah
    while sesudah > 0 and _banyak(medan, sisa_b, sisa_c, jendela.bagian_sebelum, sesudah) > (
        TERBANYAK
    ):
        sesudah //= 2
    b, c = _jumpa(
        bank.kartu[sisa_b], bank.acuan[sisa_b], catatan.kartu[sisa_c], catatan.hari[sisa_c],
        min(jendela.bagian_sebelum, sesudah), sesudah,
    )  # fmt: skip
    return sisa_b[b], sisa_c[c], sesudah


def _banyak(medan: Medan, b: I64, c: I64, sebelum: int, sesudah: int) -> float:
    """About how many pairs the window would give."""
    kartu = medan.dua.banyak_kartu
    kiri = np.bincount(medan.dua.bank.kartu[b], minlength=kartu)
    kanan = np.bincount(medan.dua.catatan.kartu[c], minlength=kartu)
    lebar = np.minimum((sebelum + sesudah + 1) / medan.rentang, 1)
    return float((kiri * kanan * lebar).sum())


def beda_nilai(medan: Medan, b: I64, c: I64) -> Tepi:
    """Of near pairs those whose amounts differ in an explained way."""
    bagian = []
    for awal in range(0, max(len(b), 1), SEKALI):
        kiri, kanan = b[awal : awal + SEKALI], c[awal : awal + SEKALI]
        kelas = kelas_nilai(medan.dua.bank.nilai[kiri], medan.dua.catatan.nilai[kanan])
        ada = kelas > 0
        bagian.append(nilai_pasangan(medan, kiri[ada], kanan[ada], kelas[ada]))
    return satukan(bagian)


def beda_hari(medan: Medan, sisa_b: I64, sisa_c: I64) -> Tepi:
    """Of leftovers the pairs of equal amount whose dates lie outside the window."""
    bank, catatan = medan.dua.bank, medan.dua.catatan
    kunci = gabung_kunci(
        np.concatenate([bank.kartu[sisa_b], catatan.kartu[sisa_c]]),
        np.concatenate([bank.sandi_nilai[sisa_b], catatan.sandi_nilai[sisa_c]]),
    )
    nol_b, nol_c = np.zeros(len(sisa_b), dtype=np.int64), np.zeros(len(sisa_c), dtype=np.int64)
    b, c = _jumpa(kunci[: len(sisa_b)], nol_b, kunci[len(sisa_b) :], nol_c, 0, 0)
    b, c = sisa_b[b], sisa_c[c]
    beda = catatan.hari[c] - bank.acuan[b]
    jendela = medan.bobot.jendela
    luar = ~_dalam(beda, jendela.sebelum, jendela.sesudah)
    b, c = b[luar], c[luar]
    # so many are equal by chance that only those count which a name could carry well past zero
    return nilai_pasangan(medan, b, c, np.zeros(len(b), dtype=np.int64), batas=1.0)


def _dalam(beda: I64, sebelum: int, sesudah: int) -> Ya:
    hasil: Ya = (beda >= -sebelum) & (beda <= sesudah)
    return hasil
