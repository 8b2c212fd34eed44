"""CSV: any separator, any of UTF-8, UTF-16 and cp1252, quoted line breaks, title lines above."""

from __future__ import annotations

import _csv
import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator
from itertools import chain, islice

from kkpd.core.errors import TooLarge, Unreadable
from kkpd.engines.reading.formats import csvwrapped
from kkpd.engines.reading.sheet import MAX_COLUMNS, MAX_ROWS, Block, Row, Sheet
from kkpd.engines.reading.text import encoding_of, refuse_binary, refuse_long_lines

_DELIMITERS = ",;\t|^~\x1f\x01§#:"
_SAMPLE_LINES = 200
_CHUNK = 1_024
#: Bytes decoded at once, at first and later.
_FIRST_PIECE, _PIECE = 1 << 15, 1 << 18
_TITLE_ROWS = 1_000


def sheets(data: bytes) -> list[Sheet]:
    """The one table of a CSV file. Raises TooLarge for hostile sizes, Unreadable for no text."""
    refuse_binary(data)
    refuse_long_lines(data)
    if data.count(b"\n") > MAX_ROWS + _TITLE_ROWS:
        raise TooLarge(_too_many())
    data = csvwrapped.unwrapped(data)
    encoding = encoding_of(data)
    sample = _sample(data, encoding)
    delimiter = find_delimiter(sample)
    quoting = _quoting(data, encoding, delimiter)
    formulas = csvwrapped.has_formulas(data)

    def blocks() -> Iterator[Block]:
        found = _blocks(data, encoding, delimiter, quoting)
        return csvwrapped.plain(found) if formulas else found

    def rows() -> Iterator[Row]:
        return chain.from_iterable(block.rows for block in blocks())

    return [Sheet(None, rows, blocks=blocks)]


def find_delimiter(lines: list[str]) -> str:
    """The separator under which most lines have the same number of columns, the more the better."""
    if lines and lines[0].strip().lower().startswith("sep=") and len(lines[0].strip()) == 5:
        return lines[0].strip()[4]
    best, best_score = ",", 0.0
    for delimiter in _DELIMITERS:
        if not any(delimiter in line for line in lines):
            continue
        score = _regularity(lines, delimiter)
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _regularity(lines: list[str], delimiter: str) -> float:
    """The share of lines with the usual width, times the root of that width; 0 for one column."""
    try:
        widths = [_width(row) for row in csv.reader(lines, delimiter=delimiter)]
    except csv.Error:
        return 0.0
    counts = Counter(width for width in widths if width)
    wide = {width: n for width, n in counts.items() if width > 1}
    if not wide:
        return 0.0
    usual = max(wide, key=lambda width: (wide[width] * (width - 1) ** 0.5, width))
    near = sum(n for width, n in wide.items() if abs(width - usual) <= 1)
    weight = 0.25 if delimiter in ":#" else 1.0
    return float(weight * near / sum(counts.values()) * (usual - 1) ** 0.5)


def _width(row: list[str]) -> int:
    return len(row) if any(cell.strip() for cell in row) else 0


def _sample(data: bytes, encoding: str) -> list[str]:
    lines = io.TextIOWrapper(io.BytesIO(data[: 1 << 20]), encoding, errors="replace", newline=None)
    return [line for line, _ in zip(lines, range(_SAMPLE_LINES), strict=False) if line.strip()]


def _quoting(data: bytes, encoding: str, delimiter: str) -> bool:
    """Whether quote marks mean anything: there are any, and none swallows whole rows."""
    if b'"' not in data:
        return False
    reader = _reader(data, encoding, delimiter)
    lines = 0
    while chunk := _chunk(reader):
        longer, lines = reader.line_num - lines > len(chunk), reader.line_num
        if longer and any(_swallows_rows(row, delimiter) for row in chunk):
            return False
    return True


def _swallows_rows(row: list[str], delimiter: str) -> bool:
    """Whether a cell holds line breaks with whole rows behind them."""
    width = len(row)
    return width > 2 and any(
        line.count(delimiter) >= width - 1
        for cell in row
        if "\n" in cell
        for line in cell.splitlines()[1:]
    )


def _blocks(data: bytes, encoding: str, delimiter: str, quoting: bool) -> Iterator[Block]:
    blocks = _quoted(data, encoding, delimiter) if quoting else _plain(data, encoding, delimiter)
    number = 0
    for block in blocks:
        _refuse_shape(number, block)
        number += block.size
        yield block


def _reader(data: bytes, encoding: str, delimiter: str) -> _csv.Reader:
    text = io.TextIOWrapper(io.BytesIO(data), encoding, errors="replace", newline="")
    return csv.reader(text, delimiter=delimiter)


def _chunk(reader: _csv.Reader) -> list[list[str]]:
    try:
        return list(islice(reader, _CHUNK))
    except csv.Error as wrong:
        raise Unreadable(
            f"Baris {reader.line_num} tidak terbaca sebagai CSV: "
            "ada kolom yang terlalu panjang atau tanda kutip yang tidak ditutup."
        ) from wrong


def _quoted(data: bytes, encoding: str, delimiter: str) -> Iterator[Block]:
    reader = _reader(data, encoding, delimiter)
    while chunk := _chunk(reader):
        yield Block.of(chunk)


def _plain(data: bytes, encoding: str, delimiter: str) -> Iterator[Block]:
    """Without quotes a row is a line cut at its separators, many times as quick."""
    for lines in _whole_lines(data, encoding):
        yield _regular(lines, delimiter) or Block.of(
            [line.split(delimiter) for line in lines[:-1].split("\n")]
        )


def _regular(lines: str, delimiter: str) -> Block | None:
    """Lines of one width, cut all at once; None where one has more or fewer cells."""
    width = lines.count(delimiter, 0, lines.index("\n")) + 1
    size = lines.count("\n")
    cells = lines.replace("\n", f"{delimiter}\n{delimiter}").split(delimiter)
    del cells[-1]
    if len(cells) != size * (width + 1) or cells[width :: width + 1].count("\n") != size:
        return None
    return Block([cells[index :: width + 1] for index in range(width)], size)


def _whole_lines(data: bytes, encoding: str) -> Iterator[str]:
    """The text in pieces that end with a line, first small ones: often only the head is wanted."""
    decoder = io.IncrementalNewlineDecoder(
        codecs.getincrementaldecoder(encoding)("replace"), translate=True
    )
    view, start, step, rest = memoryview(data), 0, _FIRST_PIECE, ""
    while start < len(data):
        text = rest + decoder.decode(view[start : start + step], final=start + step >= len(data))
        start, step = start + step, min(2 * step, _PIECE)
        end = text.rfind("\n") + 1
        if end:
            yield text[:end]
        rest = text[end:]
    if rest:
        yield rest + "\n"


def _refuse_shape(number: int, block: Block) -> None:
    if len(block.columns) > MAX_COLUMNS:
        widest = len(block.columns)
        position = next(i for i, row in enumerate(block.rows) if len(row) == widest)
        raise TooLarge(
            f"Baris {number + position + 1} mempunyai {widest} kolom, paling banyak {MAX_COLUMNS}. "
            "Unduh ulang berkas dari bank."
        )
    if number + block.size > MAX_ROWS:
        raise TooLarge(_too_many())


def _too_many() -> str:
    limit = f"{MAX_ROWS:,}".replace(",", ".")
    return f"Berkas lebih dari {limit} baris. Bagi berkas per bulan."
