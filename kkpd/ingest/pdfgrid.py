"""Tables with drawn lines: what stands within one frame is one cell, however its text is broken."""

from __future__ import annotations

import statistics
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from kkpd.ingest import dates
from kkpd.ingest.pdfpages import Box
from kkpd.ingest.pdfwords import Cell, Line, Word, is_money, joined, lines

#: Lines nearer than this are one; an upright line may fall so far short of a row's edge.
_NEAR, _SHORT = 2.5, 3.0
#: Words of one text line differ in height by less.
_LEVEL = 3.0
#: More lines than this on one page are a drawing.
_MANY = 20_000

Edges = tuple[float, float, list[float]]


def framed(page: int, words: Sequence[Word], rules: Sequence[Box]) -> list[Line]:
    """All lines of a page from its top; a framed row of two columns or more is one line.

    A frame around many rows, which only parts the columns, says nothing of where a row ends.
    """
    if not rules or len(rules) > _MANY:
        return lines(page, words)
    found: list[Line] = []
    used: set[int] = set()
    ordered = sorted(enumerate(words), key=lambda one: _middle(one[1]))
    heights = [_middle(word) for _, word in ordered]
    for top, bottom, edges in _rows(rules):
        inside = [
            (at, word)
            for at, word in ordered[bisect_right(heights, top) : bisect_left(heights, bottom)]
            if at not in used and edges[0] <= _center(word) <= edges[-1]
        ]
        cells = _cells([word for _, word in inside], edges)
        if cells:
            used.update(at for at, _ in inside)
            size = statistics.median(_height(word) for _, word in inside)
            found.append(Line(page, top, size, tuple(cells)))
    rest = lines(page, [word for at, word in enumerate(words) if at not in used])
    return sorted([*found, *rest], key=lambda line: line.top)


def _rows(rules: Sequence[Box]) -> Iterator[Edges]:
    """Top, bottom and the upright lines of each row between two level lines."""
    flat = [box for box in rules if box[1] - box[0] > box[3] - box[2]]
    upright = [box for box in rules if box[1] - box[0] < box[3] - box[2]]
    for top, bottom in pairwise(_levels((box[2] + box[3]) / 2 for box in flat)):
        through = (
            (left + right) / 2
            for left, right, begin, end in upright
            if begin <= top + _SHORT and end >= bottom - _SHORT
        )
        edges = _levels(through)
        if len(edges) > 2:
            yield top, bottom, edges


def _levels(places: Iterable[float]) -> list[float]:
    """Places without those that are near one before."""
    kept: list[float] = []
    for place in sorted(places):
        if not kept or place - kept[-1] > _NEAR:
            kept.append(place)
    return kept


def _cells(words: Sequence[Word], edges: Sequence[float]) -> list[Cell]:
    """The cells of a row; none when it is no row of one entry, or has a single cell."""
    cells = []
    for left, right in pairwise(edges):
        texts = _texts([word for word in words if left <= _center(word) < right])
        if sum(dates.looks_like_date(text) or is_money(text) for text in texts) > 1:
            return []
        if texts:
            cells.append(Cell(joined(texts), left, right))
    return cells if len(cells) > 1 else []


def _texts(words: Iterable[Word]) -> list[str]:
    """The text lines of a cell from its top."""
    rows: list[list[Word]] = []
    for word in sorted(words, key=lambda word: float(word["top"])):
        if rows and float(word["top"]) - float(rows[-1][0]["top"]) < _LEVEL:
            rows[-1].append(word)
        else:
            rows.append([word])
    ordered = (sorted(row, key=lambda word: float(word["x0"])) for row in rows)
    return [" ".join(str(word["text"]) for word in row) for row in ordered]


def _height(word: Word) -> float:
    return float(word["bottom"]) - float(word["top"])


def _middle(word: Word) -> float:
    return (float(word["top"]) + float(word["bottom"])) / 2


def _center(word: Word) -> float:
    return (float(word["x0"]) + float(word["x1"])) / 2
