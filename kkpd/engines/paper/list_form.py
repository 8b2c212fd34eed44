"""One mechanism for all list forms: a form is a set of columns and texts, its rows a dataclass.

Cells are the fields (or properties) of a row with the keys of the columns. A column `no` is
counted, except for rows with `counted` False (an opening balance). So a new list needs a row class
and a `ListShape`, no code.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from kkpd.engines.paper.form_frame import Frame, dokumen
from kkpd.engines.paper.model import FrozenDocument
from kkpd.engines.paper.parts import (
    Column,
    Entries,
    LabelRow,
    Paragraph,
    Person,
    Piece,
    Row,
    SignatureBlock,
    Table,
    Terbilang,
    data_table,
)

NO = Column("no", "No", "angka", 28, rata="tengah")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListShape:
    """The shape of a list form. `signed_by` are capacities: (words before, capacity, side)."""

    formulir: str
    judul: str
    kolom: tuple[Column, ...]
    arah: Literal["tegak", "mendatar"] = "mendatar"
    kertas: Literal["A4", "F4"] = "A4"
    pembuka: tuple[str, ...] = ()
    closing: tuple[str, ...] = ()
    kosong: str = "Tidak ada data untuk periode ini."
    label_jumlah: str = "Jumlah"
    terbilang: bool = False


@dataclass(frozen=True, slots=True)
class Signatory:
    """Who signs, in which capacity, on which side, after which words."""

    selaku: str
    orang: Person
    sisi: Literal["kiri", "kanan"] = "kanan"
    pembuka: str = ""


#: Heading of a group ("" for none) and its rows.
Group = tuple[str, Sequence[Any]]


def listing(
    bentuk: ListShape,
    paper_frame: Frame,
    kelompok: Iterable[Group],
    signed_by: Sequence[Signatory] = (),
    *,
    keterangan: Sequence[tuple[str, str]] = (),
    finish: Sequence[tuple[str, str]] = (),
    catatan: Sequence[str] = (),
    subjudul: Sequence[str] = (),
    judul: str = "",
) -> FrozenDocument:
    """The frozen list: label rows, opening words, the table, more label rows, notes, signatures."""
    table = fill_table(bentuk, kelompok)
    parts: list[Piece] = []
    if keterangan:
        parts.append(rincian(keterangan))
    parts += [Paragraph(text) for text in bentuk.pembuka]
    parts.append(table)
    if bentuk.terbilang:
        parts.append(Terbilang.dari(table.jumlah[0]))
    if finish:
        parts.append(rincian(finish))
    parts += [Paragraph(text) for text in (*catatan, *bentuk.closing)]
    return dokumen(
        paper_frame,
        bentuk.formulir,
        judul or bentuk.judul,
        parts,
        tanda_tangan(signed_by),
        subjudul=subjudul,
        kertas=bentuk.kertas,
        arah=bentuk.arah,
    )


def rincian(butir: Sequence[tuple[str, str]]) -> Entries:
    """Label rows of (label, text)."""
    return Entries(tuple(LabelRow(label, said) for label, said in butir))


def fill_table(bentuk: ListShape, kelompok: Iterable[Group], judul: str = "") -> Table:
    """The table of this shape for rows in groups, numbered throughout."""
    groups, number = [], 0
    for heading, rows in kelompok:
        cells = []
        for row in rows:
            counted = getattr(row, "counted", True)
            number += counted
            cells.append(_row(bentuk.kolom, number if counted else None, row))
        groups.append((heading, cells))
    return data_table(
        bentuk.kolom,
        groups,
        judul=judul,
        label_jumlah=bentuk.label_jumlah,
        kosong=bentuk.kosong,
    )


def _row(kolom: Sequence[Column], number: int | None, row: Any) -> Row:
    return tuple([number if k.kunci == "no" else getattr(row, k.kunci) for k in kolom])


def tanda_tangan(signed_by: Sequence[Signatory]) -> tuple[SignatureBlock, ...]:
    """The signature blocks of these people."""
    return tuple(SignatureBlock(p.selaku, p.orang, p.sisi, p.pembuka) for p in signed_by)


def usual_signers(
    pa: Person, bendahara: Person, selaku: str = "Pengguna Anggaran"
) -> list[Signatory]:
    """The usual pair: PA/KPA on the left, the treasurer on the right (kkpd.md 2)."""
    return [
        Signatory(selaku, pa, "kiri", "Mengetahui,"),
        Signatory("Bendahara Pengeluaran", bendahara),
    ]


def money(
    kunci: str, judul: str, lebar: int = 84, grup: str = "", *, dijumlah: bool = True
) -> Column:
    """A column of amounts, totalled unless told otherwise."""
    return Column(kunci, judul, "uang", lebar, grup, dijumlah)


def percent(kunci: str, judul: str, lebar: int = 50, grup: str = "", *, rasio: str = "") -> Column:
    """A column of percentages; `rasio` names the two totalled columns it is computed from."""
    return Column(kunci, judul, "persen", lebar, grup, rasio=rasio)


def day(kunci: str, judul: str = "Tanggal", lebar: int = 56) -> Column:
    """A column of dates."""
    return Column(kunci, judul, "tanggal", lebar, rata="tengah")


def kode(kunci: str, judul: str, lebar: int = 92) -> Column:
    """A column of codes and numbers of documents."""
    return Column(kunci, judul, "kode", lebar)
