"""One mechanism for all list forms: a form is its columns and its words, its rows a dataclass.

The fields (or properties) of a row that bear the keys of the columns are its cells; a column `no`
is counted, but for rows whose `dihitung` is False (an opening balance). So a new list is a row
class and a `Bentuk`, no code.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from kkpd.engines.paper.form_frame import Rangka, dokumen
from kkpd.engines.paper.model import Dokumen
from kkpd.engines.paper.parts import (
    Bagian,
    Baris,
    Butir,
    Kolom,
    Orang,
    Paragraf,
    Rincian,
    Tabel,
    TandaTangan,
    Terbilang,
    tabel,
)

NO = Kolom("no", "No", "angka", 28, rata="tengah")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bentuk:
    """The shape of a list form. `penanda` are capacities: (words before, capacity, side)."""

    formulir: str
    judul: str
    kolom: tuple[Kolom, ...]
    arah: Literal["tegak", "mendatar"] = "mendatar"
    kertas: Literal["A4", "F4"] = "A4"
    pembuka: tuple[str, ...] = ()
    penutup: tuple[str, ...] = ()
    kosong: str = "Tidak ada data untuk periode ini."
    label_jumlah: str = "Jumlah"
    terbilang: bool = False


@dataclass(frozen=True, slots=True)
class Penanda:
    """Who signs, in which capacity, on which side, after which words."""

    selaku: str
    orang: Orang
    sisi: Literal["kiri", "kanan"] = "kanan"
    pembuka: str = ""


#: Heading of a group ("" for none) and its rows.
Kelompok = tuple[str, Sequence[Any]]


def daftar(
    bentuk: Bentuk,
    rangka: Rangka,
    kelompok: Iterable[Kelompok],
    penanda: Sequence[Penanda] = (),
    *,
    keterangan: Sequence[tuple[str, str]] = (),
    akhir: Sequence[tuple[str, str]] = (),
    catatan: Sequence[str] = (),
    subjudul: Sequence[str] = (),
    judul: str = "",
) -> Dokumen:
    """The frozen list: label rows, opening words, the table, more label rows, notes, signatures."""
    table = isi_tabel(bentuk, kelompok)
    parts: list[Bagian] = []
    if keterangan:
        parts.append(rincian(keterangan))
    parts += [Paragraf(text) for text in bentuk.pembuka]
    parts.append(table)
    if bentuk.terbilang:
        parts.append(Terbilang.dari(table.jumlah[0]))
    if akhir:
        parts.append(rincian(akhir))
    parts += [Paragraf(text) for text in (*catatan, *bentuk.penutup)]
    return dokumen(
        rangka,
        bentuk.formulir,
        judul or bentuk.judul,
        parts,
        tanda_tangan(penanda),
        subjudul=subjudul,
        kertas=bentuk.kertas,
        arah=bentuk.arah,
    )


def rincian(butir: Sequence[tuple[str, str]]) -> Rincian:
    """Label rows of (label, what it says)."""
    return Rincian(tuple(Butir(label, said) for label, said in butir))


def isi_tabel(bentuk: Bentuk, kelompok: Iterable[Kelompok], judul: str = "") -> Tabel:
    """The table of this shape over rows in groups, counted through."""
    groups, number = [], 0
    for heading, rows in kelompok:
        cells = []
        for row in rows:
            counted = getattr(row, "dihitung", True)
            number += counted
            cells.append(_baris(bentuk.kolom, number if counted else None, row))
        groups.append((heading, cells))
    return tabel(
        bentuk.kolom,
        groups,
        judul=judul,
        label_jumlah=bentuk.label_jumlah,
        kosong=bentuk.kosong,
    )


def _baris(kolom: Sequence[Kolom], number: int | None, row: Any) -> Baris:
    return tuple([number if k.kunci == "no" else getattr(row, k.kunci) for k in kolom])


def tanda_tangan(penanda: Sequence[Penanda]) -> tuple[TandaTangan, ...]:
    """The signature blocks of these people."""
    return tuple(TandaTangan(p.selaku, p.orang, p.sisi, p.pembuka) for p in penanda)


def mengetahui(pa: Orang, bendahara: Orang, selaku: str = "Pengguna Anggaran") -> list[Penanda]:
    """The usual pair: PA/KPA on the left, the treasurer on the right (kkpd.md 2)."""
    return [
        Penanda(selaku, pa, "kiri", "Mengetahui,"),
        Penanda("Bendahara Pengeluaran", bendahara),
    ]


def uang(
    kunci: str, judul: str, lebar: int = 84, grup: str = "", *, dijumlah: bool = True
) -> Kolom:
    """A column of amounts, totalled unless told otherwise."""
    return Kolom(kunci, judul, "uang", lebar, grup, dijumlah)


def persen(kunci: str, judul: str, lebar: int = 50, grup: str = "", *, rasio: str = "") -> Kolom:
    """A column of percentages; `rasio` names the two totalled columns it is made of."""
    return Kolom(kunci, judul, "persen", lebar, grup, rasio=rasio)


def hari(kunci: str, judul: str = "Tanggal", lebar: int = 56) -> Kolom:
    """A column of dates."""
    return Kolom(kunci, judul, "tanggal", lebar, rata="tengah")


def kode(kunci: str, judul: str, lebar: int = 92) -> Kolom:
    """A column of codes and numbers of documents."""
    return Kolom(kunci, judul, "kode", lebar)
