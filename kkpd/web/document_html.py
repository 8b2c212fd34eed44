"""A frozen document as HTML: the same cells and words as on paper."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, pairwise

from kkpd.core.money import Rupiah
from kkpd.engines.paper import (
    Column,
    Entries,
    FrozenDocument,
    Paragraph,
    RowGroup,
    Table,
    Terbilang,
)
from kkpd.engines.paper.parts import Alignment, Row, display

#: How many rows of a table a preview shows; the files hold all of them.
PREVIEW_ROWS = 200
_RIGHT_ALIGNED = ("uang", "angka", "persen")


@dataclass(frozen=True, slots=True)
class ShownCell:
    """One cell as text."""

    teks: str
    numeric: bool


@dataclass(frozen=True, slots=True)
class ShownGroup:
    """Rows under a heading ("" for none) with the subtotal row, None where there is none."""

    judul: str
    baris: tuple[tuple[ShownCell, ...], ...]
    jumlah: tuple[ShownCell, ...] | None


@dataclass(frozen=True, slots=True)
class ShownTable:
    """A table to show; another `sisa` rows are only in the files."""

    judul: str
    header: tuple[ShownCell, ...]
    band: tuple[ShownGroup, ...]
    label_jumlah: str
    jumlah: tuple[ShownCell, ...]
    kosong: str
    sisa: int


@dataclass(frozen=True, slots=True)
class ShownPart:
    """One part: `jenis` is rincian, paragraf, terbilang or tabel, and names the field that holds
    it.
    """

    jenis: str
    rincian: tuple[tuple[str, str], ...] = ()
    teks: str = ""
    nomor: str = ""
    data_table: ShownTable | None = None


def bagian(dokumen: FrozenDocument) -> Iterator[ShownPart]:
    """The parts of the document in order."""
    for part in dokumen.isi:
        if isinstance(part, Entries):
            yield ShownPart("rincian", rincian=tuple((b.label, b.isi) for b in part.butir))
        elif isinstance(part, Paragraph):
            yield ShownPart("paragraf", teks=part.teks, nomor=part.nomor)
        elif isinstance(part, Terbilang):
            yield ShownPart("rincian", rincian=((part.label, part.kata),))
        else:
            yield ShownPart("tabel", data_table=_table(part))


def row_count(dokumen: FrozenDocument) -> int:
    """Number of rows of all its tables."""
    return sum(len(group.baris) for table in dokumen.data_table for group in table.kelompok)


def _table(data_table: Table) -> ShownTable:
    groups, left = [], PREVIEW_ROWS
    for group in data_table.kelompok:
        if left > 0:
            groups.append(_group(data_table, group, left))
        left -= len(group.baris)
    return ShownTable(
        judul=data_table.judul,
        header=tuple(
            ShownCell(_head(before, kolom), _right(kolom.rata, kolom.jenis))
            for before, kolom in pairwise((None, *data_table.kolom))
            if kolom is not None
        ),
        band=tuple(groups),
        label_jumlah=data_table.label_jumlah,
        jumlah=_sums(data_table, data_table.jumlah) if data_table.dijumlah else (),
        kosong=data_table.kosong,
        sisa=max(0, -left),
    )


def _head(before: Column | None, kolom: Column) -> str:
    """The title, the first of a group with the group's name."""
    within = before is not None and before.grup == kolom.grup
    return f"{kolom.grup}: {kolom.judul}" if kolom.grup and not within else kolom.judul


def _group(data_table: Table, group: RowGroup, most: int) -> ShownGroup:
    rows = tuple(_row(data_table, row) for row in islice(group.baris, most))
    sums = _sums(data_table, group.jumlah) if group.judul and data_table.dijumlah else None
    return ShownGroup(group.judul, rows, sums)


def _row(data_table: Table, row: Row) -> tuple[ShownCell, ...]:
    return tuple(
        ShownCell(display(kolom.jenis, cell), _right(kolom.rata, kolom.jenis))
        for kolom, cell in zip(data_table.kolom, row, strict=True)
    )


def _right(rata: Alignment, jenis: str) -> bool:
    return jenis in _RIGHT_ALIGNED and rata != "tengah"


def _sums(data_table: Table, amounts: tuple[Rupiah, ...]) -> tuple[ShownCell, ...]:
    """A row of sums under the totalled columns."""
    at = dict(zip(data_table.dijumlah, amounts, strict=True))
    return tuple(
        ShownCell(str(at[i]) if i in at else "", kolom.jenis in _RIGHT_ALIGNED)
        for i, kolom in enumerate(data_table.kolom)
    )
