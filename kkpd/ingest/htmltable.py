"""Pages saved as `.xls`: some bank portals export an HTML table under a workbook's name."""

from __future__ import annotations

from collections.abc import Iterator

from kkpd.domain.errors import TooLarge, Unreadable
from kkpd.ingest.sheet import MAX_COLUMNS, MAX_ROWS, Row, Sheet
from kkpd.ingest.text import decode, refuse_long_lines


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
        rows = [
            [" ".join(cell.text_content().split()) for cell in row.iter("td", "th")]
            for row in table.iter("tr")
        ]
        if len(rows) > 1:
            found.append(_sheet(f"tabel {number}", rows))
    if not found:
        raise Unreadable("Halaman web ini tidak memuat tabel transaksi. Unduh CSV atau XLSX.")
    return found


def _sheet(name: str, table: list[list[str]]) -> Sheet:
    if len(table) > MAX_ROWS or max(map(len, table)) > MAX_COLUMNS:
        raise TooLarge(f"Tabel “{name}” terlalu besar. Bagi tagihan per bulan.")

    def rows() -> Iterator[Row]:
        return iter(table)

    return Sheet(name, rows)
