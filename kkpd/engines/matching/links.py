"""Links as columns: one entry a link, one row for each line and purchase it joins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from kkpd.engines.matching.arrays import F32, F64, I16, I32, I64, Ya
from kkpd.engines.matching.score import Tepi
from kkpd.engines.matching.shapes import Jenis
from kkpd.engines.matching.weights import Putusan

#: REFUND links a negative line to the purchase it gives back, BALIK to a negative purchase.
SATU, PECAH, GABUNG, REFUND, BALIK = range(5)
JENIS: tuple[Jenis, ...] = ("satu", "pecah", "gabung", "refund", "refund")


@dataclass(frozen=True, slots=True)
class Rinci:
    """Rows of links: which link, line, purchase; how they compare and what each field weighs."""

    nomor: I64
    b: I64
    c: I64
    kelas_nilai: I16
    kelas_hari: I16
    beda_hari: I32
    mirip: F32
    w_nilai: F32
    w_hari: F32
    w_nama: F32


@dataclass(frozen=True, slots=True)
class Tautan:
    """Links: kind, score, probability, margin, accepted by itself or not; and their rows.

    `ada` is the probability that the link's lines have any partner at all.
    """

    jenis: I64
    skor: F64
    peluang: F64
    ada: F64
    jarak: F64
    pasti: Ya
    rinci: Rinci


def tautan_satu(pasangan: Tepi, p: F64, ada: F64, jarak: F64, jenis: int) -> Tautan:
    """Pairs as links of one kind."""
    banyak = len(pasangan)
    rinci = rinci_pasangan(np.arange(banyak, dtype=np.int64), pasangan)
    semua = np.full(banyak, jenis, dtype=np.int64)
    return Tautan(semua, pasangan.w, p, ada, jarak, np.zeros(banyak, dtype=np.bool_), rinci)


def rinci_pasangan(nomor: I64, pasangan: Tepi) -> Rinci:
    """The rows of links from how their pairs compare; `nomor` says which link each is of."""
    return Rinci(nomor, *(getattr(pasangan, lajur.name) for lajur in fields(Rinci)[1:]))


def jajarkan(bagian: Sequence[Tautan]) -> Tautan:
    """Several lists of links as one."""
    geser = np.cumsum([0, *(len(satu.jenis) for satu in bagian)]).tolist()
    rinci = [
        Rinci(satu.rinci.nomor + g, *(getattr(satu.rinci, f.name) for f in fields(Rinci)[1:]))
        for satu, g in zip(bagian, geser, strict=False)
    ]
    return Tautan(
        np.concatenate([satu.jenis for satu in bagian]),
        np.concatenate([satu.skor for satu in bagian]),
        np.concatenate([satu.peluang for satu in bagian]),
        np.concatenate([satu.ada for satu in bagian]),
        np.concatenate([satu.jarak for satu in bagian]),
        np.concatenate([satu.pasti for satu in bagian]),
        Rinci(*(np.concatenate([getattr(r, f.name) for r in rinci]) for f in fields(Rinci))),
    )


def putuskan(tautan: Tautan, putusan: Putusan) -> Tautan:
    """Leave what is too unlikely, accept by itself what is both likely and far ahead."""
    ada = np.where(tautan.jenis == REFUND, 0.0, putusan.usul_ada)
    tinggal = (tautan.peluang >= putusan.usul_peluang) & (tautan.ada >= ada)
    pasti = (tautan.peluang >= putusan.pasti_peluang) & (tautan.jarak >= putusan.pasti_jarak)
    baru = np.cumsum(tinggal) - 1
    r = tautan.rinci
    rows = tinggal[r.nomor]
    return Tautan(
        tautan.jenis[tinggal],
        tautan.skor[tinggal],
        tautan.peluang[tinggal],
        tautan.ada[tinggal],
        tautan.jarak[tinggal],
        pasti[tinggal],
        Rinci(baru[r.nomor[rows]], *(getattr(r, f.name)[rows] for f in fields(Rinci)[1:])),
    )
