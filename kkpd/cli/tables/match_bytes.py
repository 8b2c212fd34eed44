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

from kkpd.engines.matching.arrays import I64
from kkpd.engines.matching.columns import TANPA_HARI, Kolom

Bita = npt.NDArray[np.uint8]
#: Places in the file, narrow where they fit: there are millions.
Letak = npt.NDArray[np.int32] | npt.NDArray[np.int64]
_BARIS, _PULANG, _SPASI = 10, 13, 32
#: Fields wider than this are not packed into words.
_LEBAR = 96
_ANGKA_TERBANYAK = 15
#: No day of any calendar.
_BUKAN_HARI = TANPA_HARI - 1
#: Buckets of prints, as a power of two.
_EMBER = 21
#: Zero bytes before and after the file, so that a window never leaves it.
_TEPI = 104


class TeksBita(Sequence[str]):
    """The texts of one column, made when they are asked for.

    `polos`: none of them needs quotes in a file separated by commas.
    """

    def __init__(self, isi: bytes, awal: Letak, akhir: Letak, *, polos: bool = False) -> None:
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
        isi = self.isi
        return [isi[a:b].decode() for a, b in batas]


class TeksPadat(TeksBita):
    """The same for ids: copied out of the file, so that the file itself can be let go.

    `huruf` is one row of bytes an id, filled up with zeros, and a line's end last.
    """

    def __init__(self, huruf: Bita, *, polos: bool = False) -> None:
        self.huruf, self.polos = huruf, polos

    def __len__(self) -> int:
        return len(self.huruf)

    def ambil(self, rows: I64) -> list[str]:
        """The texts of these rows."""
        utuh = self.huruf[rows].tobytes().translate(None, b"\0").decode()
        return utuh.split("\n")[:-1]


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
    baca = _Lajur(bita, penuh, awal, akhir, letak)
    return baca.kolom(polos=pemisah == ",")


def _batas(bita: Bita, pemisah: int, lebar: int) -> tuple[Letak, Letak] | None:
    """Starts and ends of all fields, (lebar, rows); None where rows are not alike.

    `bita` lies _TEPI bytes within its buffer, and so the places are of the buffer.
    """
    if len(bita) == 0 or bita[-1] != _BARIS:
        return None
    baris = bita == _BARIS
    banyak = int(np.count_nonzero(baris))
    tanda = bita == pemisah
    tanda |= baris
    akhir: Letak = np.flatnonzero(tanda)
    if len(bita) < 2**31 - 2 * _TEPI:
        akhir = akhir.astype(np.int32)
    if banyak * lebar != len(akhir) or not baris[akhir[lebar - 1 :: lebar]].all():
        return None
    akhir += _TEPI
    awal = np.empty_like(akhir)
    awal[0], awal[1:] = _TEPI, akhir[:-1] + 1
    dari, sampai = awal.reshape(-1, lebar).T.copy(), akhir.reshape(-1, lebar).T.copy()
    sampai[-1] -= bita[sampai[-1] - _TEPI - 1] == _PULANG
    return dari, sampai


class _Lajur:
    """Makes columns of one kind each out of the bytes."""

    def __init__(
        self, bita: Bita, isi: bytes, awal: Letak, akhir: Letak, letak: dict[str, int]
    ) -> None:
        self.bita = bita
        self.isi = isi
        self.awal, self.akhir, self.letak = awal, akhir, letak

    def kolom(self, *, polos: bool) -> Kolom | None:
        """The columns, or None where a cell needs the slower reader with its findings."""
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
        id_ = self._id(kunci, polos=polos)
        return Kolom(id_, *kartu, hari, posting, nilai, *nama, *opd, id_unik=self._unik(kunci))

    def _id(self, lajur: str, *, polos: bool) -> TeksBita:
        awal, akhir = self.awal[self.letak[lajur]], self.akhir[self.letak[lajur]]
        panjang = akhir - awal
        lebar = int(panjang.max())
        if lebar >= _LEBAR or self.isi.find(b"\0", _TEPI, -_TEPI) >= 0:
            # copies, so that the places of all the other fields can be let go
            return TeksBita(self.isi, awal.copy(), akhir.copy(), polos=polos)
        huruf = self._jendela(awal, lebar + 1)
        huruf[np.arange(lebar + 1) >= panjang[:, None]] = 0
        huruf[:, lebar] = _BARIS
        return TeksPadat(huruf, polos=polos)

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

    def _jendela(self, awal: Letak, lebar: int) -> Bita:
        """`lebar` bytes from each start, as (rows, lebar)."""
        return np.lib.stride_tricks.sliding_window_view(self.bita, lebar)[awal]

    def _hari(self, lajur: str, *, wajib: bool) -> I64 | None:
        awal, akhir = self.awal[self.letak[lajur]], self.akhir[self.letak[lajur]]
        kosong = akhir == awal
        if (wajib and kosong.any()) or not (kosong | (akhir - awal == 10)).all():
            return None
        huruf = self._jendela(awal, 10)
        angka = huruf[:, [0, 1, 2, 3, 5, 6, 8, 9]] - np.uint8(48)  # other signs wrap past 9
        baik = (angka <= 9).all(axis=1) & (huruf[:, 4] == 45) & (huruf[:, 7] == 45)
        if not (baik | kosong).all():
            return None
        kode = np.where(kosong, 0, _bilangan(angka))
        semua = np.flatnonzero(np.bincount(kode // 100, minlength=1)).tolist()
        tabel = {bulan: [_hari(bulan * 100 + h) for h in range(100)] for bulan in semua}
        letak = np.zeros(int(max(semua, default=0)) + 1, dtype=np.int64)
        letak[semua] = np.arange(len(semua))
        isi = np.array(list(tabel.values()) or [[TANPA_HARI] * 100], dtype=np.int64)
        hasil = isi[letak[kode // 100], kode % 100]
        return None if (hasil == _BUKAN_HARI).any() else hasil

    def _nilai(self) -> I64 | None:
        """Amounts in sen."""
        awal, akhir = self.awal[self.letak["nilai"]], self.akhir[self.letak["nilai"]]
        negatif = self.bita[awal] == ord("-")
        panjang = akhir - awal - negatif
        lebar = int(panjang.max(initial=0))
        if lebar > _ANGKA_TERBANYAK or int(panjang.min(initial=1)) < 1:
            return None
        angka = self._jendela(akhir - lebar, lebar) - np.uint8(48)
        angka[np.arange(lebar, 0, -1) > panjang[:, None]] = 0
        if (angka > 9).any():
            return None
        nilai = _bilangan(angka)
        return np.where(negatif, -nilai, nilai) * 100

    def _teks(self, lajur: str) -> tuple[I64, list[str]] | None:
        """Codes and distinct texts: equal fields are found by a print of their bytes."""
        isi = self._kata(lajur)
        if isi is None:
            return None
        kata, sidik = isi
        wakil, balik = _kelompok(sidik)
        if not np.array_equal(kata[wakil[balik]], kata):
            return None
        awal, akhir = self.awal[self.letak[lajur]], self.akhir[self.letak[lajur]]
        teks = TeksBita(self.isi, awal, akhir).ambil(wakil)
        return balik, teks

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


def _bilangan(angka: Bita) -> I64:
    """Whole numbers from their digits, (rows, digits)."""
    hasil = np.zeros(len(angka), dtype=np.int64)
    for k in range(angka.shape[1]):
        hasil *= 10
        hasil += angka[:, k]
    return hasil


def _hari(kode: int) -> int:
    """The ordinal of a day written as yyyymmdd, TANPA_HARI for 0, _BUKAN_HARI for no day."""
    if kode == 0:
        return TANPA_HARI
    try:
        return date(kode // 10_000, kode // 100 % 100, kode % 100).toordinal()
    except ValueError:
        return _BUKAN_HARI


def _kelompok(sidik: npt.NDArray[np.uint64]) -> tuple[I64, I64]:
    """(a row of each distinct print, the number of each row's print).

    A table of buckets finds nearly all; what shares its bucket with another is sorted out after.
    """
    ember = (sidik >> np.uint64(64 - _EMBER)).astype(np.int64)
    pertama = np.full(1 << _EMBER, -1, dtype=np.int32)
    pertama[ember[::-1]] = np.arange(len(ember) - 1, -1, -1, dtype=np.int32)
    isi = np.flatnonzero(pertama >= 0)
    wakil = pertama[isi].astype(np.int64)
    pertama[isi] = np.arange(len(isi), dtype=np.int32)
    balik = pertama[ember].astype(np.int64)
    lain = np.flatnonzero(sidik[wakil[balik]] != sidik)
    if len(lain):
        _, satu, nomor = np.unique(sidik[lain], return_index=True, return_inverse=True)
        balik[lain] = nomor + len(wakil)
        wakil = np.concatenate([wakil, lain[satu]])
    return wakil, balik
