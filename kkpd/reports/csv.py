"""The tables of a frozen document as CSV for machines: RFC 4180, UTF-8 with BOM, exact values.

Amounts are decimals in rupiah (`750000.00`), dates ISO 8601, percentages plain (`45.32`). The first
column of a table with group headings is the group. Totals are not repeated: they are in the data.
Several tables follow each other after an empty line, each under its title. Text that a spreadsheet
would run as a formula gets an apostrophe before it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from kkpd.domain.documents import Dokumen, Tabel
from kkpd.domain.documents.codec import rupiah_text

#: What a spreadsheet may take for the beginning of a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write(dokumen: Dokumen) -> bytes:
    """The tables of the document, in order."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    tables = list(dokumen.tabel)
    for number, tabel in enumerate(tables):
        if number:
            writer.writerow([])
        if len(tables) > 1:
            writer.writerow([harmless(tabel.judul or f"Tabel {number + 1}")])
        writer.writerows(_rows(tabel))
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def harmless(text: str) -> str:
    """`text` that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def _rows(tabel: Tabel) -> Iterator[list[str]]:
    grouped = any(kelompok.judul for kelompok in tabel.kelompok)
    heads = [f"{k.grup} {k.judul}".strip() if k.grup else k.judul for k in tabel.kolom]
    yield [harmless(head) for head in (["Kelompok", *heads] if grouped else heads)]
    spell = [_SPELL[k.jenis] for k in tabel.kolom]
    for kelompok in tabel.kelompok:
        before = [harmless(kelompok.judul)] if grouped else []
        for row in kelompok.baris:
            yield before + [
                "" if cell is None else write(cell) for write, cell in zip(spell, row, strict=True)
            ]


def _percent(hundredths: int) -> str:
    whole, rest = divmod(abs(hundredths), 100)
    return f"{'-' if hundredths < 0 else ''}{whole}.{rest:02d}"


_SPELL: dict[str, Callable[[Any], str]] = {
    "teks": harmless, "kode": harmless, "angka": str, "persen": _percent,
    "tanggal": date.isoformat, "uang": rupiah_text,
}  # fmt: skip
