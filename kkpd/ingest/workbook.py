"""XLS, XLSX, XLSB and ODS by calamine: every sheet, dates and numbers typed."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING

from kkpd.domain.errors import TooLarge, Unreadable
from kkpd.ingest.guard import MAX_CELLS, refuse_workbook
from kkpd.ingest.sheet import MAX_COLUMNS, MAX_ROWS, Row, Sheet

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

_DAMAGED = "Lembar kerja rusak atau terpotong. Unduh ulang dari bank lalu unggah lagi."


def sheets(data: bytes) -> list[Sheet]:
    """All sheets that hold cells. Raises Unreadable for damaged files, TooLarge for bombs."""
    if data.startswith(b"PK"):
        refuse_workbook(data)
    found = [_sheet(sheet) for sheet in _open(data) if sheet.height]
    if not found:
        raise Unreadable("Lembar kerja ini tidak berisi apa pun. Unduh ulang dari bank.")
    return found


def _open(data: bytes) -> list[CalamineSheet]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book: CalamineWorkbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        return [book.get_sheet_by_name(name) for name in _tables(book)]
    except (CalamineError, ValueError, OSError, KeyError) as wrong:
        raise Unreadable(_refusal(wrong)) from wrong
    except BaseException as wrong:
        if type(wrong).__name__ == "PanicException":  # Rust's panic is no Exception in Python
            raise Unreadable(_DAMAGED) from wrong
        raise


def _tables(book: CalamineWorkbook) -> list[str]:
    """Worksheets only; a chart has no cells."""
    from python_calamine import SheetTypeEnum

    return [sheet.name for sheet in book.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]


def _refusal(wrong: Exception) -> str:
    if "password" in f"{type(wrong).__name__} {wrong}".casefold():
        return "Berkas dikunci kata sandi. Simpan ulang tanpa kata sandi lalu unggah lagi."
    return _DAMAGED


def _sheet(sheet: CalamineSheet) -> Sheet:
    if sheet.total_width > MAX_COLUMNS:
        raise TooLarge(
            f"Lembar “{sheet.name}” mempunyai {sheet.total_width} kolom, "
            f"paling banyak {MAX_COLUMNS}."
        )
    if sheet.total_height > MAX_ROWS or sheet.total_height * sheet.total_width > MAX_CELLS:
        raise TooLarge(f"Lembar “{sheet.name}” terlalu besar. Bagi tagihan per bulan.")
    table: list[list[object]] = []

    def rows() -> Iterator[Row]:
        if not table:
            table.extend(sheet.to_python(skip_empty_area=False))  # type: ignore[arg-type]  # typed cells
        return iter(table)

    return Sheet(sheet.name, rows)
