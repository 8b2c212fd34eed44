"""Tables with drawn lines: what stands within one frame is one cell, however its text is broken."""

from __future__ import annotations

import statistics
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from kkpd.engines.reading.cells import dates
from kkpd.engines.reading.cells.amounts import is_money
from kkpd.engines.reading.pdf.pages import Box
from kkpd.engines.reading.pdf.words import TextCell, TextLine, Word, joined, levels, lines

#: Lines nearer than this are one; an upright line may fall so far short of a row's edge.
_NEAR, _SHORT = 2.5, 3.0
#: A row is worth laying together from so many lines; its rules reach over so much of the text.
_LINES, _MOST = 2, 0.6
#: More level times upright lines than this on one page are a drawing.
_MANY = 2_000_000

Edges = tuple[float, float, list[float]]


def framed(page: int, words: Sequence[Word], rules: Sequence[Box]) -> list[TextLine]:
    """All lines of a page from its top; a framed row of two columns or more is one line.

    Between level lines alone a row is one only where it holds a single dated line.
    """
    if not rules or not words:
        return lines(page, words)
    found: list[TextLine] = []
    used: set[int] = set()
    ordered = sorted(enumerate(words), key=lambda one: _middle(one[1]))
    heights = [_middle(word) for _, word in ordered]
    for top, bottom, edges in _rows(rules, _width(words)):
        inside = [
            (at, word)
            for at, word in ordered[bisect_right(heights, top) : bisect_left(heights, bottom)]
            if at not in used and (not edges or edges[0] <= _center(word) <= edges[-1])
        ]
        own = [word for _, word in inside]
        cells = _cells(own, edges) if edges else _laid(page, own)
        if cells:
            used.update(at for at, _ in inside)
            size = statistics.median(_height(word) for word in own)
            found.append(TextLine(page, top, size, tuple(cells)))
    rest = lines(page, [word for at, word in enumerate(words) if at not in used])
    return sorted([*found, *rest], key=lambda line: line.top)


def _laid(page: int, words: Sequence[Word]) -> list[TextCell]:
    """The cells of the only dated line of a row, joined with what stands over and under each."""
    own = lines(page, words)
    dated = [line for line in own if any(dates.looks_like_date(cell.text) for cell in line.cells)]
    if len(own) < _LINES or len(dated) != 1:
        return []
    columns = [[cell] for cell in dated[0].cells]
    for line in own:
        for cell in line.cells if line is not dated[0] else ():
            over = [one for one in columns if _overlap(one, cell) > 0]
            if over:
                max(over, key=lambda one: _overlap(one, cell)).append(cell)
            else:
                columns.append([cell])
    order = {cell: at for at, line in enumerate(own) for cell in line.cells}
    cells = []
    for column in columns:
        texts = [cell.text for cell in sorted(column, key=order.__getitem__)]
        if sum(dates.looks_like_date(text) or is_money(text) for text in texts) > 1:
            return []
        left, right = min(cell.left for cell in column), max(cell.right for cell in column)
        cells.append(TextCell(joined(texts), left, right))
    return sorted(cells, key=lambda cell: cell.left)


def _overlap(column: Sequence[TextCell], cell: TextCell) -> float:
    return max(min(one.right, cell.right) - max(one.left, cell.left) for one in column)


def _width(words: Sequence[Word]) -> float:
    return max(float(word["x1"]) for word in words) - min(float(word["x0"]) for word in words)


def _rows(rules: Sequence[Box], width: float) -> Iterator[Edges]:
    """Top, bottom and upright lines of each row between two level lines (wide ones need none)."""
    flat = [box for box in rules if box[1] - box[0] > box[3] - box[2]]
    upright = [box for box in rules if box[1] - box[0] < box[3] - box[2]]
    wide = _wide(flat, width)
    levels = _levels((box[2] + box[3]) / 2 for box in flat)
    for top, bottom in pairwise(levels if len(levels) * len(upright) < _MANY else ()):
        through = (
            (left + right) / 2
            for left, right, begin, end in upright
            if begin <= top + _SHORT and end >= bottom - _SHORT
        )
        edges = _levels(through)
        if len(edges) > 2:
            yield top, bottom, edges
        elif round(top) in wide and round(bottom) in wide:
            yield top, bottom, []


def _wide(flat: Sequence[Box], width: float) -> set[int]:
    """The heights, in whole points and those beside them, at which lines are so wide together."""
    reach: dict[int, float] = {}
    for left, right, top, bottom in {tuple(map(round, box)) for box in flat}:
        for height in range((top + bottom) // 2 - 1, (top + bottom) // 2 + 2):
            reach[height] = reach.get(height, 0.0) + right - left
    return {height for height, sum_ in reach.items() if sum_ > _MOST * width}


def _levels(places: Iterable[float]) -> list[float]:
    """Places without those that are near one before."""
    kept: list[float] = []
    for place in sorted(places):
        if not kept or place - kept[-1] > _NEAR:
            kept.append(place)
    return kept


def _cells(words: Sequence[Word], edges: Sequence[float]) -> list[TextCell]:
    """The cells of a row; none when it is no row of one entry, or has a single cell."""
    cells = []
    for left, right in pairwise(edges):
        texts = _texts([word for word in words if left <= _center(word) < right])
        if sum(dates.looks_like_date(text) or is_money(text) for text in texts) > 1:
            return []
        if texts:
            cells.append(TextCell(joined(texts), left, right))
    return cells if len(cells) > 1 else []


def _texts(words: Iterable[Word]) -> list[str]:
    """The text lines of a cell from its top."""
    return [" ".join(str(word["text"]) for word in level) for level in levels(words)]


def _height(word: Word) -> float:
    return float(word["bottom"]) - float(word["top"])


def _middle(word: Word) -> float:
    return (float(word["top"]) + float(word["bottom"])) / 2


def _center(word: Word) -> float:
    return (float(word["x0"]) + float(word["x1"])) / 2
