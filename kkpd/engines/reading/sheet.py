"""The common form of every table: sheets of rows of cells, readable more than once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, zip_longest

from kkpd.core.errors import Finding

#: A cell is text from CSV and PDF; a spreadsheet also gives numbers, dates and truth values.
Cell = object
Row = Sequence[Cell]

#: More rows than this in one file are refused.
MAX_ROWS = 2_000_000
#: More columns than this are no bank table.
MAX_COLUMNS = 400
#: Rows turned at once where a format is not read by column.
BLOCK = 2_048


class Block:
    """Some rows of a sheet by column, all columns of one length; the rows when someone asks."""

    def __init__(self, columns: Sequence[Sequence[Cell]], size: int) -> None:
        self.columns, self.size = columns, size
        self._rows: Sequence[Row] | None = None

    @classmethod
    def of(cls, rows: Sequence[Row]) -> Block:
        """Rows of any width; what the shorter ones lack is empty."""
        made = cls(list(zip_longest(*rows, fillvalue="")), len(rows))
        made._rows = rows
        return made

    @property
    def rows(self) -> Sequence[Row]:
        """The rows as they stand in the file."""
        if self._rows is None:
            self._rows = list(zip(*self.columns, strict=True))
        return self._rows


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table: `rows()` starts from the first row each time; row numbers begin at 1.

    `pages` names the page of every row of a PDF; elsewhere all rows stand under `name`. `blocks`
    is the same by column, where a format can be read so. `remarks` are what its reader has to
    tell, `repeated` the numbers of rows that a page prints because the one before it did.
    """

    name: str | None
    rows: Callable[[], Iterator[Row]]
    pages: Sequence[str] = ()
    blocks: Callable[[], Iterator[Block]] | None = None
    hidden: bool = False
    remarks: Sequence[Finding] = ()
    repeated: Collection[int] = ()
    telling: Collection[int] = ()
    later: int = 0

    def below(self, first: int) -> Iterator[Block]:
        """All rows from the 0-based row `first` on, by column."""
        if self.blocks is None:
            rows = islice(self.rows(), first, None)
            while some := list(islice(rows, BLOCK)):
                yield Block.of(some)
            return
        for block in self.blocks():
            if first < block.size:
                yield Block.of(block.rows[first:]) if first else block
            first = max(first - block.size, 0)

    def label(self, number: int) -> str | None:
        """The sheet or page on which row `number` stands."""
        return self.pages[number - 1] if self.pages else self.name

    def labels(self, number: int, count: int) -> Sequence[str | None]:
        """The sheet or page of `count` rows from row `number` on."""
        return self.pages[number - 1 : number - 1 + count] or [self.name] * count


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
