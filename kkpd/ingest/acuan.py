"""Reference and budget tables people bring as CSV or XLSX: header by name, errors by row.

Headers are compared without case, spaces and underscores being the same. A missing column is one
sentence that names it; a wrong row is a Finding with its number.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import PurePath
from typing import Final

from kkpd.domain.acuan import BarisAcuan
from kkpd.domain.errors import TooLarge, Unreadable

BATAS_BARIS: Final = 200_000
BATAS_BITA: Final = 64 * 1024 * 1024


def read(
    data: bytes, name: str, wajib: Sequence[str], boleh: Sequence[str] = ()
) -> list[BarisAcuan]:
    """The rows of the table; Unreadable when it is no table or a needed column is missing."""
    if not data.strip():
        raise Unreadable(f"Berkas {name} kosong. Ekspor ulang lalu unggah lagi.")
    if len(data) > BATAS_BITA:
        raise TooLarge(f"Berkas {name} lebih dari 64 MB. Pecah menjadi beberapa berkas.")
    table = _sheet(data, name) if _is_workbook(data, name) else _text(data, name)
    header = next(table, None)
    if header is None:
        raise Unreadable(f"Berkas {name} tidak mempunyai baris judul.")
    columns = [_plain(cell) for cell in header]
    missing = [column for column in wajib if column not in columns]
    if missing:
        raise Unreadable(
            f"Kolom “{missing[0]}” tidak ada dalam {name}. "
            f"Kolom yang diperlukan: {', '.join(wajib)}.",
            field=missing[0],
        )
    wanted = {*wajib, *boleh}
    rows = []
    for number, cells in enumerate(table, 2):
        values = {c: v.strip() for c, v in zip(columns, cells, strict=False) if c in wanted}
        if any(values.values()):
            rows.append(BarisAcuan(number, values))
        if number > BATAS_BARIS:
            raise TooLarge(f"Berkas {name} lebih dari {BATAS_BARIS} baris. Pecah berkasnya.")
    return rows


def _plain(cell: str) -> str:
    return "_".join(cell.strip().casefold().replace("_", " ").split())


def _is_workbook(data: bytes, name: str) -> bool:
    known = PurePath(name).suffix.casefold() in {".xlsx", ".xls"}
    return known or data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0"))


def _text(data: bytes, name: str) -> Iterator[list[str]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(
            f"Berkas {name} bukan teks UTF-8. Simpan sebagai CSV UTF-8 lalu unggah lagi."
        ) from error
    first = text.partition("\n")[0]
    separator = max(",;\t|", key=first.count)
    return iter(csv.reader(io.StringIO(text, newline=""), delimiter=separator))


def _sheet(data: bytes, name: str) -> Iterator[list[str]]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        rows = book.get_sheet_by_index(0).to_python()
    except (CalamineError, OSError, ValueError) as error:
        raise Unreadable(
            f"Berkas {name} bukan buku kerja Excel yang utuh. Buka, simpan ulang, unggah lagi."
        ) from error
    return ([_cell(value) for value in row] for row in rows)


def _cell(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)
