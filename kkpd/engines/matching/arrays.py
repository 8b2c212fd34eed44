"""Arrays of matching: their types and the few column operations every step shares."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

I64 = npt.NDArray[np.int64]
F64 = npt.NDArray[np.float64]
#: Columns kept for every pair are narrow: a million pairs fit in memory.
I16 = npt.NDArray[np.int16]
I32 = npt.NDArray[np.int32]
F32 = npt.NDArray[np.float32]
Ya = npt.NDArray[np.bool_]
#: Python texts, to pick many of them at once.
Teks = npt.NDArray[np.object_]


def bentangkan(awal: I64, akhir: I64) -> tuple[I64, I64]:
    """Every position of the ranges [awal, akhir): (number of the range, position), in order."""
    banyak = np.maximum(akhir - awal, 0)
    nomor = np.repeat(np.arange(len(awal), dtype=np.int64), banyak)
    mulai = np.cumsum(banyak) - banyak
    letak = np.arange(len(nomor), dtype=np.int64) - mulai[nomor] + awal[nomor]
    return nomor, letak


def gabung_kunci(*kolom: I64) -> I64:
    """One whole number for equal rows of several non-negative columns (dense when it must be)."""
    kunci = kolom[0]
    for lain in kolom[1:]:
        luas = int(lain.max(initial=0)) + 1
        if int(kunci.max(initial=0)) >= (2**62) // luas:
            kunci = np.unique(kunci, return_inverse=True)[1].astype(np.int64)
        kunci = kunci * luas + lain
    return kunci


def urut_kunci(*lajur: I64) -> tuple[I64, Ya]:
    """The order by several columns, first column first, and which rows equal the one after them.

    The columns become one whole number where they fit, since one sort is cheaper than five.
    """
    if len(lajur[0]) == 0:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.bool_)
    batas = [(int(satu.min()), int(satu.max())) for satu in lajur]
    luas = 1
    for rendah, tinggi in batas:
        luas *= tinggi - rendah + 1
    if luas < 2**62:
        kunci = np.zeros(len(lajur[0]), dtype=np.int64)
        for satu, (rendah, tinggi) in zip(lajur, batas, strict=True):
            kunci = kunci * (tinggi - rendah + 1) + (satu - rendah)
        urut = np.argsort(kunci).astype(np.int64)
        tertata = kunci[urut]
        return urut, tertata[1:] == tertata[:-1]
    urut = np.lexsort(lajur[::-1]).astype(np.int64)
    sama = np.ones(len(urut) - 1, dtype=np.bool_)
    for satu in lajur:
        tertata = satu[urut]
        sama &= tertata[1:] == tertata[:-1]
    return urut, sama


def hitung_sama(kunci: I64) -> I64:
    """For each row how many rows carry the same key, itself included."""
    _, balik, banyak = np.unique(kunci, return_inverse=True, return_counts=True)
    return banyak[balik].astype(np.int64)


def per_kelompok(kelompok: I64, nilai: F64, luas: int) -> F64:
    """Sum of `nilai` for each group 0..luas-1."""
    hasil: F64 = np.bincount(kelompok, weights=nilai, minlength=luas).astype(np.float64)
    return hasil
