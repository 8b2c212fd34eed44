"""Lines of placed cells to rows under the titles of one table; text in columns uses it too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from kkpd.ingest import layout, pdfplain, pdfrows, sections
from kkpd.ingest.pdftitles import Placed, Titles, has_value, stacks, under
from kkpd.ingest.pdfwords import Cell, Line, is_money

#: What a table of purchases is made of; a name above it must not pass for a title of it.
_CORE = frozenset({"transaction_date", "posting_date", "amount", "debit", "credit", "merchant"})
_CREDIT = frozenset({"CR", "CR.", "DB", "DB.", "DR"})
#: So many lines below titles are looked at.
_BELOW = 60


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
    placed = [Placed(line, []) for line in found[: first + 1]]
    for line in found[first + 1 :]:
        if line.texts == named:
            now = _again(found, len(placed), titles)
        placed.append(Placed(line, under(line, now)))
        table.append(placed[-1].row(len(titles.cells)))
    pdfrows.mend(placed, table, first, titles.roles)
    if "amount" in titles.roles:
        sections.sign(table, titles.roles["amount"])
    return table


def _again(found: Sequence[Line], index: int, titles: Titles) -> Titles:
    """The same titles where they stand on this page."""
    texts = [title.text for title in titles.cells]
    for cells in stacks(found, index):
        if [cell.text for cell in cells] == texts:
            return Titles(cells)
    return titles


def _with_marks_below(found: Sequence[Line]) -> list[Line]:
    """`CR` under an amount is that amount's, also where the line goes on with text before it."""
    mended = list(found)
    for index, (above, line) in enumerate(pairwise(found)):
        if not line.cells or line.cells[-1].text.upper() not in _CREDIT or not above.cells:
            continue
        last, mark = above.cells[-1], line.cells[-1]
        near = line.page == above.page and line.top - above.top < 2.5 * above.size
        under = mark.left < last.right + 3 * above.size and mark.right > last.left
        text = f"{last.text} {mark.text}"
        if near and under and not has_value(line) and is_money(last.text) and is_money(text):
            cell = Cell(text, last.left, last.right)
            mended[index] = replace(above, cells=(*above.cells[:-1], cell))
            mended[index + 1] = replace(line, cells=line.cells[:-1] or line.cells)
    return mended


def _header(found: Sequence[Line]) -> tuple[int, Titles] | None:
    """The line, alone or with one or two below, whose titles name most columns of a bill.

    Titles with transactions under them come before a summary such as `Statement Date, Amount Due`;
    where none has any, lines with a date and an amount are read without titles.
    """
    best: tuple[tuple[int, int, int, int], int, Titles] | None = None
    seen: set[tuple[str, ...]] = set()
    for index in range(len(found)):
        for cells in stacks(found, index):
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
