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

from kkpd.cli.tables.match_bytes import kolom_cepat
from kkpd.core.errors import Finding, Unreadable
from kkpd.engines.matching.arrays import I64, Ya
from kkpd.engines.matching.columns import TANPA_HARI, Kolom

BANK = ("referensi", "kartu", "tanggal_posting", "tanggal_transaksi", "nilai", "merchant")
BELANJA = ("id", "opd", "kartu", "tanggal", "nilai", "merchant")
#: The first data row of a file.
BARIS_PERTAMA = 2
#: Rows read at once: few enough to stay in the processor's cache.
_SEKALI = 1_000
_SEBUT = 5
_TERBESAR = 10**15
_NILAI = re.compile(r"(?:([A-Za-z]{2,3})\s*)?([+-]?\d+)(?:\s*([A-Za-z]{2,3}))?", re.ASCII)
_RUPIAH = {"", "IDR", "RP"}
#: What stands in a row of empty fields.
_BUKAN_ISI = b",; \t\r\n"


@dataclass(frozen=True, slots=True)
class Berkas:
    """One file as columns; `layak` are rows that may be linked so far."""

    kolom: Kolom
    layak: Ya
    temuan: tuple[Finding, ...]


@dataclass(slots=True)
class _Kumpul:
    """What is gathered while a file is read."""

    nama_berkas: str
    id: list[str] = field(default_factory=list)
    opd: dict[str, int] = field(default_factory=dict)
    kartu: dict[str, int] = field(default_factory=dict)
    merchant: dict[str, int] = field(default_factory=dict)
    hari: dict[str, int] = field(default_factory=dict)
    lajur: dict[str, list[I64]] = field(default_factory=dict)
    asing: dict[int, str] = field(default_factory=dict)
    salah: list[str] = field(default_factory=list)

    def tambah(self, nama: str, isi: I64) -> None:
        self.lajur.setdefault(nama, []).append(isi)

    def satukan(self, nama: str) -> I64:
        return np.concatenate(self.lajur.get(nama) or [np.empty(0, dtype=np.int64)])


def baca(path: Path, kepala: Sequence[str]) -> Berkas:
    """Read a statement (`BANK`) or a ledger (`BELANJA`); Unreadable names rows and fields."""
    kumpul = _Kumpul(path.name)
    try:
        isi = path.read_bytes()
        if isi.startswith(codecs.BOM_UTF8):
            isi = isi[len(codecs.BOM_UTF8) :]
        isi = _tanpa_ekor(isi)
        if (kolom := _cepat(isi, kepala, kumpul)) is not None:
            return Berkas(kolom, np.ones(len(kolom.nilai), dtype=np.bool_), ())
        _baca(io.TextIOWrapper(io.BytesIO(isi), encoding="utf-8", newline=""), kepala, kumpul)
    except FileNotFoundError:
        raise Unreadable(f"Berkas {path} tidak ada. Periksa nama dan foldernya.") from None
    except (OSError, UnicodeDecodeError, csv.Error) as sebab:
        raise Unreadable(
            f"Berkas {path.name} tidak dapat dibaca sebagai CSV berhuruf UTF-8 ({sebab})."
        ) from sebab
    if kumpul.salah:
        sisa = len(kumpul.salah) - _SEBUT
        ekor = f"; dan {sisa} lainnya" if sisa > 0 else ""
        raise Unreadable(f"Berkas {path.name}: {'; '.join(kumpul.salah[:_SEBUT])}{ekor}.")
    return _berkas(kumpul, bank="referensi" in kepala)


def _tanpa_ekor(isi: bytes) -> bytes:
    """The file without rows at its end in which nothing stands: what a spreadsheet leaves behind.

    Copied only when there are such rows; it may have a million others.
    """
    ujung = len(isi)
    while ujung and isi[ujung - 1] in _BUKAN_ISI:
        ujung -= 1
    akhir = isi.find(b"\n", ujung) + 1
    return isi[:akhir] if ujung and akhir else isi


def _cepat(isi: bytes, kepala: Sequence[str], kumpul: _Kumpul) -> Kolom | None:
    """The columns of a plain file, straight from its bytes."""
    akhir = isi.find(b"\n") + 1
    pemisah, letak, lebar = _judul(isi[:akhir].decode(), kepala, kumpul)
    if "mata_uang" in letak or not _utf8(isi):
        return None
    return kolom_cepat(memoryview(isi)[akhir:], pemisah, letak, lebar)


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


def _judul(pertama: str, kepala: Sequence[str], kumpul: _Kumpul) -> tuple[str, dict[str, int], int]:
    """The separator, where the wanted columns stand, and how many fields a row has."""
    pemisah = ";" if pertama.count(";") > pertama.count(",") else ","
    judul = [kata.strip().lower() for kata in next(csv.reader([pertama], delimiter=pemisah), [])]
    kurang = [kata for kata in kepala if kata not in judul]
    if kurang:
        raise Unreadable(
            f"Berkas {kumpul.nama_berkas} tidak punya kolom {', '.join(kurang)}. "
            f"Baris pertama harus berisi {','.join(kepala)}."
        )
    letak = {kata: judul.index(kata) for kata in (*kepala, "mata_uang") if kata in judul}
    return pemisah, letak, len(judul)


def _baca(isi: Iterator[str], kepala: Sequence[str], kumpul: _Kumpul) -> None:
    pemisah, letak, lebar = _judul(next(isi, ""), kepala, kumpul)
    baris = csv.reader(isi, delimiter=pemisah, strict=True)
    mulai = BARIS_PERTAMA
    while potong := list(islice(baris, _SEKALI)):
        _potongan(potong, letak, lebar, mulai, kumpul)
        mulai += len(potong)


def _potongan(
    potong: list[list[str]], letak: dict[str, int], lebar: int, mulai: int, kumpul: _Kumpul
) -> None:
    if set(map(len, potong)) != {lebar}:
        salah = [i for i, satu in enumerate(potong) if len(satu) != lebar]
        kumpul.salah += [
            f"baris {i + mulai} punya {len(potong[i])} kolom, bukan {lebar}" for i in salah
        ]
        return
    lajur = dict(zip(letak, _pilih(potong, list(letak.values())), strict=True))
    kunci = "referensi" if "referensi" in lajur else "id"
    kumpul.id += _terisi(lajur[kunci], kunci, mulai, kumpul)
    if "opd" in lajur:
        kumpul.tambah("opd", _sandi(list(map(str.strip, lajur["opd"])), kumpul.opd))
    kumpul.tambah("kartu", _sandi(list(map(str.strip, lajur["kartu"])), kumpul.kartu))
    kumpul.tambah("merchant", _sandi(lajur["merchant"], kumpul.merchant))
    for nama in ("tanggal", "tanggal_transaksi", "tanggal_posting"):
        if nama in lajur:
            kumpul.tambah(nama, _hari(lajur[nama], nama, mulai, kumpul))
    kumpul.tambah("nilai", _nilai(lajur["nilai"], mulai, kumpul))
    for i, kata in enumerate(lajur.get("mata_uang", ())):
        if kata.strip().upper() not in _RUPIAH:
            kumpul.asing[i + mulai] = kata.strip()


def _pilih(potong: list[list[str]], letak: list[int]) -> list[tuple[str, ...]]:
    semua = list(zip(*potong, strict=True))
    return [semua[i] for i in letak]


def _terisi(isi: Sequence[str], nama: str, mulai: int, kumpul: _Kumpul) -> list[str]:
    bersih = list(map(str.strip, isi))
    if not all(bersih):
        kumpul.salah += [
            f"baris {i + mulai} kolom {nama} kosong" for i, kata in enumerate(bersih) if not kata
        ]
    return bersih


def _sandi(isi: Sequence[str], kode: dict[str, int]) -> I64:
    try:
        return np.fromiter(map(kode.__getitem__, isi), dtype=np.int64, count=len(isi))
    except KeyError:
        for kata in dict.fromkeys([kata for kata in isi if kata not in kode]):
            kode[kata] = len(kode)
        return np.fromiter(map(kode.__getitem__, isi), dtype=np.int64, count=len(isi))


def _hari(isi: Sequence[str], nama: str, mulai: int, kumpul: _Kumpul) -> I64:
    kenal = kumpul.hari
    try:
        hasil = np.fromiter(map(kenal.__getitem__, isi), dtype=np.int64, count=len(isi))
    except KeyError:
        for kata in set(isi) - kenal.keys():
            kenal[kata] = _hari_satu(kata.strip())
        hasil = np.fromiter(map(kenal.__getitem__, isi), dtype=np.int64, count=len(isi))
    wajib = nama == "tanggal"
    for i in np.flatnonzero(hasil < TANPA_HARI + wajib).tolist():
        kata = isi[i].strip()
        kumpul.salah.append(
            f"baris {i + mulai} kolom {nama}: “{kata[:20]}” bukan tanggal seperti 2026-10-31"
        )
    return hasil


def _hari_satu(kata: str) -> int:
    """A proleptic ordinal, TANPA_HARI for nothing, less for what is no ISO day."""
    if not kata:
        return TANPA_HARI
    try:
        return date.fromisoformat(kata).toordinal() if len(kata) == 10 else TANPA_HARI - 1
    except ValueError:
        return TANPA_HARI - 1


def _nilai(isi: Sequence[str], mulai: int, kumpul: _Kumpul) -> I64:
    """Amounts in sen; the fast way serves files of plain digits."""
    semua = "".join(isi)
    if semua.isascii() and "_" not in semua:
        try:
            nilai = np.fromiter(map(int, isi), dtype=np.int64, count=len(isi))
        except (ValueError, OverflowError):
            pass
        else:
            if np.abs(nilai).max(initial=0) < _TERBESAR:
                return nilai * 100
    return np.array([_nilai_satu(kata, i + mulai, kumpul) for i, kata in enumerate(isi)])


def _nilai_satu(kata: str, baris: int, kumpul: _Kumpul) -> int:
    cocok = _NILAI.fullmatch(kata.strip())
    if cocok is None or abs(int(cocok[2])) >= _TERBESAR:
        kumpul.salah.append(
            f"baris {baris} kolom nilai: “{kata.strip()[:20]}” bukan rupiah bulat (seperti 750000)"
        )
        return 0
    mata_uang = (cocok[1] or cocok[3] or "").upper()
    if mata_uang not in _RUPIAH:
        kumpul.asing[baris] = mata_uang
    return int(cocok[2]) * 100


def _berkas(kumpul: _Kumpul, *, bank: bool) -> Berkas:
    hari = kumpul.satukan("tanggal_transaksi" if bank else "tanggal")
    kolom = Kolom(
        kumpul.id,
        kumpul.satukan("kartu"),
        list(kumpul.kartu),
        hari,
        kumpul.satukan("tanggal_posting") if bank else hari,
        kumpul.satukan("nilai"),
        kumpul.satukan("merchant"),
        list(kumpul.merchant),
        kumpul.satukan("opd"),
        list(kumpul.opd),
    )
    layak = np.ones(len(kumpul.id), dtype=np.bool_)
    temuan = []
    for baris, mata_uang in sorted(kumpul.asing.items()):
        layak[baris - BARIS_PERTAMA] = False
        temuan.append(
            Finding(
                "mata_uang",
                f"{kumpul.nama_berkas} baris {baris}: mata uang {mata_uang}, bukan IDR; "
                "tidak dicocokkan.",
                "salah",
                row=baris,
                field="nilai",
            )
        )
    return Berkas(kolom, layak, tuple(temuan))
