"""A frozen document as a workbook: one sheet a table, amounts as numbers, text as text.

A sheet can be filtered, sorted and pivoted: one head, rows without gaps, the group as a column. The
totals are below an empty row; they are the only formulas, each with the document's figure as its
stored value. Texts are written as text; one that could become a formula after editing is marked as
text. The file's date is the document's own.
"""

from __future__ import annotations

import io
import re
from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal
from typing import Final

import xlsxwriter  # type: ignore[import-untyped]  # it ships no types
from xlsxwriter import utility
from xlsxwriter.workbook import Workbook  # type: ignore[import-untyped]  # the same
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]  # the same

from kkpd.core.errors import DomainError
from kkpd.core.moments import long
from kkpd.core.money import Rupiah, total
from kkpd.engines.paper import Entries, FrozenDocument, Paragraph, SignatureBlock, Table, Terbilang
from kkpd.engines.paper.csv import FORMULA
from kkpd.engines.paper.parts import Column, Sel, display

#: Sheets hold 1,048,576 rows; a table with more than this is refused.
ROWS_A_SHEET: Final = 1_000_000
#: Beyond it a spreadsheet's numbers are not exact: such an amount is written as text.
EXACT_SEN: Final = 10**15
_DAY_ZERO: Final = date(1899, 12, 30)
_A4, _F4 = 9, 14
#: What the rows of a group, by its name in this row, and what the rows not filtered out add up to.
_OF_GROUP: Final = "=SUMPRODUCT(--($A$2:$A${last}=$A${row}),{column}$2:{column}${last})"
_OF_ALL: Final = "=SUBTOTAL(9,{column}$2:{column}${last})"
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
_NUMBERS = {"uang": "#,##0.00", "persen": "0.00%", "angka": "0", "tanggal": "dd-mm-yyyy"}


def write(dokumen: FrozenDocument) -> bytes:
    """The workbook."""
    out = io.BytesIO()
    options = {
        "constant_memory": True, "in_memory": False, "strings_to_formulas": False,
        "strings_to_urls": False, "strings_to_numbers": False, "default_date_format": "dd-mm-yyyy",
    }  # fmt: skip
    with xlsxwriter.Workbook(out, options) as book:
        day = dokumen.tanggal
        book.set_properties(
            {
                "title": dokumen.judul,
                "author": dokumen.kop.opd,
                "created": datetime(day.year, day.month, day.day),  # noqa: DTZ001 - a date, no moment
            }
        )
        _Book(book, dokumen).write()
    return out.getvalue()


class _Book:
    def __init__(self, book: Workbook, dokumen: FrozenDocument) -> None:
        self.book, self.dokumen = book, dokumen
        self.plain = book.add_format({"valign": "top"})
        self.quoted = book.add_format({"valign": "top", "quote_prefix": True})
        self.bold = book.add_format({"bold": True})
        self.title = book.add_format({"bold": True, "font_size": 13})
        self.head = book.add_format(
            {"bold": True, "bg_color": "#E8F1EE", "border": 1, "text_wrap": True, "valign": "top"}
        )
        self.kinds = {
            kind: book.add_format({"num_format": shape, "valign": "top"})
            for kind, shape in _NUMBERS.items()
        }
        self.share = book.add_format({"bold": True, "num_format": _NUMBERS["persen"], "top": 1})
        self.sum = book.add_format({"bold": True, "num_format": _NUMBERS["uang"], "top": 1})

    def write(self) -> None:
        """The first sheet says what the document is; each table follows on its own."""
        self._front()
        for number, data_table in enumerate(self.dokumen.data_table, 1):
            _Table(self, data_table, number).write()

    def sheet(self, name: str) -> Worksheet:
        """A new sheet; its name is cut to what spreadsheets allow."""
        found = self.book.add_worksheet(_FORBIDDEN.sub(" ", name)[:31].strip("' ") or "Lembar")
        found.hide_gridlines(0)
        return found

    def text(self, sheet: Worksheet, row: int, column: int, value: str) -> None:
        """Text as text. The library treats `<r>…</r>` as markup; a leading space prevents that."""
        if value.startswith("<r>") and value.endswith("</r>"):
            value += " "
        shape = self.quoted if value.startswith(FORMULA) else self.plain
        sheet.write_string(row, column, value, shape)

    def _front(self) -> None:
        sheet, document = self.sheet("Dokumen"), self.dokumen
        sheet.set_column(0, 0, 28)
        sheet.set_column(1, 1, 90)
        sheet.write_string(0, 0, document.judul, self.title)
        lines = [("", line) for line in document.subjudul]
        lines += [
            ("Status", "RANCANGAN – belum diterbitkan" if document.rancangan else "Diterbitkan"),
            ("Pemerintah daerah", document.kop.pemerintah),
            ("SKPD", document.kop.opd),
            ("Nomor", document.nomor),
            ("Tanggal", long(document.tanggal)),
        ]
        if not document.rancangan:
            lines.append(("Sidik data (SHA-256)", document.sidik()))
        for part in document.isi:
            lines += _said(part)
        for signature in document.tanda_tangan:
            lines.append(_signed(signature))
        for row, (label, value) in enumerate(lines, 2):
            self.text(sheet, row, 0, label)
            self.text(sheet, row, 1, value)


def _said(part: object) -> list[tuple[str, str]]:
    if isinstance(part, Entries):
        return [(butir.label, butir.isi) for butir in part.butir]
    if isinstance(part, Paragraph):
        return [(part.nomor, part.teks)]
    if isinstance(part, Terbilang):
        return [(part.label, part.kata)]
    return []


def _signed(signature: SignatureBlock) -> tuple[str, str]:
    person = signature.orang
    return signature.selaku, f"{person.nama}, NIP {person.nip}" if person.nip else person.nama


class _Table:
    """One table on its sheet: rows first, then what they add up to."""

    def __init__(self, book: _Book, data_table: Table, number: int) -> None:
        self.book, self.data_table = book, data_table
        self.grouped = any(kelompok.judul for kelompok in data_table.kelompok)
        group = (Column("kelompok", "Kelompok", lebar=150),) if self.grouped else ()
        self.kolom = (*group, *data_table.kolom)
        self.shapes = [book.kinds.get(kolom.jenis, book.plain) for kolom in self.kolom]
        #: Columns with an amount that no formula could add.
        self.inexact: set[int] = set()
        self.sheet = book.sheet(f"{number} {data_table.judul or f'Tabel {number}'}")
        self.row = 1

    def write(self) -> None:
        """The rows, filtered by their head; the totals under them."""
        if sum(len(kelompok.baris) for kelompok in self.data_table.kelompok) > ROWS_A_SHEET:
            raise DomainError(
                "Tabel ini lebih dari satu juta baris, terlalu panjang untuk XLSX. "
                "Pilih periode yang lebih pendek, atau unduh CSV-nya."
            )
        self._head()
        for kelompok in self.data_table.kelompok:
            for row in kelompok.baris:
                cells = (kelompok.judul, *row) if self.grouped else row
                for column, value in enumerate(cells):
                    if value is not None and value != "":
                        self._cell(column, value)
                self.row += 1
        self.sheet.autofilter(0, 0, self.row - 1, len(self.kolom) - 1)
        if self.data_table.dijumlah:
            self._totals()

    def _head(self) -> None:
        sheet = self.sheet
        for column, kolom in enumerate(self.kolom):
            sheet.set_column(column, column, max(6, kolom.lebar // 5))
            head = f"{kolom.grup}: {kolom.judul}" if kolom.grup else kolom.judul
            sheet.write_string(0, column, head, self.book.head)
        sheet.freeze_panes(1, 0)
        sheet.repeat_rows(0)
        sheet.set_landscape()
        sheet.set_paper(_F4 if self.book.dokumen.kertas == "F4" else _A4)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&L&A&RHalaman &P dari &N")

    def _cell(self, column: int, value: Sel) -> None:
        shape = self.shapes[column]
        if isinstance(value, Rupiah):
            if not _exact(value):
                self.inexact.add(column)
                self.sheet.write_string(self.row, column, display("uang", value), shape)
                return
            self.sheet.write_number(self.row, column, _plain(value), shape)
        elif isinstance(value, date):
            self.sheet.write_number(self.row, column, (value - _DAY_ZERO).days, shape)
        elif isinstance(value, int):
            share = self.kolom[column].jenis == "persen"
            number = _share(value) if share else value
            self.sheet.write_number(self.row, column, number, shape)
        else:
            self.book.text(self.sheet, self.row, column, str(value))

    # ---- totals: under an empty row, so that they are no part of the data --------------------

    def _totals(self) -> None:
        self.last = max(self.row, 2)
        self.row += 1
        groups: dict[str, list[tuple[Rupiah, ...]]] = defaultdict(list)
        for kelompok in self.data_table.kelompok:
            if kelompok.judul:
                groups[kelompok.judul].append(kelompok.jumlah)
        for judul, sums in groups.items():
            self.book.text(self.sheet, self.row, 0, judul)
            self._sums(tuple(map(total, zip(*sums, strict=True))), _OF_GROUP)
        if self.data_table.dijumlah[0] or self.grouped:
            self.sheet.write_string(self.row, 0, self.data_table.label_jumlah, self.book.bold)
        self._sums(self.data_table.jumlah, _OF_ALL)

    def _sums(self, amounts: tuple[Rupiah, ...], formula: str) -> None:
        """A row of totals: each a formula over the rows, with its figure."""
        for place, amount in zip(self.data_table.dijumlah, amounts, strict=True):
            column = place + self.grouped
            if column in self.inexact or not _exact(amount):
                said = display("uang", amount)
                self.sheet.write_string(self.row, column, said, self.book.sum)
                continue
            name = utility.xl_col_to_name(column)
            said = formula.format(last=self.last, column=name, row=self.row + 1)
            self.sheet.write_formula(self.row, column, said, self.book.sum, _plain(amount))
        self._shares(amounts)
        self.row += 1

    def _shares(self, amounts: tuple[Rupiah, ...]) -> None:
        """The formula for a ratio of two totals."""
        shares = self.data_table.percent(amounts)
        for column, part, whole in self.data_table.rasio:
            share = shares[column]
            a, b = (
                f"{utility.xl_col_to_name(at + self.grouped)}{self.row + 1}" for at in (part, whole)
            )
            formula = f'=IF({b}=0,"",ROUND({a}/{b},4))'
            value = "" if share is None else _share(share)
            self.sheet.write_formula(
                self.row, column + self.grouped, formula, self.book.share, value
            )


def _exact(amount: Rupiah) -> bool:
    return -EXACT_SEN <= amount.sen <= EXACT_SEN


def _plain(amount: Rupiah) -> int | Decimal:
    """An amount as a spreadsheet's number."""
    return amount.to_decimal() if amount.sen % 100 else amount.sen // 100


def _share(hundredths: int) -> Decimal:
    return Decimal(hundredths).scaleb(-4)
