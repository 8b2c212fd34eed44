"""Lines of placed cells to rows under the titles of one table; text in columns uses it too."""

from __future__ import annotations

from collections.abc import Sequence

from kkpd.ingest import dates, layout
from kkpd.ingest.pdfwords import Cell, Line, is_money
from kkpd.ingest.profile import get_profile

#: What a table of purchases is made of; a name above it must not pass for a title of it.
_CORE = frozenset({"transaction_date", "posting_date", "amount", "debit", "credit", "merchant"})


def under_titles(found: Sequence[Line]) -> list[list[str]]:
    """Rows under the best header; without one, date, text and amount of each line."""
    header = _header(found)
    if header is None:
        return [_plain_row(line) for line in found]
    first, titles = header
    table = [line.texts for line in found[:first]]
    table.append([title.text for title in titles])
    table += [_under(line, titles) for line in found[first + 1 :]]
    _join_continued(found, table, first, titles)
    return table


def _header(found: Sequence[Line]) -> tuple[int, list[Cell]] | None:
    """The line, alone or with the one below, whose titles name most columns of a bill."""
    best: tuple[tuple[int, int], int, list[Cell]] | None = None
    for index, line in enumerate(found):
        below = found[index + 1] if index + 1 < len(found) else None
        choices = [list(line.cells)]
        if (
            line.cells
            and below is not None
            and below.page == line.page
            and below.top - line.top < 2 * line.size
        ):
            choices.append(_stack(line.cells, below.cells))
        for titles in choices:
            roles = layout.assign([title.text for title in titles], [], get_profile("umum"))
            if not layout.complete(roles) or any(map(_is_value, titles)):
                continue
            worth = (len(_CORE.intersection(roles)), len(roles))
            if best is None or worth > best[0]:
                best = (worth, index, titles)
    return None if best is None else best[1:]


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


def _place(cell: Cell, titles: Sequence[Cell]) -> int:
    """The title that overlaps a cell most, else the nearest."""

    def nearness(index: int) -> float:
        title = titles[index]
        return min(title.right, cell.right) - max(title.left, cell.left)

    return max(range(len(titles)), key=nearness)


def _under(line: Line, titles: Sequence[Cell]) -> list[str]:
    row = [""] * len(titles)
    for cell in line.cells:
        index = _place(cell, titles)
        row[index] = f"{row[index]} {cell.text}".strip()
    return row


def _plain_row(line: Line) -> list[str]:
    """A line that begins with a date and ends with an amount as a row, others as one text."""
    texts = line.texts
    days = [text for text in texts[:2] if dates.looks_like_date(text)]
    if days and len(texts) > len(days) and is_money(texts[-1]):
        return [days[0], days[-1], " ".join(texts[len(days) : -1]), texts[-1]]
    return [": ".join(texts)]


def _join_continued(
    found: Sequence[Line], table: list[list[str]], first: int, titles: Sequence[Cell]
) -> None:
    """A line with nothing but text under the description goes on with the one above it."""
    roles = layout.assign([title.text for title in titles], [], get_profile("umum"))
    column = roles.get("description", roles.get("merchant"))
    if column is None:
        return
    owner = -1
    for index in range(first + 1, len(found)):
        line, above, row = found[index], found[index - 1], table[index]
        if any(_is_value(cell) for cell in line.cells):
            owner = index if dates.looks_like_date(row[0]) else -1
            continue
        follows = line.page == above.page and line.top - above.top < 1.8 * line.size
        if owner >= 0 and follows and [i for i, text in enumerate(row) if text] == [column]:
            table[owner][column] = f"{table[owner][column]} {row[column]}".strip()
        else:
            owner = -1
