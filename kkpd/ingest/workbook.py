"""XLS, XLSX, XLSB and ODS by calamine: every sheet, dates and numbers typed."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING

from kkpd.domain.errors import TooLarge, Unreadable
from kkpd.ingest.guard import workbook_names
from kkpd.ingest.sheet import MAX_COLUMNS, MAX_ROWS, Row, Sheet

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

_DAMAGED = "Lembar kerja rusak atau terpotong. Unduh ulang dari bank lalu unggah lagi."


def sheets(data: bytes) -> list[Sheet]:
    """All sheets that hold cells. Raises Unreadable for damaged files, TooLarge for bombs."""
    from python_calamine import CalamineError, CalamineWorkbook

    if data.startswith(b"PK"):
        workbook_names(data)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        names = book.sheet_names
        found = [_sheet(book, name) for name in names]
    except (CalamineError, ValueError, OSError, KeyError) as wrong:
        raise Unreadable(_refusal(wrong)) from wrong
    return [sheet for sheet in found if sheet is not None]


def _refusal(wrong: Exception) -> str:
    if "password" in str(wrong).lower():
        return "Berkas dikunci kata sandi. Simpan ulang tanpa kata sandi lalu unggah lagi."
    return _DAMAGED


def _sheet(book: CalamineWorkbook, name: str) -> Sheet | None:
    sheet = book.get_sheet_by_name(name)
    if not sheet.height:
        return None
    if sheet.total_width > MAX_COLUMNS:
        raise TooLarge(
            f"Lembar “{name}” mempunyai {sheet.total_width} kolom, paling banyak {MAX_COLUMNS}."
        )
    if sheet.total_height > MAX_ROWS:
        raise TooLarge(f"Lembar “{name}” terlalu panjang. Bagi tagihan per bulan.")

    def rows() -> Iterator[Row]:
        return iter(sheet.to_python(skip_empty_area=False))

    return Sheet(name, rows)
