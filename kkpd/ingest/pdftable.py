"""Lines of placed cells to rows under the titles of one table; text in columns uses it too."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise

from kkpd.domain.pan import announced
from kkpd.ingest import dates, layout, pdfplain, sections
from kkpd.ingest.celltests import amount_like
from kkpd.ingest.pdfwords import MARKS, Cell, Line, is_money
from kkpd.ingest.profile import get_profile
from kkpd.ingest.words import squash

#: What a table of purchases is made of; a name above it must not pass for a title of it.
_CORE = frozenset({"transaction_date", "posting_date", "amount", "debit", "credit", "merchant"})
_DAYS, _MONEY = ("transaction_date", "posting_date"), ("amount", "debit", "credit")
_ALL_MONEY = (*_MONEY, "original_amount", "balance")
_CREDIT = frozenset({"CR", "CR.", "DB", "DB.", "DR"})
_CODE = re.compile(r"\(?(?:[A-Z]{3}|Rp\.?)\)?")
_TEXTS = ("description", "merchant")
#: Titles stand on so many lines at most; so many lines below them are looked at, so many convince.
_TITLE_LINES, _BELOW, _ENOUGH = 3, 60, 3
#: Longer texts are no titles beside each other.
_WORDS = 12


def under_titles(found: Sequence[Line]) -> list[list[str]]:
    """Rows under the best header; without one, date, text and amount of each line."""
    found = _with_marks_below(found)
    header = _header(found)
    if header is None:
        table = pdfplain.rows(found)
        sections.sign(table, 3)
        return table
    first, titles = header
    table = [line.texts for line in found[:first]]
    table.append([title.text for title in titles.cells])
    named, now = found[first].texts, titles
    for index in range(first + 1, len(found)):
        if found[index].texts == named:
            now = _again(found, index, titles)
        table.append(_under(found[index], now))
    joined = _join_continued(found, table, first, titles)
    for index in range(first + 1, len(found)):
        if index not in joined and found[index].texts != named and not _has_value(found[index]):
            table[index] = _heading(found[index], titles)
    if "amount" in titles.roles:
        sections.sign(table, titles.roles["amount"])
    return table


def _heading(line: Line, titles: Titles) -> list[str]:
    """A line that is no part of the table: its own cells, unless one would pass for an amount."""
    amounts_at = [titles.roles[role] for role in _ALL_MONEY if role in titles.roles]
    texts = line.texts
    if any(at < len(texts) and amount_like(texts[at]) for at in amounts_at):
        return [": ".join(texts)]
    return texts


def _again(found: Sequence[Line], index: int, titles: Titles) -> Titles:
    """The same titles where they stand on this page."""
    texts = [title.text for title in titles.cells]
    for cells in _stacks(found, index):
        if [cell.text for cell in cells] == texts:
            return Titles(cells)
    return titles


def _with_marks_below(found: Sequence[Line]) -> list[Line]:
    """`CR` alone under an amount is that amount's."""
    mended = list(found)
    for index, (above, line) in enumerate(pairwise(found)):
        if len(line.cells) != 1 or line.cells[0].text.upper() not in _CREDIT or not above.cells:
            continue
        last, mark = above.cells[-1], line.cells[0]
        near = line.page == above.page and line.top - above.top < 2.5 * above.size
        if near and mark.left < last.right + 3 * above.size and mark.right > last.left:
            text = f"{last.text} {mark.text}"
            if is_money(last.text) and is_money(text):
                cell = Cell(text, last.left, last.right)
                mended[index] = replace(above, cells=(*above.cells[:-1], cell))
    return mended


def _header(found: Sequence[Line]) -> tuple[int, Titles] | None:
    """The line, alone or with one or two below, whose titles name most columns of a bill.

    Titles with transactions under them come before a summary such as `Statement Date, Amount Due`;
    where none has any, lines with a date and an amount are read without titles.
    """
    best: tuple[tuple[int, int, int, int], int, Titles] | None = None
    seen: set[tuple[str, ...]] = set()
    for index in range(len(found)):
        for cells in _stacks(found, index):
            texts = tuple(cell.text for cell in cells)
            if texts in seen:
                continue
            seen.add(texts)
            titles = Titles(cells)
            if not layout.complete(titles.roles):
                continue
            fitting = titles.fitting(found[index + 1 : index + _BELOW])
            core = len(_CORE.intersection(titles.roles))
            worth = (fitting, core, len(titles.roles), -sum(map(len, texts)))
            if best is None or worth > best[0]:
                best = (worth, index, titles)
    if best is None or (not best[0][0] and any(len(row) > 1 for row in pdfplain.rows(found))):
        return None
    return best[1:]


def _stacks(found: Sequence[Line], index: int) -> Iterator[list[Cell]]:
    """A line as titles, then with each of the lines close below it laid into it.

    Titles hold no value; where two of them stand so close that they seem one, they are parted.
    """
    line = found[index]
    titles = list(line.cells)
    if not titles or _has_value(line):
        return
    yield from _parted(titles)
    for above, below in pairwise(found[index : index + _TITLE_LINES]):
        near = below.page == line.page and below.top - above.top < 2 * line.size
        if not near or _has_value(below):
            return
        titles = _stack(titles, below.cells)
        yield from _parted(titles)


def _parted(titles: list[Cell]) -> Iterator[list[Cell]]:
    """The titles, and with those parted that are two known names beside each other."""
    yield titles
    parts = [part for title in titles for part in _names(title)]
    if len(parts) > len(titles):
        yield parts


def _names(title: Cell) -> list[Cell]:
    """`Tanggal Transaksi Tanggal Posting` as two titles; any other text stays as it is."""
    known = _known_names()
    words = title.text.split()
    if len(words) > _WORDS or squash(title.text) in known:
        return [title]
    best: list[list[str] | None] = [[]]
    for end in range(1, len(words) + 1):
        ways = [
            [*before, " ".join(words[start:end])]
            for start in range(end)
            if (before := best[start]) is not None and _is_name(words[start:end], known)
        ]
        best.append(min(ways, key=len, default=None))
    return _spread(title, best[-1] or [title.text])


def _is_name(words: Sequence[str], known: Collection[str]) -> bool:
    """A known name, or one with its currency behind it: `Credit CHF`."""
    plain = words[:-1] if len(words) > 1 and _CODE.fullmatch(words[-1]) else words
    return squash(" ".join(words)) in known or squash(" ".join(plain)) in known


@cache
def _known_names() -> frozenset[str]:
    names = get_profile("umum").columns.values()
    return frozenset(squash(name) for one in names for name in one)


def _spread(title: Cell, parts: Sequence[str]) -> list[Cell]:
    """Parts of a text where they stand if all letters are equally wide."""
    letter = (title.right - title.left) / len(title.text)
    cells, left = [], title.left
    for part in parts:
        cells.append(Cell(part, left, left + letter * len(part)))
        left += letter * (len(part) + 1)
    return cells


def _has_value(line: Line) -> bool:
    return any(map(_is_value, line.cells))


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


def _place(cell: Cell, titles: Sequence[Cell], among: Iterable[int] | None = None) -> int:
    """The title that overlaps a cell most, else the nearest."""

    def nearness(index: int) -> float:
        title = titles[index]
        return min(title.right, cell.right) - max(title.left, cell.left)

    return max(range(len(titles)) if among is None else among, key=nearness)


class Titles:
    """The titles of a table: where they stand and what may stand under them.

    A title is often narrower than its column, so that the nearest alone would lay a purchase's text
    under the date and an amount under the text.
    """

    def __init__(self, cells: Sequence[Cell]) -> None:
        self.cells = cells
        self.roles = layout.assign([cell.text for cell in cells], [], get_profile("umum"))
        self._days = [self.roles[role] for role in _DAYS if role in self.roles]
        self._money = [self.roles[role] for role in _ALL_MONEY if role in self.roles]
        self._texts = [self.roles[role] for role in _TEXTS if role in self.roles]

    def place(self, cell: Cell, row: Sequence[str], leading: bool) -> int:
        """The column of a cell; `row` is what stands under the titles already."""
        index = _place(cell, self.cells)
        if leading and all(cell.right <= self.cells[text].left for text in self._texts):
            fitting = self._days if self._texts else []
        elif is_money(cell.text):
            fitting = [] if index not in (*self._days, *self._texts) else self._money
        else:
            words = cell.text.upper() not in MARKS and not _is_value(cell)
            fitting = self._texts if words and index in (*self._days, *self._money) else []
            return _place(cell, self.cells, fitting) if fitting else index
        free = [column for column in fitting if not row[column]]
        return _place(cell, self.cells, free) if free and index not in free else index

    def fitting(self, below: Iterable[Line]) -> int:
        """How many lines have a date under a date's title and money under an amount's."""
        money = [self.roles[role] for role in _MONEY if role in self.roles]
        count = 0
        for line in below:
            row = _under(line, self)
            dated = any(dates.looks_like_date(row[index]) for index in self._days)
            count += dated and any(is_money(row[index]) for index in money)
            if count == _ENOUGH:
                break
        return count


def _under(line: Line, titles: Titles) -> list[str]:
    """The cells of a line, each under the title it stands under and can belong to."""
    row = [""] * len(titles.cells)
    leading = True
    for cell in line.cells:
        leading = leading and dates.looks_like_date(cell.text)
        index = titles.place(cell, row, leading)
        row[index] = f"{row[index]} {cell.text}".strip()
    return row


def _join_continued(
    found: Sequence[Line], table: list[list[str]], first: int, titles: Titles
) -> set[int]:
    """A line with nothing but text under the description goes on with the one above it."""
    column = titles.roles.get("description", titles.roles.get("merchant"))
    joined: set[int] = set()
    if column is None:
        return joined
    owner = -1
    for index in range(first + 1, len(found)):
        line, above, row = found[index], found[index - 1], table[index]
        if any(_is_value(cell) for cell in line.cells):
            owner = index if dates.looks_like_date(row[0]) else -1
            continue
        follows = line.page == above.page and line.top - above.top < 1.8 * line.size
        follows = follows and announced(" ".join(line.texts)) is None
        if owner >= 0 and follows and [i for i, text in enumerate(row) if text] == [column]:
            table[owner][column] = f"{table[owner][column]} {row[column]}".strip()
            joined.add(index)
        else:
            owner = -1
    return joined
