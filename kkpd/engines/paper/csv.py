"""The tables of a frozen document as CSV for machines: RFC 4180, UTF-8 with BOM, exact values.

Amounts are decimals in rupiah (`750000.00`), dates ISO 8601, percentages plain (`45.32`). The first
column of a table with group headings is the group. Totals are left out: they follow from the data.
Several tables follow each other after an empty line, each under its title. Text that a spreadsheet
would run as a formula gets an apostrophe before it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from datetime import date
from itertools import repeat
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
        _table(data_table, writer, out)
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


Column = tuple[Any, ...]


def harmless(text: str) -> str:
    """`text`, safe from being taken for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def has_formula(texts: Iterable[str | None]) -> bool:
    """Whether one of these texts begins as a formula."""
    return not {text[0] for text in texts if text}.isdisjoint(FORMULA)


def _table(data_table: Table, writer: Any, out: io.StringIO) -> None:
    """The head, then the rows of each group."""
    grouped = any(kelompok.judul for kelompok in data_table.kelompok)
    heads = [f"{k.grup} {k.judul}".strip() if k.grup else k.judul for k in data_table.kolom]
    writer.writerow([harmless(head) for head in (["Kelompok", *heads] if grouped else heads)])
    for kelompok in data_table.kelompok:
        if not kelompok.baris:
            continue
        columns = [
            _SPELL[k.jenis](column)
            for k, column in zip(data_table.kolom, zip(*kelompok.baris, strict=True), strict=True)
        ]
        if grouped:
            (heading,) = _texts((kelompok.judul,))
            columns.insert(0, repeat(heading, len(kelompok.baris)))
        if len(columns) == 1:  # a single empty value must be quoted to be a row
            columns = [[value or '""' for value in columns[0]]]
        out.write("\r\n".join(map(",".join, zip(*columns, strict=True))) + "\r\n")


#: The text of the sen by their number, looked up instead of formatted.
_SEN = tuple(f".{sen:02d}" for sen in range(100))

# By whole columns: decisions are made once per column, and rows are only joined.


def _texts(column: Column) -> Iterable[str]:
    """Safe, and quoted where a comma or a quote requires it (texts have no line breaks)."""
    texts = [value or "" for value in column]
    if has_formula(texts):
        texts = [harmless(value) for value in texts]
    joined = "".join(texts)
    if '"' in joined:
        texts = [value.replace('"', '""') for value in texts]
    if '"' in joined or "," in joined:
        return [f'"{value}"' if "," in value or '"' in value else value for value in texts]
    return texts


def _amounts(column: Column) -> Iterable[str]:
    return [
        ""
        if value is None
        else f"{sen // 100}{_SEN[sen % 100]}"
        if (sen := value.sen) >= 0
        else rupiah_text(value)
        for value in column
    ]


def _days(column: Column) -> Iterable[str]:
    spelt = {day: "" if day is None else day.isoformat() for day in {*column}}
    return map(spelt.__getitem__, column)


def _percents(column: Column) -> Iterable[str]:
    return ["" if value is None else _percent(value) for value in column]


def _counts(column: Column) -> Iterable[str]:
    return ["" if value is None else str(value) for value in column]


def _percent(hundredths: int) -> str:
    whole, rest = divmod(abs(hundredths), 100)
    return f"{'-' if hundredths < 0 else ''}{whole}.{rest:02d}"


_SPELL: dict[str, Callable[[Column], Iterable[str]]] = {
    "teks": _texts, "kode": _texts, "angka": _counts, "persen": _percents, "tanggal": _days,
    "uang": _amounts,
}  # fmt: skip
