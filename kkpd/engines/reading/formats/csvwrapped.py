"""CSV that was quoted once too often: whole lines as one cell, or each cell as `="text"`."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence

from kkpd.engines.reading.sheet import Block, Cell
from kkpd.engines.reading.text import decode

_LINES = 20
_SHARE = 0.8
_FORMULA = b'="'


def unwrapped(data: bytes) -> bytes:
    """The bytes without the quote marks around whole lines, as UTF-8; others as they are."""
    if b'"' not in data[:4096]:
        return data
    lines = decode(data[: 1 << 16]).splitlines()[:_LINES]
    filled = [line for line in lines if line.strip()]
    wrapped = sum(_inside(line) is not None for line in filled)
    if len(filled) < 2 or wrapped < _SHARE * len(filled):
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


def has_formulas(data: bytes) -> bool:
    """Whether cells may be written as `="text"`, which keeps a spreadsheet from changing them."""
    return _FORMULA in data or b'"=""' in data


def plain(blocks: Iterator[Block]) -> Iterator[Block]:
    """The blocks with the text of such cells."""
    for block in blocks:
        yield Block([_texts(column) for column in block.columns], block.size)


def _texts(column: Sequence[Cell]) -> list[Cell]:
    return [
        cell[2:-1] if isinstance(cell, str) and cell[:2] == '="' and cell[-1:] == '"' else cell
        for cell in column
    ]
