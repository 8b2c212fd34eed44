"""XLS and XLSX by calamine: every sheet, dates and numbers typed."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from kkpd.core.errors import TooLarge, Unreadable
from kkpd.engines.reading.guard import MAX_CELLS, refuse_workbook
from kkpd.engines.reading.statement import MAX_COLUMNS, MAX_ROWS, Row, Sheet

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

#: Days between the two beginnings of a workbook's calendar.
_LATER = 1462
_COUNTS_1904 = re.compile(rb"<workbookPr[^>]*\sdate1904\s*=\s*[\"'](?:1|true)")
_DAMAGED = "Lembar kerja rusak atau terpotong. Unduh ulang dari bank lalu unggah lagi."


def sheets(data: bytes) -> list[Sheet]:
    """All sheets that hold cells. Raises Unreadable for damaged files, TooLarge for bombs."""
    found = filled(data)
    if not found:
        raise Unreadable("Lembar kerja ini tidak berisi apa pun. Unduh ulang dari bank.")
    return found


def filled(data: bytes) -> list[Sheet]:
    """As `sheets`, and none for an empty workbook."""
    later = 0
    if data.startswith(b"PK"):  # an old one cannot be counted first: its process is bounded
        refuse_workbook(data)
        later = _LATER if _from_1904(data) else 0
    return [_sheet(sheet, hidden, later) for sheet, hidden in _open(data) if sheet.height]


def _from_1904(data: bytes) -> bool:
    """Whether days are counted from 1904; of cells shown as dates calamine knows it by itself."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = [name for name in archive.namelist() if name.lower() == "xl/workbook.xml"]
            return any(_COUNTS_1904.search(archive.read(name)) for name in names)
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, RuntimeError) as wrong:
        raise Unreadable(_DAMAGED) from wrong


def _open(data: bytes) -> list[tuple[CalamineSheet, bool]]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book: CalamineWorkbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        return [(book.get_sheet_by_name(name), hidden) for name, hidden in _tables(book)]
    except (CalamineError, ValueError, OSError, KeyError) as wrong:
        raise Unreadable(_refusal(f"{type(wrong).__name__} {wrong}")) from wrong
    except BaseException as wrong:
        if type(wrong).__name__ == "PanicException":  # Rust's panic is no Exception in Python
            raise Unreadable(_DAMAGED) from wrong
        raise


def _tables(book: CalamineWorkbook) -> list[tuple[str, bool]]:
    """Worksheets only (a chart has no cells), and which of them are hidden."""
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    return [
        (sheet.name, sheet.visible != SheetVisibleEnum.Visible)
        for sheet in book.sheets_metadata
        if sheet.typ == SheetTypeEnum.WorkSheet
    ]


def _refusal(said: str) -> str:
    if "password" in said.casefold():
        return "Berkas dikunci kata sandi. Simpan ulang tanpa kata sandi lalu unggah lagi."
    return _DAMAGED


def _sheet(sheet: CalamineSheet, hidden: bool, later: int) -> Sheet:
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

    return Sheet(sheet.name, rows, hidden=hidden, later=later)
