"""Pages saved as `.xls`: some bank portals export an HTML table under a workbook's name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING

from kkpd.core.errors import TooLarge, Unreadable
from kkpd.engines.reading.sheet import MAX_COLUMNS, MAX_ROWS, Row, Sheet
from kkpd.engines.reading.text import decode, refuse_long_lines

if TYPE_CHECKING:
    from lxml.html import HtmlElement


def sheets(data: bytes) -> list[Sheet]:
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
        rows = _rows(table)
        if len(rows) > 1:
            found.append(_sheet(f"tabel {number}", rows))
    if not found:
        raise Unreadable("Halaman web ini tidak memuat tabel transaksi. Unduh CSV atau XLSX.")
    return found


def _rows(table: HtmlElement) -> list[list[str]]:
    """The rows of a table; a cell over several rows or columns stands in the first, the others of
    its columns are empty.

    Rows of a table within a cell are that table's own.
    """
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


def _sheet(name: str, table: list[list[str]]) -> Sheet:
    if len(table) > MAX_ROWS or max(map(len, table)) > MAX_COLUMNS:
        raise TooLarge(f"Tabel “{name}” terlalu besar. Bagi tagihan per bulan.")

    def rows() -> Iterator[Row]:
        return iter(table)

    return Sheet(name, rows)
