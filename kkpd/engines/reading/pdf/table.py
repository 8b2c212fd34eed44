"""Lines of placed cells to rows under the titles of one table; text in columns uses it too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from kkpd.engines.reading.cells.amounts import is_money
from kkpd.engines.reading.pdf import plain as pdfplain
from kkpd.engines.reading.pdf import rows as pdfrows
from kkpd.engines.reading.pdf.titles import Placed, Titles, has_value, nearest, stacks, under
from kkpd.engines.reading.pdf.words import TextCell, TextLine
from kkpd.engines.reading.tables import layout, sections

#: What a table of purchases is made of; a name above it must not pass for a title of it.
_CORE = frozenset({"transaction_date", "posting_date", "amount", "debit", "credit", "merchant"})
_CREDIT = frozenset({"CR", "CR.", "DB", "DB.", "DR"})
#: So many lines below titles are looked at; titles stand on so many themselves.
_BELOW, _TITLE_LINES = 60, 3


def under_titles(found: Sequence[TextLine]) -> list[list[str]]:
    """Rows under the best header; without one, date, text and amount of each line.

    Other tables of transactions in the document are laid under the same titles by their meaning.
    """
    found = _with_marks_below(found)
    headers = _headers(found)
    if headers is None:
        table = pdfplain.rows(found)
        sections.sign(table, 3)
        return table
    titles, starts = headers
    first = min(starts)
    named = {tuple(found[at].texts): one for at, one in starts.items()}
    now: Titles | None = starts[first]
    last = first
    placed = [Placed(line, []) for line in found[: first + 1]]
    table = [line.texts for line in found[:first]]
    table.append([title.text for title in titles.cells])
    for at, line in enumerate(found[first + 1 :], first + 1):
        apart = at - last >= _TITLE_LINES or any(map(has_value, found[last + 1 : at]))
        again = named.get(tuple(line.texts)) if apart else None
        if at in starts or again is not None:
            now, last = starts.get(at) or _again(found, at, again or titles), at
        elif apart and titles.are_left(line):
            now = None
        placed.append(_placed(line, now, titles))
        table.append(placed[-1].row(len(titles.cells)))
    pdfrows.mend(placed, table, first, titles.roles)
    for start, one in starts.items():
        _fold(found, table, start, one)
    if "amount" in titles.roles:
        sections.sign(table, titles.roles["amount"])
    return table


def _placed(line: TextLine, now: Titles | None, titles: Titles) -> Placed:
    """A line under the titles above it; below titles of something else all of it is text."""
    if now is None:
        return Placed(line, [titles.text] * len(line.cells), [titles.text] * len(line.cells))
    return Placed(line, *(now.meant_by(titles, one(line, now)) for one in (under, nearest)))


def _fold(found: Sequence[TextLine], table: list[list[str]], start: int, titles: Titles) -> None:
    """The lower lines of titles are one text each, so that they are no values of their columns."""
    words = {word for cell in titles.cells for word in cell.text.split()}
    for at in range(start + 1, min(start + _TITLE_LINES, len(found))):
        said = " ".join(found[at].texts)
        if not words.issuperset(said.split()):
            return
        table[at] = [said]


def _again(found: Sequence[TextLine], index: int, titles: Titles) -> Titles:
    """The same titles where they stand on this page."""
    texts = [title.text for title in titles.cells]
    for cells in stacks(found, index):
        if [cell.text for cell in cells] == texts:
            return Titles(cells)
    return titles


def _with_marks_below(found: Sequence[TextLine]) -> list[TextLine]:
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
            cell = TextCell(text, last.left, last.right)
            mended[index] = replace(above, cells=(*above.cells[:-1], cell))
            mended[index + 1] = replace(line, cells=line.cells[:-1] or line.cells)
    return mended


def _headers(found: Sequence[TextLine]) -> tuple[Titles, dict[int, Titles]] | None:
    """The titles, on one to three lines, that name most columns of a bill, and where tables start.

    Titles with transactions under them come before a summary such as `Statement Date, Amount Due`;
    where none has any, lines with a date and an amount are read without titles.
    """
    known = list(_candidates(found))
    if not known:
        return None
    worth, index, titles = max(known, key=lambda one: one[0])
    if not worth[0] and any(len(row) > 1 for row in pdfplain.rows(found)):
        return None
    starts = {index: titles}
    again = [at for at, line in enumerate(found) if line.texts == found[index].texts]
    for _, at, one in sorted(known, key=lambda one: one[0], reverse=True):
        if all(abs(at - other) >= _TITLE_LINES for other in (*starts, *again)):
            # what stands below the next titles is theirs
            until = min((other for other in (*starts, *again) if other > at), default=at + _BELOW)
            fitting = one.fitting(found[at + 1 : until])
            if fitting > (0 if one.names_purchases else 1):
                starts[at] = one
    return titles, starts


def _candidates(found: Sequence[TextLine]) -> Iterator[tuple[tuple[int, ...], int, Titles]]:
    """What each could be worth, the line where it begins, and the titles.

    Whether lines fit comes first, then whether the titles say what was bought, then how many fit.
    """
    seen: set[tuple[str, ...]] = set()
    for index in range(len(found)):
        for cells in stacks(found, index):
            texts = tuple(cell.text for cell in cells)
            if texts in seen:
                continue
            seen.add(texts)
            titles = Titles(cells)
            if layout.complete(titles.roles):
                fitting = titles.fitting(found[index + 1 : index + _BELOW])
                core = len(_CORE.intersection(titles.roles))
                names = (titles.names_purchases, fitting, core, len(titles.roles))
                yield (fitting > 0, *names, -sum(map(len, texts))), index, titles
