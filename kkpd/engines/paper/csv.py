"""The tables of a frozen document as CSV for machines: RFC 4180, UTF-8 with BOM, exact values.

Amounts are decimals in rupiah (`750000.00`), dates ISO 8601, percentages plain (`45.32`). The first
column of a table with group headings is the group. Totals are left out: they follow from the data.
Several tables follow each other after an empty line, each under its title. Text that a spreadsheet
would run as a formula gets an apostrophe before it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import date
from typing import Any

from kkpd.core.money import Rupiah
from kkpd.engines.paper import FrozenDocument, Table
from kkpd.engines.paper.model import rupiah_text

#: Characters that begin a formula in spreadsheets.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write(dokumen: FrozenDocument) -> bytes:
    """The tables of the document, in order."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    tables = list(dokumen.data_table)
    for number, data_table in enumerate(tables):
        if number:
            writer.writerow([])
        if len(tables) > 1:
            writer.writerow([harmless(data_table.judul or f"Tabel {number + 1}")])
        _table(data_table, writer)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def write_records(heads: Iterable[str], rows: Iterable[Iterable[object]]) -> bytes:
    """Rows under machine names, values as above; for files that a program reads again."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(heads)
    writer.writerows([[_cell(value) for value in row] for row in rows])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _cell(value: object) -> object:
    if isinstance(value, Rupiah):
        return rupiah_text(value)
    if isinstance(value, date):
        return value.isoformat()
    return harmless(value) if isinstance(value, str) else value


def harmless(text: str) -> str:
    """`text`, safe from being taken for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def _table(data_table: Table, writer: Any) -> None:
    """The head, then the rows of each group."""
    grouped = any(kelompok.judul for kelompok in data_table.kelompok)
    heads = [f"{k.grup} {k.judul}".strip() if k.grup else k.judul for k in data_table.kolom]
    writer.writerow([harmless(head) for head in (["Kelompok", *heads] if grouped else heads)])
    spell = [_percent if k.jenis == "persen" else _cell for k in data_table.kolom]
    for kelompok in data_table.kelompok:
        heading = [harmless(kelompok.judul)] if grouped else []
        for row in kelompok.baris:
            writer.writerow([*heading, *(say(v) for say, v in zip(spell, row, strict=True))])


def _percent(hundredths: Any) -> str:
    if hundredths is None:
        return ""
    whole, rest = divmod(abs(hundredths), 100)
    return f"{'-' if hundredths < 0 else ''}{whole}.{rest:02d}"
