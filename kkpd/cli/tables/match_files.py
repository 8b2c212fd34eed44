"""Reading both CSV files of `kkpd match` into columns, and saying what cannot be read.

What cannot be read (a date that is not ISO, an amount that is not whole rupiah, a missing column)
is refused with its rows. What can be read but may not be linked (another currency) is a finding.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path

import numpy as np

from kkpd.cli.tables.match_bytes import fast_columns
from kkpd.core.errors import Finding, Unreadable
from kkpd.engines.matching.arrays import I64, Ya
from kkpd.engines.matching.columns import NO_DAY, MatchColumns

BANK = ("referensi", "kartu", "tanggal_posting", "tanggal_transaksi", "nilai", "merchant")
BELANJA = ("id", "opd", "kartu", "tanggal", "nilai", "merchant")
#: The first data row of a file.
FIRST_ROW = 2
#: Rows read at once: few enough to stay in the processor's cache.
_AT_ONCE = 1_000
_NAME_AT_MOST = 5
_LARGEST = 10**15
_VALUE = re.compile(r"(?:([A-Za-z]{2,3})\s*)?([+-]?\d+)(?:\s*([A-Za-z]{2,3}))?", re.ASCII)
_RUPIAH = {"", "IDR", "RP"}
#: What stands in a row of empty fields.
_NOT_CONTENT = b",; \t\r\n"


@dataclass(frozen=True, slots=True)
class CsvFile:
    """One file as columns; `eligible` are rows that may be linked so far."""

    kolom: MatchColumns
    eligible: Ya
    temuan: tuple[Finding, ...]


@dataclass(slots=True)
class _Gathered:
    """What is gathered while a file is read."""

    file_name: str
    id: list[str] = field(default_factory=list)
    opd: dict[str, int] = field(default_factory=dict)
    kartu: dict[str, int] = field(default_factory=dict)
    merchant: dict[str, int] = field(default_factory=dict)
    day: dict[str, int] = field(default_factory=dict)
    column: dict[str, list[I64]] = field(default_factory=dict)
    foreign: dict[int, str] = field(default_factory=dict)
    mistakes: list[str] = field(default_factory=list)

    def add_in(self, nama: str, isi: I64) -> None:
        self.column.setdefault(nama, []).append(isi)

    def unite(self, nama: str) -> I64:
        return np.concatenate(self.column.get(nama) or [np.empty(0, dtype=np.int64)])


def baca(path: Path, header: Sequence[str]) -> CsvFile:
    """Read a statement (`BANK`) or a ledger (`BELANJA`); Unreadable names rows and fields."""
    gathered = _Gathered(path.name)
    try:
        isi = path.read_bytes()
        if isi.startswith(codecs.BOM_UTF8):
            isi = isi[len(codecs.BOM_UTF8) :]
        isi = _without_tail(isi)
        if (kolom := _read_fast(isi, header, gathered)) is not None:
            return CsvFile(kolom, np.ones(len(kolom.nilai), dtype=np.bool_), ())
        _read(io.TextIOWrapper(io.BytesIO(isi), encoding="utf-8", newline=""), header, gathered)
    except FileNotFoundError:
        raise Unreadable(f"Berkas {path} tidak ada. Periksa nama dan foldernya.") from None
    except (OSError, UnicodeDecodeError, csv.Error) as sebab:
        raise Unreadable(
            f"Berkas {path.name} tidak dapat dibaca sebagai CSV berhuruf UTF-8 ({sebab})."
        ) from sebab
    if gathered.mistakes:
        sisa = len(gathered.mistakes) - _NAME_AT_MOST
        tail = f"; dan {sisa} lainnya" if sisa > 0 else ""
        raise Unreadable(
            f"Berkas {path.name}: {'; '.join(gathered.mistakes[:_NAME_AT_MOST])}{tail}."
        )
    return _as_file(gathered, bank="referensi" in header)


def _without_tail(isi: bytes) -> bytes:
    """The file without rows at its end in which nothing stands: what a spreadsheet leaves behind.

    Copied only when there are such rows; it may have a million others.
    """
    ujung = len(isi)
    while ujung and isi[ujung - 1] in _NOT_CONTENT:
        ujung -= 1
    finish = isi.find(b"\n", ujung) + 1
    return isi[:finish] if ujung and finish else isi


def _read_fast(isi: bytes, header: Sequence[str], gathered: _Gathered) -> MatchColumns | None:
    """The columns of a plain file, straight from its bytes."""
    finish = isi.find(b"\n") + 1
    sep, positions, lebar = _read_head(isi[:finish].decode(), header, gathered)
    if "mata_uang" in positions or not _utf8(isi):
        return None
    return fast_columns(memoryview(isi)[finish:], sep, positions, lebar)


def _utf8(isi: bytes) -> bool:
    """Whether all bytes are UTF-8; looked at in pieces, since the text itself is not needed."""
    if isi.isascii():
        return True
    baca = codecs.getincrementaldecoder("utf-8")()
    try:
        for mulai in range(0, len(isi), 1 << 22):
            baca.decode(isi[mulai : mulai + (1 << 22)])
        baca.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _read_head(
    first_one: str, header: Sequence[str], gathered: _Gathered
) -> tuple[str, dict[str, int], int]:
    """The separator, where the wanted columns stand, and how many fields a row has."""
    sep = ";" if first_one.count(";") > first_one.count(",") else ","
    judul = [kata.strip().lower() for kata in next(csv.reader([first_one], delimiter=sep), [])]
    lacks = [kata for kata in header if kata not in judul]
    if lacks:
        raise Unreadable(
            f"Berkas {gathered.file_name} tidak punya kolom {', '.join(lacks)}. "
            f"Baris pertama harus berisi {','.join(header)}."
        )
    positions = {kata: judul.index(kata) for kata in (*header, "mata_uang") if kata in judul}
    return sep, positions, len(judul)


def _read(isi: Iterator[str], header: Sequence[str], gathered: _Gathered) -> None:
    sep, positions, lebar = _read_head(next(isi, ""), header, gathered)
    baris = csv.reader(isi, delimiter=sep, strict=True)
    mulai = FIRST_ROW
    while cut := list(islice(baris, _AT_ONCE)):
        _cut(cut, positions, lebar, mulai, gathered)
        mulai += len(cut)


def _cut(
    cut: list[list[str]], positions: dict[str, int], lebar: int, mulai: int, gathered: _Gathered
) -> None:
    if set(map(len, cut)) != {lebar}:
        mistakes = [i for i, one_item in enumerate(cut) if len(one_item) != lebar]
        gathered.mistakes += [
            f"baris {i + mulai} punya {len(cut[i])} kolom, bukan {lebar}" for i in mistakes
        ]
        return
    column = dict(zip(positions, _pick(cut, list(positions.values())), strict=True))
    kunci = "referensi" if "referensi" in column else "id"
    gathered.id += _filled(column[kunci], kunci, mulai, gathered)
    if "opd" in column:
        gathered.add_in("opd", _encode(list(map(str.strip, column["opd"])), gathered.opd))
    gathered.add_in("kartu", _encode(list(map(str.strip, column["kartu"])), gathered.kartu))
    gathered.add_in("merchant", _encode(column["merchant"], gathered.merchant))
    for nama in ("tanggal", "tanggal_transaksi", "tanggal_posting"):
        if nama in column:
            gathered.add_in(nama, _day(column[nama], nama, mulai, gathered))
    gathered.add_in("nilai", _value(column["nilai"], mulai, gathered))
    for i, kata in enumerate(column.get("mata_uang", ())):
        if kata.strip().upper() not in _RUPIAH:
            gathered.foreign[i + mulai] = kata.strip()


def _pick(cut: list[list[str]], positions: list[int]) -> list[tuple[str, ...]]:
    everything = list(zip(*cut, strict=True))
    return [everything[i] for i in positions]


def _filled(isi: Sequence[str], nama: str, mulai: int, gathered: _Gathered) -> list[str]:
    trimmed = list(map(str.strip, isi))
    if not all(trimmed):
        gathered.mistakes += [
            f"baris {i + mulai} kolom {nama} kosong" for i, kata in enumerate(trimmed) if not kata
        ]
    return trimmed


def _encode(isi: Sequence[str], kode: dict[str, int]) -> I64:
    try:
        return np.fromiter(map(kode.__getitem__, isi), dtype=np.int64, count=len(isi))
    except KeyError:
        for kata in dict.fromkeys([kata for kata in isi if kata not in kode]):
            kode[kata] = len(kode)
        return np.fromiter(map(kode.__getitem__, isi), dtype=np.int64, count=len(isi))


def _day(isi: Sequence[str], nama: str, mulai: int, gathered: _Gathered) -> I64:
    known = gathered.day
    try:
        hasil = np.fromiter(map(known.__getitem__, isi), dtype=np.int64, count=len(isi))
    except KeyError:
        for kata in set(isi) - known.keys():
            known[kata] = _one_day(kata.strip())
        hasil = np.fromiter(map(known.__getitem__, isi), dtype=np.int64, count=len(isi))
    required = nama == "tanggal"
    for i in np.flatnonzero(hasil < NO_DAY + required).tolist():
        kata = isi[i].strip()
        gathered.mistakes.append(
            f"baris {i + mulai} kolom {nama}: “{kata[:20]}” bukan tanggal seperti 2026-10-31"
        )
    return hasil


def _one_day(kata: str) -> int:
    """A proleptic ordinal, TANPA_HARI for nothing, less for what is no ISO day."""
    if not kata:
        return NO_DAY
    try:
        return date.fromisoformat(kata).toordinal() if len(kata) == 10 else NO_DAY - 1
    except ValueError:
        return NO_DAY - 1


def _value(isi: Sequence[str], mulai: int, gathered: _Gathered) -> I64:
    """Amounts in sen; the fast way serves files of plain digits."""
    everything = "".join(isi)
    if everything.isascii() and "_" not in everything:
        try:
            nilai = np.fromiter(map(int, isi), dtype=np.int64, count=len(isi))
        except (ValueError, OverflowError):
            pass
        else:
            if np.abs(nilai).max(initial=0) < _LARGEST:
                return nilai * 100
    return np.array([_one_amount(kata, i + mulai, gathered) for i, kata in enumerate(isi)])


def _one_amount(kata: str, baris: int, gathered: _Gathered) -> int:
    cocok = _VALUE.fullmatch(kata.strip())
    if cocok is None or abs(int(cocok[2])) >= _LARGEST:
        gathered.mistakes.append(
            f"baris {baris} kolom nilai: “{kata.strip()[:20]}” bukan rupiah bulat (seperti 750000)"
        )
        return 0
    mata_uang = (cocok[1] or cocok[3] or "").upper()
    if mata_uang not in _RUPIAH:
        gathered.foreign[baris] = mata_uang
    return int(cocok[2]) * 100


def _as_file(gathered: _Gathered, *, bank: bool) -> CsvFile:
    day = gathered.unite("tanggal_transaksi" if bank else "tanggal")
    kolom = MatchColumns(
        gathered.id,
        gathered.unite("kartu"),
        list(gathered.kartu),
        day,
        gathered.unite("tanggal_posting") if bank else day,
        gathered.unite("nilai"),
        gathered.unite("merchant"),
        list(gathered.merchant),
        gathered.unite("opd"),
        list(gathered.opd),
    )
    eligible = np.ones(len(gathered.id), dtype=np.bool_)
    temuan = []
    for baris, mata_uang in sorted(gathered.foreign.items()):
        eligible[baris - FIRST_ROW] = False
        temuan.append(
            Finding(
                "mata_uang",
                f"{gathered.file_name} baris {baris}: mata uang {mata_uang}, bukan IDR; "
                "tidak dicocokkan.",
                "salah",
                row=baris,
                field="nilai",
            )
        )
    return CsvFile(kolom, eligible, tuple(temuan))
