"""The common form of every table: sheets of rows of cells, readable more than once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from kkpd.core.errors import Finding

#: A cell is text from CSV and PDF; a spreadsheet also gives numbers, dates and truth values.
Cell = object
Row = Sequence[Cell]

#: More rows than this in one file are refused.
MAX_ROWS = 2_000_000
#: More columns than this are no bank table.
MAX_COLUMNS = 400


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table: `rows()` starts from the first row each time; row numbers begin at 1.

    `pages` names the page of every row of a PDF; elsewhere all rows stand under `name`. `remarks`
    are what its reader has to tell, `repeated` the rows that a page prints because the one before
    it did, `telling` those printed with a date and an amount. Serial dates count `later` days more.
    """

    name: str | None
    rows: Callable[[], Iterator[Row]]
    pages: Sequence[str] = ()
    hidden: bool = False
    remarks: Sequence[Finding] = ()
    repeated: Collection[int] = ()
    telling: Collection[int] = ()
    later: int = 0

    @classmethod
    def of(cls, name: str | None, table: Sequence[Row], hidden: bool = False) -> Sheet:
        """A table that is held whole."""
        return cls(name, lambda: iter(table), hidden=hidden)

    def label(self, number: int) -> str | None:
        """The sheet or page on which row `number` stands."""
        return self.pages[number - 1] if self.pages else self.name


def text_of(cell: Cell) -> str:
    """A cell as text for people and comparisons: whole numbers without `.0`, dates as ISO."""
    if isinstance(cell, str):
        return cell
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e19:
        return str(int(cell))
    return str(cell)


def row_text(row: Row) -> str:
    """The cells of a row that hold something, for a skipped row."""
    return " | ".join(filter(None, (text_of(cell).strip() for cell in row)))
