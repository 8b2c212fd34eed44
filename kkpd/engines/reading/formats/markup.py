"""Workbooks saved as markup: HTML tables, and `SpreadsheetML 2003`, which portals call `.xls`."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING

from kkpd.core.errors import TooLarge, Unreadable
from kkpd.engines.reading.guard import decode, refuse_entities, refuse_long_lines
from kkpd.engines.reading.statement import MAX_COLUMNS, MAX_ROWS, Cell, Sheet

if TYPE_CHECKING:
    from lxml.etree import _Element as Element
    from lxml.html import HtmlElement


def html_sheets(data: bytes) -> list[Sheet]:
    """Each table of the page with more than one row. Raises Unreadable when there is none."""
    from lxml import etree, html

    refuse_long_lines(data)
    parser = html.HTMLParser(no_network=True, huge_tree=False, encoding="utf-8")
    try:
        page = html.fromstring(decode(data).encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as wrong:
        raise Unreadable("Halaman web ini tidak terbaca. Unduh ulang dari bank.") from wrong
    found = []
    for number, table in enumerate(page.iter("table"), start=1):
        rows = _html_rows(table)
        if len(rows) > 1:
            found.append(_html_sheet(f"tabel {number}", rows))
    if not found:
        raise Unreadable("Halaman web ini tidak memuat tabel transaksi. Unduh CSV atau XLSX.")
    return found


def _html_rows(table: HtmlElement) -> list[list[str]]:
    """The rows of a table; a spanning cell stands in its first place, the others are empty."""
    rows: list[list[str]] = []
    covered: dict[int, int] = {}
    for row in table.iter("tr"):
        if next(row.iterancestors("table")) is not table:
            continue
        texts: list[str] = []
        for cell in islice(row.iterchildren("td", "th"), MAX_COLUMNS + 1):
            _pass_covered(texts, covered)
            wide, high = (_span(cell, name) for name in ("colspan", "rowspan"))
            if high > 1:
                covered |= dict.fromkeys(range(len(texts), len(texts) + wide), high)
            nested = next(cell.iterdescendants("table"), None) is not None
            text = "" if nested else " ".join(cell.text_content().split())
            texts += [text, *[""] * min(wide - 1, MAX_COLUMNS + 1 - len(texts))]
        _pass_covered(texts, covered)
        while texts and not texts[-1]:
            texts.pop()
        covered = {at: left - 1 for at, left in covered.items() if left > 1}
        rows.append(texts)
    return rows


def _pass_covered(texts: list[str], covered: Mapping[int, int]) -> None:
    """Columns that a cell of a row above still covers are empty here."""
    while len(texts) in covered:
        texts.append("")


def _span(cell: HtmlElement, name: str) -> int:
    text = cell.get(name) or ""
    return max(1, min(int(text), MAX_COLUMNS)) if text.isdecimal() and len(text) < 9 else 1


def _html_sheet(name: str, table: list[list[str]]) -> Sheet:
    if len(table) > MAX_ROWS or max(map(len, table)) > MAX_COLUMNS:
        raise TooLarge(f"Tabel “{name}” terlalu besar. Bagi tagihan per bulan.")
    return Sheet.of(name, table)


#: What the root of such a page names.
XML_MARK = b"urn:schemas-microsoft-com:office:spreadsheet"
_SS = "{urn:schemas-microsoft-com:office:spreadsheet}"
_DAMAGED = "Lembar kerja XML rusak atau terpotong. Unduh ulang dari bank lalu unggah lagi."


def xml_sheets(data: bytes) -> list[Sheet]:
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
    return Sheet.of(worksheet.get(f"{_SS}Name"), table)


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
