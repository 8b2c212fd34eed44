"""PDF bills with a text layer: the lines of all pages laid under the titles of one table."""

from __future__ import annotations

import io
import re
import struct
import zlib
from collections.abc import Iterator, Sequence

from kkpd.domain.errors import TooLarge, Unreadable
from kkpd.ingest import dates, layout
from kkpd.ingest.pdfwords import Cell, Line, is_money, lines
from kkpd.ingest.profile import get_profile
from kkpd.ingest.sheet import Row, Sheet

#: Longer documents are no card bill.
MAX_PAGES = 400
#: The largest that all compressed parts of a document may become.
MAX_UNPACKED = 200 * 1024 * 1024
_STREAM = re.compile(rb"stream\r?\n")
_DAMAGED = "PDF rusak atau terkunci. Unduh ulang dari bank lalu unggah lagi."
_SCANNED = (
    "PDF ini hasil pindai: tidak ada teks di dalamnya. Minta berkas asli dari bank "
    "(PDF teks, XLSX atau CSV)."
)


def sheets(data: bytes) -> list[Sheet]:
    """The whole document as one table. Raises Unreadable for scans and damaged files."""
    refuse_bombs(data)
    found = _read(data)
    if not any(line.cells for line in found):
        raise Unreadable(_SCANNED)
    table = _table(found)
    pages = [f"hal. {line.page}" for line in found]

    def rows() -> Iterator[Row]:
        return iter(table)

    return [Sheet(None, rows, pages)]


def refuse_bombs(data: bytes) -> None:
    """Unpack every compressed part once, only to count it."""
    unpacked = 0
    for found in _STREAM.finditer(data):
        unpacker = zlib.decompressobj()
        part = memoryview(data)[found.end() :]
        try:
            size = len(unpacker.decompress(part, MAX_UNPACKED - unpacked + 1))
        except zlib.error:
            continue  # not deflated, so it cannot grow
        unpacked += size
        if unpacked > MAX_UNPACKED:
            raise TooLarge("Isi PDF mengembang tidak wajar. Ini bukan berkas dari bank.")


def _read(data: bytes) -> list[Line]:
    import pdfplumber
    from pdfminer.psexceptions import PSException
    from pdfplumber.utils.exceptions import MalformedPDFException, PdfminerException

    try:
        with pdfplumber.open(io.BytesIO(data)) as document:
            if len(document.pages) > MAX_PAGES:
                raise TooLarge(f"PDF lebih dari {MAX_PAGES} halaman. Bagi tagihan per bulan.")
            found: list[Line] = []
            for number, page in enumerate(document.pages, start=1):
                found += lines(number, page.extract_words(x_tolerance=2))
                page.close()
            return found
    except (
        *(PSException, PdfminerException, MalformedPDFException, struct.error, zlib.error),
        *(ValueError, TypeError, LookupError, AttributeError, AssertionError, ArithmeticError),
        *(RecursionError, EOFError, OSError, StopIteration, NotImplementedError),
    ) as wrong:  # what pdfminer raises on damaged files, found by fuzzing
        raise Unreadable(_DAMAGED) from wrong


def _table(found: Sequence[Line]) -> list[list[str]]:
    """Rows under the best header; without one, date, text and amount of each line."""
    header = _header(found)
    if header is None:
        return [_plain_row(line) for line in found]
    first, titles = header
    table = [line.texts for line in found[:first]]
    table.append([title.text for title in titles])
    table += [_under(line, titles) for line in found[first + 1 :]]
    _join_continued(found, table, first, titles)
    return table


def _header(found: Sequence[Line]) -> tuple[int, list[Cell]] | None:
    """The line, alone or with the one below, whose titles name most columns of a bill."""
    best: tuple[int, int, list[Cell]] | None = None
    for index, line in enumerate(found):
        below = found[index + 1] if index + 1 < len(found) else None
        choices = [list(line.cells)]
        if below is not None and below.page == line.page and below.top - line.top < 2 * line.size:
            choices.append(_stack(line.cells, below.cells))
        for titles in choices:
            roles = layout.assign([title.text for title in titles], [], get_profile("umum"))
            if not layout.complete(roles) or any(map(_is_value, titles)):
                continue
            if best is None or len(roles) > best[0]:
                best = (len(roles), index, titles)
    return None if best is None else best[1:]


def _is_value(cell: Cell) -> bool:
    return dates.looks_like_date(cell.text) or is_money(cell.text)


def _stack(upper: Sequence[Cell], lower: Sequence[Cell]) -> list[Cell]:
    """Two title lines as one: words over each other are one title."""
    titles = list(upper)
    for cell in lower:
        index = _place(cell, titles)
        over = titles[index]
        if min(over.right, cell.right) > max(over.left, cell.left):
            titles[index] = Cell(
                f"{over.text} {cell.text}", min(over.left, cell.left), max(over.right, cell.right)
            )
        else:
            titles.append(cell)
    return sorted(titles, key=lambda title: title.left)


def _place(cell: Cell, titles: Sequence[Cell]) -> int:
    """The title that overlaps a cell most, else the nearest."""

    def nearness(index: int) -> float:
        title = titles[index]
        return min(title.right, cell.right) - max(title.left, cell.left)

    return max(range(len(titles)), key=nearness)


def _under(line: Line, titles: Sequence[Cell]) -> list[str]:
    row = [""] * len(titles)
    for cell in line.cells:
        index = _place(cell, titles)
        row[index] = f"{row[index]} {cell.text}".strip()
    return row


def _plain_row(line: Line) -> list[str]:
    """A line that begins with a date and ends with an amount as a row, others as one text."""
    texts = line.texts
    days = [text for text in texts[:2] if dates.looks_like_date(text)]
    if days and len(texts) > len(days) and is_money(texts[-1]):
        return [days[0], days[-1], " ".join(texts[len(days) : -1]), texts[-1]]
    return [": ".join(texts)]


def _join_continued(
    found: Sequence[Line], table: list[list[str]], first: int, titles: Sequence[Cell]
) -> None:
    """A line with nothing but text under the description goes on with the one above it."""
    roles = layout.assign([title.text for title in titles], [], get_profile("umum"))
    column = roles.get("description", roles.get("merchant"))
    if column is None:
        return
    owner = -1
    for index in range(first + 1, len(found)):
        line, above, row = found[index], found[index - 1], table[index]
        if any(_is_value(cell) for cell in line.cells):
            owner = index if dates.looks_like_date(row[0]) else -1
            continue
        follows = line.page == above.page and line.top - above.top < 1.8 * line.size
        if owner >= 0 and follows and [i for i, text in enumerate(row) if text] == [column]:
            table[owner][column] = f"{table[owner][column]} {row[column]}".strip()
        else:
            owner = -1
