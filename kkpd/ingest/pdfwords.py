"""Words on a PDF page to lines of cells: near words together, dates and amounts alone."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kkpd.ingest import amounts, dates

#: Words closer than this share of their height are one cell.
_NEAR = 0.6
#: Words whose tops differ by less than this many points stand on one line.
_LEVEL = 3.0
_MARKS = frozenset({"CR", "DB", "DR", "D", "C", "K", "-", "CR.", "DB."})


@dataclass(frozen=True, slots=True)
class Cell:
    """A text and where it stands on its line, in points from the left edge."""

    text: str
    left: float
    right: float


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text: its page (1-based), the height of its top and the size of its letters."""

    page: int
    top: float
    size: float
    cells: tuple[Cell, ...]

    @property
    def texts(self) -> list[str]:
        """The cells as a row."""
        return [cell.text for cell in self.cells]


def lines(page: int, words: Iterable[Mapping[str, float | str]]) -> list[Line]:
    """Lines of a page from pdfplumber's words (`text`, `x0`, `x1`, `top`, `bottom`)."""
    level: list[list[Mapping[str, float | str]]] = []
    for word in sorted(words, key=lambda word: (float(word["top"]), float(word["x0"]))):
        if level and abs(float(level[-1][0]["top"]) - float(word["top"])) < _LEVEL:
            level[-1].append(word)
        else:
            level.append([word])
    return [_line(page, sorted(found, key=lambda word: float(word["x0"]))) for found in level]


def _line(page: int, words: Sequence[Mapping[str, float | str]]) -> Line:
    size = statistics.median(float(word["bottom"]) - float(word["top"]) for word in words)
    parts = [Cell(str(word["text"]), float(word["x0"]), float(word["x1"])) for word in words]
    head, parts = _leading_dates(parts)
    parts, tail = _trailing_amounts(parts)
    return Line(page, float(words[0]["top"]), size, (*head, *_join(parts, size), *tail))


def _leading_dates(words: list[Cell]) -> tuple[list[Cell], list[Cell]]:
    """Dates at the start of a line, each of one to three words, are cells of their own."""
    head: list[Cell] = []
    while words:
        for count in (3, 2, 1):
            text = " ".join(word.text for word in words[:count])
            if len(words) >= count and dates.looks_like_date(text):
                head.append(Cell(text, words[0].left, words[count - 1].right))
                words = words[count:]
                break
        else:
            break
    return head, words


def _trailing_amounts(words: list[Cell]) -> tuple[list[Cell], list[Cell]]:
    """Amounts at the end of a line with their CR or minus are cells of their own."""
    tail: list[Cell] = []
    while words:
        count = 2 if len(words) > 1 and words[-1].text.upper() in _MARKS else 1
        text = " ".join(word.text for word in words[-count:])
        if not is_money(text):
            break
        tail.insert(0, Cell(text, words[-count].left, words[-1].right))
        words = words[:-count]
    return words, tail


def is_money(text: str) -> bool:
    """An amount with a separator in it, so that `12` and a reference number are none."""
    written = amounts.take_apart(text)
    return (
        written is not None
        and amounts.says_something(written.core)
        and bool(amounts.decimals_of(written.core))
    )


def _join(words: Sequence[Cell], size: float) -> list[Cell]:
    cells: list[Cell] = []
    for word in words:
        if cells and word.left - cells[-1].right < _NEAR * size:
            last = cells.pop()
            word = Cell(f"{last.text} {word.text}", last.left, word.right)
        cells.append(word)
    return cells
