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
TextArray = npt.NDArray[np.object_]


def expand_spans(start: I64, finish: I64) -> tuple[I64, I64]:
    """Every position of the ranges [awal, akhir): (number of the range, position), in order."""
    banyak = np.maximum(finish - start, 0)
    nomor = np.repeat(np.arange(len(start), dtype=np.int64), banyak)
    mulai = np.cumsum(banyak) - banyak
    positions = np.arange(len(nomor), dtype=np.int64) - mulai[nomor] + start[nomor]
    return nomor, positions


def combine_keys(*kolom: I64) -> I64:
    """One whole number for equal rows of several non-negative columns (dense when it must be)."""
    kunci = kolom[0]
    for lain in kolom[1:]:
        extent = int(lain.max(initial=0)) + 1
        if int(kunci.max(initial=0)) >= (2**62) // extent:
            kunci = np.unique(kunci, return_inverse=True)[1].astype(np.int64)
        kunci = kunci * extent + lain
    return kunci


def order_by_keys(*column: I64) -> tuple[I64, Ya]:
    """The order by several columns, first column first, and which rows equal the one after them.

    The columns become one whole number where they fit, since one sort is cheaper than five.
    """
    if len(column[0]) == 0:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.bool_)
    bound = [(int(one_item.min()), int(one_item.max())) for one_item in column]
    extent = 1
    for low_mark, high_mark in bound:
        extent *= high_mark - low_mark + 1
    if extent < 2**62:
        kunci = np.zeros(len(column[0]), dtype=np.int64)
        for one_item, (low_mark, high_mark) in zip(column, bound, strict=True):
            kunci = kunci * (high_mark - low_mark + 1) + (one_item - low_mark)
        urut = np.argsort(kunci).astype(np.int64)
        ordered = kunci[urut]
        return urut, ordered[1:] == ordered[:-1]
    urut = np.lexsort(column[::-1]).astype(np.int64)
    same = np.ones(len(urut) - 1, dtype=np.bool_)
    for one_item in column:
        ordered = one_item[urut]
        same &= ordered[1:] == ordered[:-1]
    return urut, same


def count_equal(kunci: I64) -> I64:
    """For each row how many rows carry the same key, itself included."""
    _, balik, banyak = np.unique(kunci, return_inverse=True, return_counts=True)
    return banyak[balik].astype(np.int64)


def sum_by_group(kelompok: I64, nilai: F64, extent: int) -> F64:
    """Sum of `nilai` for each group 0..luas-1."""
    hasil: F64 = np.bincount(kelompok, weights=nilai, minlength=extent).astype(np.float64)
    return hasil
