"""A frozen document as a workbook for people: one sheet a table, amounts as numbers, text as text.

Nothing in it is a formula: every text is written as text, and one that a spreadsheet might take for
a formula after editing carries the mark that keeps it text. The file's date is the document's own.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]  # it ships no types
from xlsxwriter.format import Format  # type: ignore[import-untyped]  # the same
from xlsxwriter.workbook import Workbook  # type: ignore[import-untyped]  # the same
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]  # the same

from kkpd.domain.documents import Dokumen, Paragraf, Rincian, Tabel, TandaTangan, Terbilang
from kkpd.domain.documents.parts import Sel
from kkpd.domain.documents.tampil import tampil
from kkpd.domain.money import Rupiah
from kkpd.domain.tanggal import panjang
from kkpd.reports.csv import FORMULA, has_formula

#: Sheets hold 1,048,576 rows; a table goes on in another sheet before that.
ROWS_A_SHEET = 1_000_000
#: Beyond it a spreadsheet's numbers are not exact: such an amount is written as text.
_EXACT_SEN = 10**15
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
_NUMBERS = {"uang": "#,##0.00", "persen": "0.00%", "angka": "0", "tanggal": "dd-mm-yyyy"}


def write(dokumen: Dokumen) -> bytes:
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


_Write = Callable[[int, int, Any, Format], object]


class _Book:
    def __init__(self, book: Workbook, dokumen: Dokumen) -> None:
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
        for number, tabel in enumerate(self.dokumen.tabel, 1):
            _Table(self, tabel, number).write()

    def sheet(self, name: str) -> Worksheet:
        """A new sheet; its name is cut to what spreadsheets allow."""
        found = self.book.add_worksheet(_FORBIDDEN.sub(" ", name)[:31].strip("' ") or "Lembar")
        found.hide_gridlines(0)
        return found

    def text(self, sheet: Worksheet, row: int, column: int, value: str) -> None:
        """Text that stays text."""
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
            ("Tanggal", panjang(document.tanggal)),
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
    if isinstance(part, Rincian):
        return [(butir.label, butir.isi) for butir in part.butir]
    if isinstance(part, Paragraf):
        return [(part.nomor, part.teks)]
    if isinstance(part, Terbilang):
        return [(part.label, part.kata)]
    return []


def _signed(signature: TandaTangan) -> tuple[str, str]:
    person = signature.orang
    return signature.selaku, f"{person.nama}, NIP {person.nip}" if person.nip else person.nama


class _Table:
    """One table over as many sheets as it needs."""

    def __init__(self, book: _Book, tabel: Tabel, number: int) -> None:
        self.book, self.tabel, self.number = book, tabel, number
        self.name = tabel.judul or f"Tabel {number}"
        self.part = 0
        self.columns = range(len(tabel.kolom))
        self.shapes = [book.kinds.get(kolom.jenis, book.plain) for kolom in tabel.kolom]
        self._open()

    def _open(self) -> None:
        self.part += 1
        mark = f" ({self.part})" if self.part > 1 else ""
        self.sheet = self.book.sheet(f"{self.number} {self.name}"[: 31 - len(mark)] + mark)
        for column, kolom in enumerate(self.tabel.kolom):
            self.sheet.set_column(column, column, max(6, kolom.lebar // 5))
            head = f"{kolom.grup}: {kolom.judul}" if kolom.grup else kolom.judul
            self.sheet.write_string(0, column, head, self.book.head)
        self.sheet.freeze_panes(1, 0)
        self.writers = [self._writer(at) for at in self.columns]
        self.row = 1

    def write(self) -> None:
        """All rows, subtotals and the total."""
        for kelompok in self.tabel.kelompok:
            if kelompok.judul:
                self.book.text(self.sheet, self.row, 0, kelompok.judul)
                self.row += 1
            for cells in kelompok.baris:
                self._row(cells)
            if kelompok.judul:
                self._sums(f"Jumlah {kelompok.judul}", kelompok.jumlah)
        self._sums(self.tabel.label_jumlah, self.tabel.jumlah)

    def _row(self, cells: tuple[Sel, ...]) -> None:
        if self.row >= ROWS_A_SHEET:
            self._open()
        row = self.row
        for column, write, shape, cell in zip(
            self.columns, self.writers, self.shapes, cells, strict=True
        ):
            if cell is not None:
                write(row, column, cell, shape)
        self.row += 1

    def _sums(self, label: str, amounts: tuple[Rupiah, ...]) -> None:
        places = self.tabel.dijumlah
        if not places:
            return
        if places[0]:
            self.sheet.write_string(self.row, 0, label, self.book.bold)
        for column, amount in zip(places, amounts, strict=True):
            self._amount(self.row, column, amount, self.book.sum)
        for column, share in self.tabel.persen(amounts).items():
            if share is not None:
                self._percent(self.row, column, share, self.book.share)
        self.row += 1

    def _writer(self, column: int) -> _Write:
        """What writes a cell of this column to the present sheet."""
        kind = self.tabel.kolom[column].jenis
        if kind == "uang":
            return self._amount
        if kind == "persen":
            return self._percent
        if kind == "angka":
            return self.sheet.write_number  # type: ignore[no-any-return]  # it has no types
        if kind == "tanggal":
            return self.sheet.write_datetime  # type: ignore[no-any-return]  # the same
        if has_formula([row[column] for row in self.tabel.baris]):  # type: ignore[misc]  # all text
            return self._text
        return self.sheet.write_string  # type: ignore[no-any-return]  # the same

    def _amount(self, row: int, column: int, amount: Rupiah, shape: Format) -> None:
        sen = amount.sen
        if sen % 100 == 0 and -_EXACT_SEN <= sen <= _EXACT_SEN:
            self.sheet.write_number(row, column, sen // 100, shape)
        elif -_EXACT_SEN <= sen <= _EXACT_SEN:
            self.sheet.write_number(row, column, amount.to_decimal(), shape)
        else:
            self.sheet.write_string(row, column, tampil("uang", amount), shape)

    def _percent(self, row: int, column: int, hundredths: int, shape: Format) -> None:
        self.sheet.write_number(row, column, Decimal(hundredths).scaleb(-4), shape)

    def _text(self, row: int, column: int, value: str, shape: Format) -> None:
        if value.startswith(FORMULA):
            shape = self.book.quoted
        self.sheet.write_string(row, column, value, shape)
