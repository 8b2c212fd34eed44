"""Text laid out in columns by blanks alone: cells stand under their titles, as on a PDF page."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kkpd.engines.reading.pdf.table import under_titles
from kkpd.engines.reading.pdf.words import TextCell, TextLine
from kkpd.engines.reading.sheet import Row, Sheet
from kkpd.engines.reading.text import decode

#: A file of more lines is read as separated values or not at all.
MAX_LINES = 200_000
_CELL = re.compile(r"\S+(?: \S+)*")


def sheets(data: bytes) -> list[Sheet]:
    """The text as one table; rows without columns stay one cell. Empty for a file too long."""
    text = decode(data).expandtabs(8)
    rows = text.splitlines()
    if len(rows) > MAX_LINES:
        return []
    table = under_titles([_line(number, row) for number, row in enumerate(rows)])

    def read() -> Iterator[Row]:
        return iter(table)

    return [Sheet(None, read)]


def _line(number: int, row: str) -> TextLine:
    """The cells of a line: texts parted by two blanks or more; one character is one unit wide."""
    found = _CELL.finditer(row)
    cells = tuple(TextCell(one[0], float(one.start()), float(one.end())) for one in found)
    return TextLine(1, float(number), 1.0, cells)
