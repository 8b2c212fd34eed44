"""The fast way to read a CSV file of `kkpd match`: columns cut out of its bytes, row by row never.

It takes only files in which nothing needs a second look: no quotes, every row with all its fields,
every date and amount plain. For any other file it answers None, and the csv module reads it,
slower, and says what is wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import overload

import numpy as np
import numpy.typing as npt

from kkpd.domain.matching.kolom import TANPA_HARI, Kolom
from kkpd.domain.matching.larik import I64

Bita = npt.NDArray[np.uint8]
_BARIS, _PULANG, _SPASI = 10, 13, 32
#: Fields wider than this are not packed into words.
_LEBAR = 96
_ANGKA_TERBANYAK = 15
#: Zero bytes before and after the file, so that a window never leaves it.
_TEPI = 104


class TeksBita(Sequence[str]):
    """The texts of one column, made when they are asked for.

    `polos`: none of them needs quotes in a file separated by commas.
    """

    def __init__(self, isi: bytes | str, awal: I64, akhir: I64, *, polos: bool = False) -> None:
        self.isi, self.awal, self.akhir, self.polos = isi, awal, akhir, polos

    def __len__(self) -> int:
        return len(self.awal)

    @overload
    def __getitem__(self, i: int) -> str: ...
    @overload
    def __getitem__(self, i: slice) -> list[str]: ...
    def __getitem__(self, i: int | slice) -> str | list[str]:
        if isinstance(i, slice):
            return self.ambil(np.arange(len(self))[i])
        return self.ambil(np.array([range(len(self))[i]]))[0]

    def ambil(self, rows: I64) -> list[str]:
        """The texts of these rows."""
        batas = zip(self.awal[rows].tolist(), self.akhir[rows].tolist(), strict=True)
        if isinstance(self.isi, str):
            isi = self.isi
            return [isi[a:b] for a, b in batas]
        bita = self.isi
        return [bita[a:b].decode() for a, b in batas]


def kolom_cepat(isi: memoryview, pemisah: str, letak: dict[str, int], lebar: int) -> Kolom | None:
    """Columns of the rows in `isi` (the file without its head), or None for a file to read slowly.

    `letak` says which of the `lebar` fields each wanted column is.
    """
    penuh = b"".join((b"\0" * _TEPI, isi, b"\0" * _TEPI))
    if b'"' in penuh:
        return None
    bita = np.frombuffer(penuh, dtype=np.uint8)
    batas = _batas(bita[_TEPI:-_TEPI], ord(pemisah), lebar)
    if batas is None:
        return None
    awal, akhir = batas
    baca = _Lajur(bita, penuh, awal + _TEPI, akhir + _TEPI, letak)
    return baca.kolom(polos=pemisah == ",")


def _batas(bita: Bita, pemisah: int, lebar: int) -> tuple[I64, I64] | None:
    """Starts and ends of all fields, (lebar, rows); None where rows are not alike."""
    if len(bita) == 0 or bita[-1] != _BARIS:
        return None
    baris = bita == _BARIS
    akhir = np.flatnonzero(baris | (bita == pemisah))
    if len(akhir) % lebar or np.count_nonzero(baris) * lebar != len(akhir):
        return None
    if not baris[akhir[lebar - 1 :: lebar]].all():
        return None
    awal = np.empty_like(akhir)
    awal[0], awal[1:] = 0, akhir[:-1] + 1
    dari, sampai = awal.reshape(-1, lebar).T.copy(), akhir.reshape(-1, lebar).T.copy()
    sampai[-1] -= bita[sampai[-1] - 1] == _PULANG
    return dari, sampai


class _Lajur:
    """Makes columns of one kind each out of the bytes."""

    def __init__(
        self, bita: Bita, isi: bytes, awal: I64, akhir: I64, letak: dict[str, int]
    ) -> None:
        self.bita = bita
        # one byte a letter: then the text itself is cut, which is quicker
        self.isi = isi.decode() if isi.isascii() else isi
        self.awal, self.akhir, self.letak = awal, akhir, letak

    def kolom(self, *, polos: bool) -> Kolom | None:
        bank = "referensi" in self.letak
        kunci = "referensi" if bank else "id"
        if not all(map(self._bersih, self.letak)) or not self._terisi(kunci, "kartu"):
            return None
        hari = self._hari("tanggal_transaksi" if bank else "tanggal", wajib=not bank)
        posting = self._hari("tanggal_posting", wajib=False) if bank else hari
        nilai, kartu, nama = self._nilai(), self._teks("kartu"), self._teks("merchant")
        opd = self._teks("opd") if "opd" in self.letak else (np.empty(0, dtype=np.int64), [])
        if hari is None or posting is None or nilai is None:
            return None
        if kartu is None or nama is None or opd is None:
            return None
        # copies, so that the places of all the other fields can be let go
        awal, akhir = self.awal[self.letak[kunci]].copy(), self.akhir[self.letak[kunci]].copy()
        id_ = TeksBita(self.isi, awal, akhir, polos=polos)
        return Kolom(id_, *kartu, hari, posting, nilai, *nama, *opd, id_unik=self._unik(kunci))

    def _unik(self, lajur: str) -> bool:
        """Whether all fields surely differ; equal prints are looked at again, slowly."""
        isi = self._kata(lajur)
        if isi is None:
            return False
        urut = np.sort(isi[1])
        return bool((urut[1:] != urut[:-1]).all())

    def _bersih(self, lajur: str) -> bool:
        """No blanks around the fields."""
        awal, akhir = self.awal[self.letak[lajur]], self.akhir[self.letak[lajur]]
        tepi = (self.bita[awal] <= _SPASI) | (self.bita[akhir - 1] <= _SPASI)
        return lajur == "merchant" or not (tepi & (akhir > awal)).any()

    def _terisi(self, *lajur: str) -> bool:
        return all(
            bool((self.akhir[self.letak[k]] > self.awal[self.letak[k]]).all()) for k in lajur
        )

    def _jendela(self, awal: I64, lebar: int) -> Bita:
        """`lebar` bytes from each start, as (rows, lebar)."""
        return np.lib.stride_tricks.sliding_window_view(self.bita, lebar)[awal]

    def _hari(self, lajur: str, *, wajib: bool) -> I64 | None:
        awal, akhir = self.awal[self.letak[lajur]], self.akhir[self.letak[lajur]]
        kosong = akhir == awal
        if (wajib and kosong.any()) or not (kosong | (akhir - awal == 10)).all():
            return None
        huruf = self._jendela(awal, 10)
        angka = huruf[:, [0, 1, 2, 3, 5, 6, 8, 9]].astype(np.int64) - 48
        baik = ((angka >= 0) & (angka <= 9)).all(axis=1) & (huruf[:, 4] == 45) & (huruf[:, 7] == 45)
        if not (baik | kosong).all():
            return None
        kode = np.where(kosong, 0, angka @ 10 ** np.arange(7, -1, -1, dtype=np.int64))
        semua, balik = np.unique(kode, return_inverse=True)
        hari = [_hari(k) for k in semua.tolist()]
        return None if None in hari else np.array(hari, dtype=np.int64)[balik]

    def _nilai(self) -> I64 | None:
        """Amounts in sen."""
        awal, akhir = self.awal[self.letak["nilai"]], self.akhir[self.letak["nilai"]]
        negatif = self.bita[awal] == ord("-")
        panjang = akhir - awal - negatif
        lebar = int(panjang.max(initial=0))
        if lebar > _ANGKA_TERBANYAK or int(panjang.min(initial=1)) < 1:
            return None
        angka = self._jendela(akhir - lebar, lebar).astype(np.int64) - 48
        angka[np.arange(lebar, 0, -1) > panjang[:, None]] = 0
        if ((angka < 0) | (angka > 9)).any():
            return None
        nilai = angka @ 10 ** np.arange(lebar - 1, -1, -1, dtype=np.int64)
        return np.where(negatif, -nilai, nilai) * 100

    def _teks(self, lajur: str) -> tuple[I64, list[str]] | None:
        """Codes and distinct texts: equal fields are found by a print of their bytes."""
        isi = self._kata(lajur)
        if isi is None:
            return None
        kata, sidik = isi
        _, wakil, balik = np.unique(sidik, return_index=True, return_inverse=True)
        if not np.array_equal(kata[wakil[balik]], kata):
            return None
        awal, akhir = self.awal[self.letak[lajur]], self.akhir[self.letak[lajur]]
        teks = TeksBita(self.isi, awal, akhir).ambil(wakil.astype(np.int64))
        return balik.astype(np.int64), teks

    def _kata(self, lajur: str) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64]] | None:
        """The bytes of each field as whole words, and a print; None for very wide fields."""
        awal, akhir = self.awal[self.letak[lajur]], self.akhir[self.letak[lajur]]
        panjang = akhir - awal
        banyak = -(-int(panjang.max(initial=1)) // 8)
        if banyak * 8 > _LEBAR:
            return None
        huruf = self._jendela(awal, banyak * 8)
        huruf[np.arange(banyak * 8) >= panjang[:, None]] = 0
        kata = huruf.view(np.uint64)
        sidik = panjang.astype(np.uint64)
        for k in range(banyak):
            sidik = (sidik ^ kata[:, k]) * np.uint64(0x9E3779B97F4A7C15)
            sidik ^= sidik >> np.uint64(32)
        return kata, sidik


def _hari(kode: int) -> int | None:
    """The ordinal of a day written as yyyymmdd, TANPA_HARI for 0, None for no day."""
    if kode == 0:
        return TANPA_HARI
    try:
        return date(kode // 10_000, kode // 100 % 100, kode % 100).toordinal()
    except ValueError:
        return None
