"""A frozen document as a workbook for people: one sheet a table, amounts as numbers, text as text.

Nothing in it is a formula: every text is written as text, and one that a spreadsheet might take for
a formula after editing carries the mark that keeps it text. The file's date is the document's own.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

import xlsxwriter  # type: ignore[import-untyped]  # it ships no types
from xlsxwriter.format import Format  # type: ignore[import-untyped]  # the same
from xlsxwriter.workbook import Workbook  # type: ignore[import-untyped]  # the same
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]  # the same

from kkpd.domain.documents import Dokumen, Paragraf, Rincian, Tabel, TandaTangan, Terbilang
from kkpd.domain.documents.parts import Baris
from kkpd.domain.documents.tampil import tampil
from kkpd.domain.money import Rupiah
from kkpd.domain.tanggal import panjang
from kkpd.reports.csv import FORMULA
from kkpd.reports.xlsx_rows import EXACT_SEN, Rows

#: Sheets hold 1,048,576 rows; a table goes on in another sheet before that.
ROWS_A_SHEET = 1_000_000
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
        self.shapes = [book.kinds.get(kolom.jenis, book.plain) for kolom in tabel.kolom]
        self.rows = Rows(
            tabel.kolom,
            [shape._get_xf_index() for shape in self.shapes],
            book.quoted._get_xf_index(),
        )
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
        self.row = 1

    def write(self) -> None:
        """All rows, subtotals and the total."""
        for kelompok in self.tabel.kelompok:
            if kelompok.judul:
                self.book.text(self.sheet, self.row, 0, kelompok.judul)
                self.row += 1
            self._rows(kelompok.baris)
            if kelompok.judul:
                self._sums(f"Jumlah {kelompok.judul}", kelompok.jumlah)
        self._sums(self.tabel.label_jumlah, self.tabel.jumlah)

    def _rows(self, rows: Sequence[Baris]) -> None:
        """Plain rows, over as many sheets as they need."""
        done = 0
        while done < len(rows):
            if self.row >= ROWS_A_SHEET:
                self._open()
            part = rows[done : done + ROWS_A_SHEET - self.row]
            end = self.row + len(part)
            _raw(self.sheet, self.rows.write(part, self.row + 1), end, len(self.shapes))
            self.row = end
            done += len(part)

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

    def _amount(self, row: int, column: int, amount: Rupiah, shape: Format) -> None:
        sen = amount.sen
        if sen % 100 == 0 and -EXACT_SEN <= sen <= EXACT_SEN:
            self.sheet.write_number(row, column, sen // 100, shape)
        elif -EXACT_SEN <= sen <= EXACT_SEN:
            self.sheet.write_number(row, column, amount.to_decimal(), shape)
        else:
            self.sheet.write_string(row, column, tampil("uang", amount), shape)

    def _percent(self, row: int, column: int, hundredths: int, shape: Format) -> None:
        self.sheet.write_number(row, column, Decimal(hundredths).scaleb(-4), shape)


def _raw(sheet: Worksheet, batches: Iterable[str], end: int, columns: int) -> None:
    """Rows as XML behind what the sheet holds so far; `end` is the next free row, from 0.

    In constant memory xlsxwriter keeps finished rows in a file of its own and one row in hand; this
    finishes that row and goes on in the file. It has no public way (its version is locked).
    """
    sheet._check_dimensions(end - 1, columns - 1)
    sheet._write_single_row(end)
    for batch in batches:
        sheet.fh.write(batch)
