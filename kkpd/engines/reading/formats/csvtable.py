"""CSV: any separator, any of UTF-8, UTF-16 and cp1252, quoted line breaks, title lines above.

Also CSV that was quoted once too often: whole lines as one cell, or each cell as `="text"`.
"""

from __future__ import annotations

import _csv
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from kkpd.core.errors import TooLarge, Unreadable
from kkpd.engines.reading.guard import (
    decode,
    encoding_of,
    refuse_binary,
    refuse_long_lines,
)
from kkpd.engines.reading.statement import MAX_COLUMNS, MAX_ROWS, Row, Sheet

_DELIMITERS = ",;\t|^~\x1f\x01§#:"
_SAMPLE_LINES = 200
_TITLE_ROWS = 1_000
#: A cell that begins with an apostrophe and a digit.
_APOSTROPHE = re.compile(rb"(?:^|[,;\t|])\"?'\d", re.MULTILINE)
#: So many first lines tell whether the lines are wrapped, when such a share of them is.
_WRAPPED_LINES, _WRAPPED = 20, 0.8


def sheets(data: bytes) -> list[Sheet]:
    """The one table of a CSV file. Raises TooLarge for hostile sizes, Unreadable for no text."""
    refuse_binary(data)
    refuse_long_lines(data)
    if data.count(b"\n") > MAX_ROWS + _TITLE_ROWS:
        raise TooLarge(_too_many())
    data = _unwrapped(data)
    encoding = encoding_of(data)
    delimiter = find_delimiter(_sample(data, encoding))
    quoting = csv.QUOTE_MINIMAL if _quotes(data, encoding, delimiter) else csv.QUOTE_NONE
    formulas = b'="' in data or b'"=""' in data or _APOSTROPHE.search(data[: 1 << 16]) is not None

    def rows() -> Iterator[Row]:
        for number, row in enumerate(_rows(_reader(data, encoding, delimiter, quoting)), start=1):
            _refuse_shape(number, row)
            yield list(map(_plain, row)) if formulas else row

    return [Sheet(None, rows)]


def _unwrapped(data: bytes) -> bytes:
    """The bytes without the quote marks around whole lines, as UTF-8; others as they are."""
    if b'"' not in data[:4096]:
        return data
    lines = decode(data[: 1 << 16]).splitlines()[:_WRAPPED_LINES]
    filled = [line for line in lines if line.strip()]
    wrapped = sum(_inside(line) is not None for line in filled)
    if len(filled) < 2 or wrapped < _WRAPPED * len(filled):
        return data
    return "\n".join(_inside(line) or line for line in decode(data).splitlines()).encode()


def _inside(line: str) -> str | None:
    """What stands within a line that is one quoted cell holding a row; None for other lines."""
    line = line.strip()
    if not (line.startswith('"') and line.endswith('"')) or '","' in line:
        return None
    try:
        rows = list(csv.reader([line], strict=True))
    except csv.Error:
        return None
    alone = rows[0][0] if len(rows) == 1 and len(rows[0]) == 1 else ""
    return alone if any(sign in alone for sign in ",;\t|") else None


def _plain(cell: str) -> str:
    """The text of `="text"` or `'text`, which keep a spreadsheet from changing it."""
    if cell[:1] == "'":
        return cell[1:]
    return cell[2:-1] if cell[:2] == '="' and cell[-1:] == '"' else cell


def find_delimiter(lines: list[str]) -> str:
    """The separator under which most lines have the same number of columns, the more the better."""
    if lines and lines[0].strip().lower().startswith("sep=") and len(lines[0].strip()) == 5:
        return lines[0].strip()[4]
    scores = {one: _regularity(lines, one) for one in _DELIMITERS if any(one in x for x in lines)}
    best = max(scores, key=scores.__getitem__, default=",")
    return best if scores.get(best) else ","


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
    return [line for line in islice(lines, _SAMPLE_LINES) if line.strip()]


def _quotes(data: bytes, encoding: str, delimiter: str) -> bool:
    """Whether quote marks mean anything: there are any, and none swallows whole rows."""
    if b'"' not in data:
        return False
    rows = _rows(_reader(data, encoding, delimiter, csv.QUOTE_MINIMAL))
    return not any(_swallows_rows(row, delimiter) for row in rows)


def _swallows_rows(row: list[str], delimiter: str) -> bool:
    """Whether a cell holds line breaks with whole rows behind them."""
    width = len(row)
    return width > 2 and any(
        line.count(delimiter) >= width - 1
        for cell in row
        if "\n" in cell
        for line in cell.splitlines()[1:]
    )


def _reader(data: bytes, encoding: str, delimiter: str, quoting: int) -> _csv.Reader:
    text = io.TextIOWrapper(io.BytesIO(data), encoding, errors="replace", newline="")
    return csv.reader(text, delimiter=delimiter, quoting=quoting)  # type: ignore[arg-type]  # one of two


def _rows(reader: _csv.Reader) -> Iterator[list[str]]:
    try:
        yield from reader
    except csv.Error as wrong:
        raise Unreadable(
            f"Baris {reader.line_num} tidak terbaca sebagai CSV: "
            "ada kolom yang terlalu panjang atau tanda kutip yang tidak ditutup."
        ) from wrong


def _refuse_shape(number: int, row: list[str]) -> None:
    if len(row) > MAX_COLUMNS:
        raise TooLarge(
            f"Baris {number} mempunyai {len(row)} kolom, paling banyak {MAX_COLUMNS}. "
            "Unduh ulang berkas dari bank."
        )
    if number > MAX_ROWS:
        raise TooLarge(_too_many())


def _too_many() -> str:
    limit = f"{MAX_ROWS:,}".replace(",", ".")
    return f"Berkas lebih dari {limit} baris. Bagi berkas per bulan."
