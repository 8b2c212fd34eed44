"""Tables of web pages with cells over several rows, formulas without values, days from 1904."""

from __future__ import annotations

import io
from decimal import Decimal

import pytest
import xlsxwriter  # type: ignore[import-untyped]  # the library ships no types

from kkpd.core.errors import DomainError, Unreadable
from kkpd.engines.reading import parse

_TABLE = """<table>
<tr><th rowspan=2>No</th><th colspan=2>Tanggal</th><th rowspan=2>Merchant</th>
<th rowspan=2>Jumlah</th></tr>
<tr><th>Transaksi</th><th>Pembukuan</th></tr>
<tr><td>1</td><td rowspan=2>13/01/2026</td><td rowspan=2>14/01/2026</td>
<td>A</td><td>10,50</td></tr>
<tr><td>2</td><td>B</td><td>20,25</td></tr>
<tr><td colspan=4>Total</td><td>30,75</td></tr>
</table>"""


@pytest.mark.parametrize(
    "page", [_TABLE, f"<html><table><tr><td>Menu<td>x<tr><td colspan=9>{_TABLE}</table></html>"]
)
def test_cells_over_rows_and_columns(page: str) -> None:
    """A table within a cell of another is read once."""
    read = parse(page.encode())
    found = [(str(one.posting_date), one.merchant, one.amount) for one in read.lines]
    assert found == [("2026-01-14", "A", Decimal("10.50")), ("2026-01-14", "B", Decimal("20.25"))]
    assert "total" in [one.reason for one in read.skipped]
    assert not read.questions


def test_a_cell_over_a_million_columns_is_no_harm() -> None:
    page = "<table>" + "<tr><td colspan=999999 rowspan=999999>x</td></tr>" * 50 + "</table>"
    with pytest.raises(DomainError):
        parse(page.encode())


@pytest.mark.parametrize(("every", "right"), [(1, False), (9, True)])
def test_formulas_that_were_never_calculated(every: int, right: bool) -> None:
    """A whole column of them is refused, since the net amounts would be read in its place."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["Date", "Merchant", "Net", "Total Amount"])
    for row in range(2, 11):
        sheet.write_row(row - 1, 0, [f"2026-01-{row}", "A", row, row * 2])
        if row % every == 0:
            sheet.write_formula(row - 1, 3, f"=C{row}*2", value="")
    book.close()
    if right:
        assert len(parse(file.getvalue()).lines) >= 8
        return
    with pytest.raises(Unreadable, match="Kolom D berisi rumus"):
        parse(file.getvalue())


@pytest.mark.parametrize("shown", ["General", "dd/mm/yyyy"])
def test_days_counted_from_1904(shown: str) -> None:
    """Also where the cells are plain numbers."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "date_1904": True})
    sheet, day = book.add_worksheet(), book.add_format({"num_format": shown})
    sheet.write_row(0, 0, ["Tanggal", "Merchant", "Jumlah"])
    for row in (1, 2, 3):
        sheet.write_number(row, 0, 44_570 + row, day)
        sheet.write_row(row, 1, ["A", row + 0.5])
    book.close()
    days = [str(line.transaction_date) for line in parse(file.getvalue()).lines]
    assert days == ["2026-01-11", "2026-01-12", "2026-01-13"]
