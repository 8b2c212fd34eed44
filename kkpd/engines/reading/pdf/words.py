"""Words on a PDF page to lines of cells: near words together, dates and amounts alone.

In tables with drawn lines, what stands within one frame is one cell, however its text is broken.
"""

from __future__ import annotations

import math
import re
import statistics
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from kkpd.engines.reading.cells import dates
from kkpd.engines.reading.cells.amounts import is_money

#: Words closer than this share of their height are one cell; a typewriter's blank is 0.6 wide.
_NEAR = 0.65
#: What stands before and after the blank between thousands.
_GROUP, _REST = re.compile(r"[-+(]?\d{1,3}"), re.compile(r"\d{3}(?:,\d\d?\D*$|$)")
#: A masked card number whole.
_CARD = re.compile(r"\d{4}[ -]?\d{0,2}[Xx*]{2,}[Xx* -]*\d{4}")
_CENTS = re.compile(r"\d[.,]\d\d(?!\d)")
#: Words whose tops differ by less than this many points stand on one line.
_LEVEL = 3.0
#: What signs the amount that stands before it.
MARKS = frozenset({"CR", "DB", "DR", "D", "C", "K", "-", "+", "CR.", "DB."})
#: What may stand before an amount as a word of its own: `Rp 1.250.000,00`, `- $ 40.00`.
_BEFORE = frozenset({"-", "+", "RP", "RP.", "IDR", "$", "S$", "US$", "RM", "€", "£", "USD", "SGD"})

#: A word of pdfplumber's: `text`, `x0`, `x1`, `top`, `bottom`.
Word = Mapping[str, float | str]


@dataclass(frozen=True, slots=True)
class TextCell:
    """A text and where it stands on its line, in points from the left edge."""

    text: str
    left: float
    right: float


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of text: its page (1-based), the height of its top and the size of its letters."""

    page: int
    top: float
    size: float
    cells: tuple[TextCell, ...]

    @property
    def texts(self) -> list[str]:
        """The cells as a row."""
        return [cell.text for cell in self.cells]


def lines(page: int, words: Iterable[Word]) -> list[TextLine]:
    """Lines of a page from pdfplumber's words (`text`, `x0`, `x1`, `top`, `bottom`)."""
    return [_line(page, level) for level in levels(words)]


def levels(words: Iterable[Word]) -> list[list[Word]]:
    """Words that stand on one level together, from the top, each level from its left."""
    level: list[list[Word]] = []
    for word in sorted(words, key=lambda word: (float(word["top"]), float(word["x0"]))):
        if level and abs(float(level[-1][0]["top"]) - float(word["top"])) < _LEVEL:
            level[-1].append(word)
        else:
            level.append([word])
    return [sorted(found, key=lambda word: float(word["x0"])) for found in level]


def beside(page: int, text: str) -> TextLine:
    """What stands in the margin or across a page, as a line of its own below all others."""
    return TextLine(page, math.inf, 1.0, (TextCell(" ".join(text.split()), 0.0, 0.0),))


def _line(page: int, words: Sequence[Word]) -> TextLine:
    size = statistics.median(float(word["bottom"]) - float(word["top"]) for word in words)
    parts = [TextCell(str(word["text"]), float(word["x0"]), float(word["x1"])) for word in words]
    head, parts = _leading_dates(parts, size)
    parts, tail = _trailing_amounts(parts, size)
    return TextLine(page, float(words[0]["top"]), size, (*head, *_join(parts, size), *tail))


def _leading_dates(words: list[TextCell], size: float) -> tuple[list[TextCell], list[TextCell]]:
    """Dates at the start of a line, each of one to three words, are cells of their own."""
    head: list[TextCell] = []
    while words:
        for count in (3, 2, 1):
            text = " ".join(word.text for word in words[:count])
            if (
                len(words) >= count
                and dates.looks_like_date(text)
                and not _cuts(words[:4], count, size)
            ):
                head.append(TextCell(text, words[0].left, words[count - 1].right))
                words = words[count:]
                break
        else:
            break
    return head, words


def _cuts(words: Sequence[TextCell], count: int, size: float) -> bool:
    """Whether a date of so many words spans a gap or takes a second day for a year."""
    if any(right.left - left.right > 2 * size for left, right in pairwise(words[:count])):
        return True
    if count < 3 or len(words[2].text) > 2:
        return False
    return dates.without_year(" ".join(word.text for word in words[2:4])) is not None


def _trailing_amounts(words: list[TextCell], size: float) -> tuple[list[TextCell], list[TextCell]]:
    """Amounts at the end of a line with their CR, minus or currency are cells of their own."""
    tail: list[TextCell] = []
    while words:
        count = 2 if len(words) > 1 and words[-1].text.upper() in MARKS else 1
        while _is_group(words, count, size):
            count += 1
        text = " ".join(word.text for word in words[-count:])
        if not is_money(text) or (tail and _of_text(words, count, tail[0].text, size)):
            break
        while _has_before(words, count, text, size):
            count += 1
            text = f"{words[-count].text} {text}"
        tail.insert(0, TextCell(text, words[-count].left, words[-1].right))
        words = words[:-count]
    return words, tail


def _of_text(words: Sequence[TextCell], count: int, amount: str, size: float) -> bool:
    """Whether a number before an amount ends the text it stands close to: it has no cents."""
    if len(words) <= count or words[-count].left - words[-count - 1].right >= _NEAR * size:
        return False
    return not _CENTS.search(words[-count].text) and _CENTS.search(amount) is not None


def _is_group(words: Sequence[TextCell], count: int, size: float) -> bool:
    """Whether the word before is the thousands of `1 250,00`, apart from what stands before it."""
    if len(words) <= count:
        return False
    word, after = words[-count - 1], words[-count]
    if not _GROUP.fullmatch(word.text) or not _REST.match(after.text):
        return False
    blank = after.left - word.right
    before = words[-count - 2] if len(words) > count + 1 else None
    apart = (
        before is None or word.left - before.right > 1.5 * blank or _GROUP.fullmatch(before.text)
    )
    return bool(apart) and blank < _NEAR * size


def _has_before(words: Sequence[TextCell], count: int, text: str, size: float) -> bool:
    """Whether a sign or currency stands right before the amount of the last words."""
    if len(words) <= count or words[-count - 1].text.upper() not in _BEFORE:
        return False
    word, after = words[-count - 1], words[-count].left
    before = words[-count - 2].right if len(words) > count + 1 else word.left - 3 * size
    near = after - word.right < min(2 * _NEAR * size, word.left - before + 0.1)
    return near and is_money(f"{word.text} {text}")


def _is_value(text: str) -> bool:
    return text[-1:].isdigit() and (is_money(text) or dates.fixed_or_numeric(text))


def _parts(before: str, after: str) -> bool:
    """Whether two texts are cells by themselves however near: two values, or a card and a name."""
    if _is_value(before) and _is_value(after):
        return True
    return _CARD.fullmatch(before) is not None and after[:1].isalpha()


def _join(words: Sequence[TextCell], size: float) -> list[TextCell]:
    """Near words are one cell, but for those that are two by what they say."""
    cells: list[TextCell] = []
    for word in words:
        near = cells and word.left - cells[-1].right < _NEAR * size
        if near and not _parts(cells[-1].text, word.text):
            last = cells.pop()
            word = TextCell(f"{last.text} {word.text}", last.left, word.right)
        cells.append(word)
    return cells


def joined(texts: Sequence[str]) -> str:
    """Lines of one text; a date that was broken behind its dash is whole again."""
    text = ""
    for more in texts:
        whole = text[-1:] in ("-", "/") and text[-2:-1].isdigit() and more[:1].isdigit()
        text = f"{text}{more}" if whole else f"{text} {more}".strip()
    return text


#: Lines nearer than this are one; an upright line may fall so far short of a row's edge.
_ONE_LINE, _SHORT = 2.5, 3.0
#: A row is worth laying together from so many lines; its rules reach over so much of the text.
_LINES, _MOST = 2, 0.6
#: More level times upright lines than this on one page are a drawing.
_MANY = 2_000_000

#: Left, right, top and bottom as the page is read, in points.
Box = tuple[float, float, float, float]
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
        if not kept or place - kept[-1] > _ONE_LINE:
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
