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
    """The shape of a list form: its title, its columns, what it says where it is empty."""

    formulir: str
    judul: str
    kolom: tuple[Column, ...]
    arah: Literal["tegak", "mendatar"] = "mendatar"
    kosong: str = "Tidak ada data untuk periode ini."
    terbilang: bool = False


#: Heading of a group ("" for none) and its rows.
Group = tuple[str, Sequence[Any]]


def listing(
    shape: ListShape,
    paper_frame: Frame,
    kelompok: Iterable[Group],
    signed_by: Sequence[SignatureBlock] = (),
    *,
    keterangan: Sequence[tuple[str, str]] = (),
    finish: Sequence[tuple[str, str]] = (),
    catatan: Sequence[str] = (),
    subjudul: Sequence[str] = (),
    judul: str = "",
) -> FrozenDocument:
    """The frozen list: label rows, the table, more label rows, notes, signatures."""
    table = fill_table(shape, kelompok)
    parts: list[Piece] = []
    if keterangan:
        parts.append(rincian(keterangan))
    parts.append(table)
    if shape.terbilang:
        parts.append(Terbilang.dari(table.jumlah[0]))
    if finish:
        parts.append(rincian(finish))
    parts += [Paragraph(text) for text in catatan]
    return dokumen(
        paper_frame,
        shape.formulir,
        judul or shape.judul,
        parts,
        signed_by,
        subjudul=subjudul,
        arah=shape.arah,
    )


def rincian(butir: Sequence[tuple[str, str]]) -> Entries:
    """Label rows of (label, text)."""
    return Entries(tuple(LabelRow(label, said) for label, said in butir))


def fill_table(shape: ListShape, kelompok: Iterable[Group], judul: str = "") -> Table:
    """The table of this shape for rows in groups, numbered throughout."""
    groups, number = [], 0
    for heading, rows in kelompok:
        cells = []
        for row in rows:
            counted = getattr(row, "counted", True)
            number += counted
            cells.append(_row(shape.kolom, number if counted else None, row))
        groups.append((heading, cells))
    return data_table(shape.kolom, groups, judul=judul, kosong=shape.kosong)


def _row(kolom: Sequence[Column], number: int | None, row: Any) -> Row:
    return tuple([number if k.kunci == "no" else getattr(row, k.kunci) for k in kolom])


def usual_signers(
    pa: Person, bendahara: Person, selaku: str = "Pengguna Anggaran"
) -> list[SignatureBlock]:
    """The usual pair: PA/KPA on the left, the treasurer on the right (kkpd.md 2)."""
    return [
        SignatureBlock(selaku, pa, "kiri", "Mengetahui,"),
        SignatureBlock("Bendahara Pengeluaran", bendahara),
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
