"""Both sides as columns in one canonical order, so that no answer depends on the order of rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kkpd.domain.matching.larik import I64

#: A day that the file does not give.
TANPA_HARI = -1


@dataclass(frozen=True, slots=True)
class Kolom:
    """One side before ordering: `kartu` and `nama` are codes into `daftar_*`, `nilai` whole sen.

    `hari` is the transaction day (the typed day of a purchase), `posting` the posting day, both as
    proleptic ordinals or TANPA_HARI. `id` are the file's own names of the rows; `opd` codes into
    `daftar_opd` (none for a statement, which does not know OPDs).
    """

    id: Sequence[str]
    kartu: I64
    daftar_kartu: Sequence[str]
    hari: I64
    posting: I64
    nilai: I64
    nama: I64
    daftar_nama: Sequence[str]
    opd: I64
    daftar_opd: Sequence[str]


@dataclass(frozen=True, slots=True)
class Sisi:
    """One side in canonical order; row i is row `asal[i]` of the file."""

    asal: I64
    kartu: I64
    acuan: I64
    hari: I64
    posting: I64
    nilai: I64
    sandi_nilai: I64
    nama: I64
    daftar_nama: Sequence[str]

    def __len__(self) -> int:
        return len(self.asal)


@dataclass(frozen=True, slots=True)
class Dua:
    """Both sides with common codes for cards (`banyak_kartu`) and amounts."""

    bank: Sisi
    catatan: Sisi
    banyak_kartu: int


def susun(bank: Kolom, catatan: Kolom) -> Dua:
    """Common codes and canonical order for both sides."""
    kartu = sorted({*bank.daftar_kartu, *catatan.daftar_kartu})
    tempat = {nama: kode for kode, nama in enumerate(kartu)}
    nilai, sandi = np.unique(np.concatenate([bank.nilai, catatan.nilai]), return_inverse=True)
    del nilai
    sandi = sandi.astype(np.int64)
    batas = len(bank.nilai)
    return Dua(
        _sisi(bank, tempat, sandi[:batas]), _sisi(catatan, tempat, sandi[batas:]), len(kartu)
    )


def _sisi(kolom: Kolom, tempat: dict[str, int], sandi: I64) -> Sisi:
    peta = np.array([tempat[nama] for nama in kolom.daftar_kartu], dtype=np.int64)
    kartu = peta[kolom.kartu] if len(peta) else kolom.kartu
    acuan = np.where(kolom.hari == TANPA_HARI, kolom.posting, kolom.hari)
    urut = np.lexsort((kolom.posting, kolom.hari, acuan, sandi, kartu)).astype(np.int64)
    urut = _urutkan_kembar(kolom, urut, kartu, sandi)
    return Sisi(
        asal=urut,
        kartu=kartu[urut],
        acuan=acuan[urut],
        hari=kolom.hari[urut],
        posting=kolom.posting[urut],
        nilai=kolom.nilai[urut],
        sandi_nilai=sandi[urut],
        nama=kolom.nama[urut],
        daftar_nama=kolom.daftar_nama,
    )


def _urutkan_kembar(kolom: Kolom, urut: I64, kartu: I64, sandi: I64) -> I64:
    """Rows equal in card, amount and dates stand by text, then by id: a total order."""
    if len(urut) < 2:
        return urut
    sama = np.ones(len(urut) - 1, dtype=np.bool_)
    for lajur in (kartu, sandi, kolom.hari, kolom.posting):
        tertata = lajur[urut]
        sama &= tertata[1:] == tertata[:-1]
    awal = np.flatnonzero(sama & ~np.concatenate([[False], sama[:-1]]))
    akhir = np.flatnonzero(sama & ~np.concatenate([sama[1:], [False]])) + 2
    for dari, sampai in zip(awal.tolist(), akhir.tolist(), strict=True):
        urut[dari:sampai] = sorted(
            urut[dari:sampai].tolist(),
            key=lambda i: (kolom.daftar_nama[int(kolom.nama[i])], kolom.id[i]),
        )
    return urut
