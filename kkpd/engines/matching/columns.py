"""Both sides as columns in one canonical order, so that no answer depends on the order of rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kkpd.engines.matching.arrays import I64, Ya, urut_kunci

#: A day that the file does not give.
TANPA_HARI = -1


@dataclass(frozen=True, slots=True)
class Kolom:
    """One side before ordering: `kartu` and `nama` are codes into `daftar_*`, `nilai` whole sen.

    `hari` is the transaction day (the typed day of a purchase), `posting` the posting day, both as
    proleptic ordinals or TANPA_HARI. `id` are the file's own names of the rows; `opd` codes into
    `daftar_opd` (none for a statement, which does not know OPDs). `id_unik`: known to all differ.
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
    id_unik: bool = False


@dataclass(frozen=True, slots=True)
class Sisi:
    """One side in canonical order: by card, amount, reference day; row i is row `asal[i]` given."""

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
    """Both sides with common codes for cards (`banyak_kartu`) and amounts (`banyak_nilai`)."""

    bank: Sisi
    catatan: Sisi
    banyak_kartu: int
    banyak_nilai: int


def susun(bank: Kolom, catatan: Kolom, layak_b: Ya | None = None, layak_c: Ya | None = None) -> Dua:
    """Common codes and canonical order for the rows of both sides that may be linked."""
    kartu = sorted({*bank.daftar_kartu, *catatan.daftar_kartu})
    tempat = {nama: kode for kode, nama in enumerate(kartu)}
    mana_b, mana_c = _mana(bank, layak_b), _mana(catatan, layak_c)
    semua = np.concatenate([bank.nilai[mana_b], catatan.nilai[mana_c]])
    nilai, sandi = np.unique(semua, return_inverse=True)
    batas = len(mana_b)
    return Dua(
        _sisi(bank, mana_b, tempat, sandi[:batas].astype(np.int64)),
        _sisi(catatan, mana_c, tempat, sandi[batas:].astype(np.int64)),
        len(kartu),
        len(nilai),
    )


def _mana(kolom: Kolom, layak: Ya | None) -> I64:
    if layak is None:
        return np.arange(len(kolom.nilai), dtype=np.int64)
    return np.flatnonzero(layak).astype(np.int64)


def _sisi(kolom: Kolom, mana: I64, tempat: dict[str, int], sandi: I64) -> Sisi:
    peta = np.array([tempat[nama] for nama in kolom.daftar_kartu] or [0], dtype=np.int64)
    kartu, hari, posting = peta[kolom.kartu[mana]], kolom.hari[mana], kolom.posting[mana]
    acuan = np.where(hari == TANPA_HARI, posting, hari)
    urut, kembar = urut_kunci(kartu, sandi, acuan, hari, posting)
    _urutkan_kembar(kolom, mana, urut, kembar)
    return Sisi(
        asal=mana[urut],
        kartu=kartu[urut],
        acuan=acuan[urut],
        hari=hari[urut],
        posting=posting[urut],
        nilai=kolom.nilai[mana[urut]],
        sandi_nilai=sandi[urut],
        nama=kolom.nama[mana[urut]],
        daftar_nama=kolom.daftar_nama,
    )


def _urutkan_kembar(kolom: Kolom, mana: I64, urut: I64, sama: Ya) -> None:
    """Rows equal in card, amount and dates stand by text, then by id: a total order."""
    awal = np.flatnonzero(sama & ~np.concatenate([[False], sama[:-1]]))
    akhir = np.flatnonzero(sama & ~np.concatenate([sama[1:], [False]])) + 2
    for dari, sampai in zip(awal.tolist(), akhir.tolist(), strict=True):
        rows = sorted(
            (kolom.daftar_nama[int(kolom.nama[mana[i]])], kolom.id[int(mana[i])], i)
            for i in urut[dari:sampai].tolist()
        )
        urut[dari:sampai] = [i for _, _, i in rows]
