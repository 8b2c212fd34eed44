"""Workbooks saved as one XML page (`SpreadsheetML 2003`), which older portals call `.xls`."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from kkpd.core.errors import TooLarge, Unreadable
from kkpd.engines.reading.guard import refuse_entities
from kkpd.engines.reading.sheet import MAX_COLUMNS, MAX_ROWS, Cell, Row, Sheet

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

#: What the root of such a page names.
MARK = b"urn:schemas-microsoft-com:office:spreadsheet"
_SS = "{urn:schemas-microsoft-com:office:spreadsheet}"
_DAMAGED = "Lembar kerja XML rusak atau terpotong. Unduh ulang dari bank lalu unggah lagi."


def sheets(data: bytes) -> list[Sheet]:
    """All worksheets. Raises Unreadable for damaged or hostile XML, TooLarge for huge tables."""
    from lxml import etree

    refuse_entities(data)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.parse(io.BytesIO(data.lstrip()), parser).getroot()
    except (etree.XMLSyntaxError, ValueError) as wrong:
        raise Unreadable(_DAMAGED) from wrong
    found = [_sheet(one) for one in root.iter(f"{_SS}Worksheet")]
    if not found:
        raise Unreadable("Lembar kerja XML ini tidak berisi apa pun. Unduh ulang dari bank.")
    return found


def _sheet(worksheet: Element) -> Sheet:
    table: list[list[Cell]] = []
    for row in worksheet.iter(f"{_SS}Row"):
        _reach(table, _number(row) or len(table) + 1, MAX_ROWS)
        _fill(row, table[-1])

    def rows() -> Iterator[Row]:
        return iter(table)

    return Sheet(worksheet.get(f"{_SS}Name"), rows)


def _reach(table: list[list[Cell]], number: int, most: int) -> None:
    """Rows that stand empty are rows all the same."""
    if number > most:
        raise TooLarge("Lembar kerja XML ini terlalu panjang. Bagi berkas per bulan.")
    while len(table) < number:
        table.append([])


def _number(element: Element) -> int:
    """The 1-based place that `ss:Index` gives, 0 for the next one."""
    text = element.get(f"{_SS}Index") or ""
    return int(text) if text.isdecimal() and len(text) < 9 else 0


def _fill(row: Element, cells: list[Cell]) -> None:
    for cell in row.iter(f"{_SS}Cell"):
        place = _number(cell) or len(cells) + 1
        if place > MAX_COLUMNS:
            raise TooLarge(f"Lembar kerja XML ini mempunyai lebih dari {MAX_COLUMNS} kolom.")
        cells += [""] * (place - 1 - len(cells))
        cells.append(_value(cell.find(f"{_SS}Data")))


def _value(data: Element | None) -> Cell:
    text = "" if data is None else "".join(str(part) for part in data.itertext()).strip()
    kind = "" if data is None else data.get(f"{_SS}Type")
    if kind == "DateTime":
        try:
            return date.fromisoformat(text[:10])
        except ValueError:
            return text
    if kind == "Number":
        try:
            return float(text)
        except ValueError:
            return text
    return text
