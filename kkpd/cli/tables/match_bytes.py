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
from kkpd.engines.matching.columns import NO_DAY, MatchColumns

Bytes = npt.NDArray[np.uint8]
#: Places in the file, narrow where they fit: there are millions.
Positions = npt.NDArray[np.int32] | npt.NDArray[np.int64]
_LINE, _RETURN, _SPACE = 10, 13, 32
#: Fields wider than this are not packed into words.
_WIDTH = 96
_MOST_DIGITS = 15
#: No day of any calendar.
_NOT_A_DAY = NO_DAY - 1
#: Buckets of prints, as a power of two.
_BUCKET_BITS = 21
#: Zero bytes before and after the file, so that a window never leaves it.
_MARGIN = 104


class ByteTexts(Sequence[str]):
    """The texts of one column, made when they are asked for.

    `plain`: none of them needs quotes in a file separated by commas.
    """

    def __init__(
        self, isi: bytes, start: Positions, finish: Positions, *, plain: bool = False
    ) -> None:
        self.isi, self.start, self.finish, self.plain = isi, start, finish, plain

    def __len__(self) -> int:
        return len(self.start)

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
        bound = zip(self.start[rows].tolist(), self.finish[rows].tolist(), strict=True)
        isi = self.isi
        return [isi[a:b].decode() for a, b in bound]


class PackedTexts(ByteTexts):
    """The same for ids: copied out of the file, so that the file itself can be let go.

    `letters` is one row of bytes an id, filled up with zeros, and a line's end last.
    """

    def __init__(self, letters: Bytes, *, plain: bool = False) -> None:
        self.letters, self.plain = letters, plain

    def __len__(self) -> int:
        return len(self.letters)

    def ambil(self, rows: I64) -> list[str]:
        """The texts of these rows."""
        intact = self.letters[rows].tobytes().translate(None, b"\0").decode()
        return intact.split("\n")[:-1]


def fast_columns(
    isi: memoryview, sep: str, positions: dict[str, int], lebar: int
) -> MatchColumns | None:
    """Columns of the rows in `isi` (the file without its head), or None for a file to read slowly.

    `positions` says which of the `lebar` fields each wanted column is.
    """
    in_full = b"".join((b"\0" * _MARGIN, isi, b"\0" * _MARGIN))
    if b'"' in in_full:
        return None
    raw_bytes = np.frombuffer(in_full, dtype=np.uint8)
    bound = _limit(raw_bytes[_MARGIN:-_MARGIN], ord(sep), lebar)
    if bound is None:
        return None
    start, finish = bound
    baca = _Lanes(raw_bytes, in_full, start, finish, positions)
    return baca.kolom(plain=sep == ",")


def _limit(raw_bytes: Bytes, sep: int, lebar: int) -> tuple[Positions, Positions] | None:
    """Starts and ends of all fields, (lebar, rows); None where rows are not alike.

    `raw_bytes` lies _TEPI bytes within its buffer, and so the places are of the buffer.
    """
    if len(raw_bytes) == 0 or raw_bytes[-1] != _LINE:
        return None
    baris = raw_bytes == _LINE
    banyak = int(np.count_nonzero(baris))
    tanda = raw_bytes == sep
    tanda |= baris
    finish: Positions = np.flatnonzero(tanda)
    if len(raw_bytes) < 2**31 - 2 * _MARGIN:
        finish = finish.astype(np.int32)
    if banyak * lebar != len(finish) or not baris[finish[lebar - 1 :: lebar]].all():
        return None
    finish += _MARGIN
    start = np.empty_like(finish)
    start[0], start[1:] = _MARGIN, finish[:-1] + 1
    dari, sampai = start.reshape(-1, lebar).T.copy(), finish.reshape(-1, lebar).T.copy()
    sampai[-1] -= raw_bytes[sampai[-1] - _MARGIN - 1] == _RETURN
    return dari, sampai


class _Lanes:
    """Makes columns of one kind each out of the bytes."""

    def __init__(
        self,
        raw_bytes: Bytes,
        isi: bytes,
        start: Positions,
        finish: Positions,
        positions: dict[str, int],
    ) -> None:
        self.raw_bytes = raw_bytes
        self.isi = isi
        self.start, self.finish, self.positions = start, finish, positions

    def kolom(self, *, plain: bool) -> MatchColumns | None:
        """The columns, or None where a cell needs the slower reader with its findings."""
        bank = "referensi" in self.positions
        kunci = "referensi" if bank else "id"
        if not all(map(self._trimmed, self.positions)) or not self._filled(kunci, "kartu"):
            return None
        day = self._day("tanggal_transaksi" if bank else "tanggal", required=not bank)
        posting = self._day("tanggal_posting", required=False) if bank else day
        nilai, kartu, nama = self._value(), self._text("kartu"), self._text("merchant")
        opd = self._text("opd") if "opd" in self.positions else (np.empty(0, dtype=np.int64), [])
        if day is None or posting is None or nilai is None:
            return None
        if kartu is None or nama is None or opd is None:
            return None
        id_ = self._id(kunci, plain=plain)
        return MatchColumns(
            id_, *kartu, day, posting, nilai, *nama, *opd, unique_ids=self._unique(kunci)
        )

    def _id(self, column: str, *, plain: bool) -> ByteTexts:
        start, finish = self.start[self.positions[column]], self.finish[self.positions[column]]
        long = finish - start
        lebar = int(long.max())
        if lebar >= _WIDTH or self.isi.find(b"\0", _MARGIN, -_MARGIN) >= 0:
            # copies, so that the places of all the other fields can be let go
            return ByteTexts(self.isi, start.copy(), finish.copy(), plain=plain)
        letters = self._window(start, lebar + 1)
        letters[np.arange(lebar + 1) >= long[:, None]] = 0
        letters[:, lebar] = _LINE
        return PackedTexts(letters, plain=plain)

    def _unique(self, column: str) -> bool:
        """Whether all fields surely differ; equal prints are looked at again, slowly."""
        isi = self._words(column)
        if isi is None:
            return False
        urut = np.sort(isi[1])
        return bool((urut[1:] != urut[:-1]).all())

    def _trimmed(self, column: str) -> bool:
        """No blanks around the fields."""
        start, finish = self.start[self.positions[column]], self.finish[self.positions[column]]
        edges = (self.raw_bytes[start] <= _SPACE) | (self.raw_bytes[finish - 1] <= _SPACE)
        return column == "merchant" or not (edges & (finish > start)).any()

    def _filled(self, *column: str) -> bool:
        return all(
            bool((self.finish[self.positions[k]] > self.start[self.positions[k]]).all())
            for k in column
        )

    def _window(self, start: Positions, lebar: int) -> Bytes:
        """`lebar` bytes from each start, as (rows, lebar)."""
        return np.lib.stride_tricks.sliding_window_view(self.raw_bytes, lebar)[start]

    def _day(self, column: str, *, required: bool) -> I64 | None:
        start, finish = self.start[self.positions[column]], self.finish[self.positions[column]]
        kosong = finish == start
        if (required and kosong.any()) or not (kosong | (finish - start == 10)).all():
            return None
        letters = self._window(start, 10)
        numeric = letters[:, [0, 1, 2, 3, 5, 6, 8, 9]] - np.uint8(48)  # other signs wrap past 9
        good = (numeric <= 9).all(axis=1) & (letters[:, 4] == 45) & (letters[:, 7] == 45)
        if not (good | kosong).all():
            return None
        kode = np.where(kosong, 0, _whole_numbers(numeric))
        everything = np.flatnonzero(np.bincount(kode // 100, minlength=1)).tolist()
        data_table = {bulan: [_day(bulan * 100 + h) for h in range(100)] for bulan in everything}
        positions = np.zeros(int(max(everything, default=0)) + 1, dtype=np.int64)
        positions[everything] = np.arange(len(everything))
        isi = np.array(list(data_table.values()) or [[NO_DAY] * 100], dtype=np.int64)
        hasil = isi[positions[kode // 100], kode % 100]
        return None if (hasil == _NOT_A_DAY).any() else hasil

    def _value(self) -> I64 | None:
        """Amounts in sen."""
        start, finish = self.start[self.positions["nilai"]], self.finish[self.positions["nilai"]]
        negative = self.raw_bytes[start] == ord("-")
        long = finish - start - negative
        lebar = int(long.max(initial=0))
        if lebar > _MOST_DIGITS or int(long.min(initial=1)) < 1:
            return None
        numeric = self._window(finish - lebar, lebar) - np.uint8(48)
        numeric[np.arange(lebar, 0, -1) > long[:, None]] = 0
        if (numeric > 9).any():
            return None
        nilai = _whole_numbers(numeric)
        return np.where(negative, -nilai, nilai) * 100

    def _text(self, column: str) -> tuple[I64, list[str]] | None:
        """Codes and distinct texts: equal fields are found by a print of their bytes."""
        isi = self._words(column)
        if isi is None:
            return None
        kata, sidik = isi
        representatives, balik = _groups(sidik)
        if not np.array_equal(kata[representatives[balik]], kata):
            return None
        start, finish = self.start[self.positions[column]], self.finish[self.positions[column]]
        teks = ByteTexts(self.isi, start, finish).ambil(representatives)
        return balik, teks

    def _words(self, column: str) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64]] | None:
        """The bytes of each field as whole words, and a print; None for very wide fields."""
        start, finish = self.start[self.positions[column]], self.finish[self.positions[column]]
        long = finish - start
        banyak = -(-int(long.max(initial=1)) // 8)
        if banyak * 8 > _WIDTH:
            return None
        letters = self._window(start, banyak * 8)
        letters[np.arange(banyak * 8) >= long[:, None]] = 0
        kata = letters.view(np.uint64)
        sidik = long.astype(np.uint64)
        for k in range(banyak):
            sidik = (sidik ^ kata[:, k]) * np.uint64(0x9E3779B97F4A7C15)
            sidik ^= sidik >> np.uint64(32)
        return kata, sidik


def _whole_numbers(numeric: Bytes) -> I64:
    """Whole numbers from their digits, (rows, digits)."""
    hasil = np.zeros(len(numeric), dtype=np.int64)
    for k in range(numeric.shape[1]):
        hasil *= 10
        hasil += numeric[:, k]
    return hasil


def _day(kode: int) -> int:
    """The ordinal of a day written as yyyymmdd, TANPA_HARI for 0, _BUKAN_HARI for no day."""
    if kode == 0:
        return NO_DAY
    try:
        return date(kode // 10_000, kode // 100 % 100, kode % 100).toordinal()
    except ValueError:
        return _NOT_A_DAY


def _groups(sidik: npt.NDArray[np.uint64]) -> tuple[I64, I64]:
    """(a row of each distinct print, the number of each row's print).

    A table of buckets finds nearly all; what shares its bucket with another is sorted out after.
    """
    buckets = (sidik >> np.uint64(64 - _BUCKET_BITS)).astype(np.int64)
    first_one = np.full(1 << _BUCKET_BITS, -1, dtype=np.int32)
    first_one[buckets[::-1]] = np.arange(len(buckets) - 1, -1, -1, dtype=np.int32)
    isi = np.flatnonzero(first_one >= 0)
    representatives = first_one[isi].astype(np.int64)
    first_one[isi] = np.arange(len(isi), dtype=np.int32)
    balik = first_one[buckets].astype(np.int64)
    lain = np.flatnonzero(sidik[representatives[balik]] != sidik)
    if len(lain):
        _, one_item, nomor = np.unique(sidik[lain], return_index=True, return_inverse=True)
        balik[lain] = nomor + len(representatives)
        representatives = np.concatenate([representatives, lain[one_item]])
    return representatives, balik
