"""The parts of a frozen document: head, paragraphs, label rows, tables, signatures.

Every part cleans its text and checks its totals when it is created, also when read back. Text may
come from banks and merchants: line breaks and tabs become spaces; control characters, direction
overrides, lone surrogates and non-characters become U+FFFD, so they stay visible and no output
(PDF, spreadsheet, page) has to check again. Markup is plain text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Literal, TypeAlias

from kkpd.core import moments
from kkpd.core.money import ZERO, Rupiah, terbilang

#: Longest text of one field; the ledger's own columns are shorter.
MAX_TEXT = 4_000

_SPACE = re.compile("[\t\n\r\x0b\x0c\x85\u2028\u2029]+")
_UNSHOWN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
    "|[\U0001fffe\U0001ffff\U0002fffe\U0002ffff\U0003fffe\U0003ffff\U000ffffe-\U0010ffff]"
)


def trimmed(text: str) -> str:
    """`text` cleaned for a document: NFC, one line, only visible characters.

    ValueError past MAX_TEXT characters.
    """
    if text.isascii() and text.isprintable():
        found = text
    else:
        found = _UNSHOWN.sub("\ufffd", _SPACE.sub(" ", unicodedata.normalize("NFC", text)))
    if len(found) > MAX_TEXT:
        raise ValueError(f"a text of {len(found)} characters does not fit a document")
    return found


Kind = Literal["teks", "kode", "angka", "persen", "tanggal", "uang"]
Alignment = Literal["", "kiri", "tengah", "kanan"]
#: A cell: `percent` is an int in hundredths of a percent (4532 is 45,32 %); None is an empty cell.
Sel: TypeAlias = str | int | Rupiah | date | None
Row: TypeAlias = tuple[Sel, ...]

_TYPES: dict[str, type] = {
    "teks": str, "kode": str, "angka": int, "persen": int, "tanggal": date, "uang": Rupiah,
}  # fmt: skip


class TotalsDiffer(ValueError):
    """A total that is not the sum of its parts: never drawn, never issued."""


class DocumentPart:
    """Cleans the text fields of a frozen part when it is made."""

    __slots__ = ()

    def __post_init__(self) -> None:
        for field in fields(self):  # type: ignore[arg-type]  # every Part is a dataclass
            value = getattr(self, field.name)
            if type(value) is str:
                object.__setattr__(self, field.name, trimmed(value))


@dataclass(frozen=True, slots=True)
class Person(DocumentPart):
    """A person as forms print them; `nip` and `pangkat` may be empty."""

    nama: str
    nip: str = ""
    pangkat: str = ""
    jabatan: str = ""


@dataclass(frozen=True, slots=True)
class Letterhead(DocumentPart):
    """The head of the paper: government, OPD, address, and the coat of arms as base64 PNG."""

    pemerintah: str
    opd: str
    alamat: str = ""
    lambang: str = ""

    def __post_init__(self) -> None:
        for name in ("pemerintah", "opd", "alamat"):
            object.__setattr__(self, name, trimmed(getattr(self, name)))
        if len(self.lambang) > 200_000:
            raise ValueError("the coat of arms is larger than 150 kB")


@dataclass(frozen=True, slots=True)
class LabelRow(DocumentPart):
    """One label with its text: `Nomor KKPD : **** 4821`."""

    label: str
    isi: str


@dataclass(frozen=True, slots=True)
class Entries:
    """Label rows under each other, their values aligned."""

    butir: tuple[LabelRow, ...]


@dataclass(frozen=True, slots=True)
class Paragraph(DocumentPart):
    """Running text; `nomor` is the mark before it in a numbered list ("1.", "a.")."""

    teks: str
    nomor: str = ""
    tebal: bool = False


@dataclass(frozen=True, slots=True)
class Terbilang(DocumentPart):
    """An amount in words. The words are stored and checked, so readers see the printed text."""

    nilai: Rupiah
    kata: str
    label: str = "Terbilang"

    def __post_init__(self) -> None:
        object.__setattr__(self, "label", trimmed(self.label))
        if self.kata != terbilang(self.nilai):
            raise TotalsDiffer(f"{self.kata!r} are not the words for {self.nilai}")

    @classmethod
    def dari(cls, nilai: Rupiah, label: str = "Terbilang") -> Terbilang:
        """The words for this amount."""
        return cls(nilai, terbilang(nilai), label)


@dataclass(frozen=True, slots=True)
class Column(DocumentPart):
    """A column: `lebar` is its share of the width in points, `grup` a common head of neighbours.

    `dijumlah` columns of kind `money` get subtotals, a total and carried-forward amounts. A
    `percent` column with `rasio` ("realisasi/anggaran": keys of two totalled columns) is the first
    divided by the second, in every row and under every total.
    """

    kunci: str
    judul: str
    jenis: Kind = "teks"
    lebar: int = 60
    grup: str = ""
    dijumlah: bool = False
    rata: Alignment = ""
    rasio: str = ""

    def __post_init__(self) -> None:
        DocumentPart.__post_init__(self)
        if self.jenis not in _TYPES or self.lebar < 1:
            raise ValueError(f"column {self.kunci!r}: no such kind or width")
        if self.dijumlah and self.jenis != "uang":
            raise ValueError(f"column {self.kunci!r}: only money is totalled")
        if self.rasio and self.jenis != "persen":
            raise ValueError(f"column {self.kunci!r}: only a percentage is a ratio")


@dataclass(frozen=True, slots=True)
class RowGroup:
    """Rows under one heading (`judul` empty: no heading, no subtotal line) with their subtotals.

    `jumlah` holds one amount for each totalled column, in the order of the columns.
    """

    judul: str
    baris: tuple[Row, ...]
    jumlah: tuple[Rupiah, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "judul", trimmed(self.judul))


@dataclass(frozen=True, slots=True)
class Table:
    """Rows in groups under columns; subtotals and `jumlah` are checked against the rows."""

    kolom: tuple[Column, ...]
    kelompok: tuple[RowGroup, ...]
    jumlah: tuple[Rupiah, ...]
    judul: str = ""
    label_jumlah: str = "Jumlah"
    kosong: str = "Tidak ada data untuk periode ini."

    def __post_init__(self) -> None:
        for name in ("judul", "label_jumlah", "kosong"):
            object.__setattr__(self, name, trimmed(getattr(self, name)))
        if not self.kolom or len({kolom.kunci for kolom in self.kolom}) != len(self.kolom):
            raise ValueError("a table needs columns with keys of their own")
        groups = tuple(RowGroup(k.judul, self._cells(k.baris), k.jumlah) for k in self.kelompok)
        object.__setattr__(self, "kelompok", groups)
        self._assert_totals()

    @property
    def dijumlah(self) -> tuple[int, ...]:
        """The positions of the totalled columns."""
        return tuple(i for i, kolom in enumerate(self.kolom) if kolom.dijumlah)

    @property
    def rasio(self) -> tuple[tuple[int, int, int], ...]:
        """(column, column of the part, column of the whole) of every column that is a ratio."""
        places = {self.kolom[i].kunci: i for i in self.dijumlah}
        return tuple(
            (at, *_ratio(kolom, places)) for at, kolom in enumerate(self.kolom) if kolom.rasio
        )

    def percent(self, jumlah: Sequence[Rupiah]) -> dict[int, int | None]:
        """Column -> its percentage under these totals, in hundredths of a percent."""
        amounts = dict(zip(self.dijumlah, jumlah, strict=True))
        return {at: percentage(amounts[a], amounts[b]) for at, a, b in self.rasio}

    @property
    def baris(self) -> Iterable[Row]:
        """All rows, group after group."""
        return (baris for kelompok in self.kelompok for baris in kelompok.baris)

    def _cells(self, rows: Iterable[Row]) -> tuple[Row, ...]:
        """The rows with every cell of its column's type, texts cleaned."""
        kinds = [_TYPES[kolom.jenis] for kolom in self.kolom]
        return tuple(self._row(row, kinds) for row in rows)

    def _row(self, row: Row, kinds: Sequence[type]) -> Row:
        if len(row) != len(kinds):
            raise ValueError(f"a row of {len(row)} cells under {len(kinds)} columns: {row!r}")
        return tuple([_cell(value, kind) for value, kind in zip(row, kinds, strict=True)])

    def _assert_totals(self) -> None:
        for kelompok in self.kelompok:
            if kelompok.jumlah != sums(self.dijumlah, kelompok.baris):
                raise TotalsDiffer(f"the subtotal of {kelompok.judul!r} is not the sum of its rows")
        parts = [kelompok.jumlah for kelompok in self.kelompok]
        if self.jumlah != sums(range(len(self.dijumlah)), parts):
            raise TotalsDiffer(f"the total of {self.judul!r} is not the sum of its groups")
        for at, part, whole in self.rasio:
            if any(row[at] != _share(row[part], row[whole]) for row in self.baris):
                raise TotalsDiffer(f"a percentage of {self.kolom[at].judul!r} is not its ratio")


@dataclass(frozen=True, slots=True)
class SignatureBlock(DocumentPart):
    """A signature block: capacity, person, and a text such as "Mengetahui," before it."""

    selaku: str
    orang: Person
    sisi: Literal["kiri", "kanan"] = "kanan"
    pembuka: str = ""


Piece: TypeAlias = Entries | Paragraph | Terbilang | Table


def sums(columns: Iterable[int], rows: Sequence[Sequence[Any]]) -> tuple[Rupiah, ...]:
    """The sum of each of these columns over the rows; empty cells count as zero."""
    return tuple(
        Rupiah(sum(row[i].sen for row in rows if row[i] is not None)) if rows else ZERO
        for i in columns
    )


def percentage(part: Rupiah, whole: Rupiah) -> int | None:
    """`part` of `whole` in hundredths of a percent, half up; None if `whole` is zero."""
    if not whole:
        return None
    return (part.sen * 20_000 + whole.sen) // (2 * whole.sen)


def _share(part: Sel, whole: Sel) -> int | None:
    """The percentage of a row; None where a cell is empty."""
    if isinstance(part, Rupiah) and isinstance(whole, Rupiah):
        return percentage(part, whole)
    return None


def _ratio(kolom: Column, places: Mapping[str, int]) -> tuple[int, int]:
    """The columns of part and whole; ValueError where they are not two totalled columns."""
    part, _, whole = kolom.rasio.partition("/")
    if part not in places or whole not in places:
        raise ValueError(f"column {kolom.kunci!r}: {kolom.rasio!r} are not two totalled columns")
    return places[part], places[whole]


def data_table(
    kolom: Sequence[Column],
    kelompok: Iterable[tuple[str, Sequence[Row]]],
    *,
    judul: str = "",
    label_jumlah: str = "Jumlah",
    kosong: str = "Tidak ada data untuk periode ini.",
) -> Table:
    """A table of (heading, rows) with its totals taken from the rows."""
    columns = [i for i, k in enumerate(kolom) if k.dijumlah]
    groups = tuple(RowGroup(j, tuple(rows), sums(columns, rows)) for j, rows in kelompok)
    jumlah = sums(range(len(columns)), [group.jumlah for group in groups])
    return Table(tuple(kolom), groups, jumlah, judul, label_jumlah, kosong)


def _cell(value: Sel, kind: type) -> Sel:
    if type(value) is kind:
        return trimmed(value) if kind is str else value  # type: ignore[arg-type]  # kind is str
    if value is None:
        return None
    raise TypeError(f"{value!r} does not belong in a column of {kind.__name__}")


def display(jenis: Kind, sel: Sel, *, sen: bool = False) -> str:
    """The text of a cell; with `sen` whole rupiah also get `,00`, so that a column lines up."""
    if sel is None:
        return ""
    if isinstance(sel, Rupiah):
        return f"{sel},00" if sen and sel.sen % 100 == 0 else str(sel)
    if isinstance(sel, date):
        return moments.numeric(sel)
    if jenis == "persen" and isinstance(sel, int):
        return percent(sel)
    return str(sel)


def percent(hundredths: int) -> str:
    """`45,32%` for 4532."""
    whole, rest = divmod(abs(hundredths), 100)
    return f"{'-' if hundredths < 0 else ''}{whole},{rest:02d}%"
