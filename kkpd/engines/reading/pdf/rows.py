"""Rows of a table on paper: texts over several lines, dates printed once, amounts that stray."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from kkpd.core.pan import announced
from kkpd.engines.reading.cells import dates
from kkpd.engines.reading.cells.amounts import is_money
from kkpd.engines.reading.cells.celltests import amount_like, is_sum
from kkpd.engines.reading.pdf import days as pdfdays
from kkpd.engines.reading.pdf.titles import Placed, has_value, is_value
from kkpd.engines.reading.pdf.words import TextLine, joined
from kkpd.engines.reading.profile import DAYS, MONEY
from kkpd.engines.reading.tables import sections

_TEXTS = ("description", "merchant")
#: Texts that begin at one place do so within so many points.
_ALIGNED = 2.0
#: So many amounts tell where their column stands.
_TELLING = 3

Table = list[list[str]]


def mend(placed: Sequence[Placed], table: Table, first: int, roles: Mapping[str, int]) -> None:
    """Make each transaction one row of the table, whose titles are its row `first`.

    What belongs to none keeps its own cells: headings, and legal text with an amount in it.
    """
    joined_to = _join(placed, table, first, roles)
    days = [roles[role] for role in DAYS if role in roles]
    for index in _strays(placed, first, roles):
        table[index] = _heading(placed[index].line, roles)
    width, titles = len(table[first]), placed[first].line.texts
    for index in range(first + 1, len(placed)):
        line = placed[index].line
        if index not in joined_to and line.texts != titles and not has_value(line):
            table[index] = _heading(line, roles)
    money = [roles[role] for role in MONEY if role in roles]
    for index, below in pairwise(range(first + 1, len(placed))):
        if len(table[index]) == len(table[below]) == width and _near(placed, below, 3):
            _unite(table, index, below, days, money)
    pdfdays.fill(table[first + 1 :], roles, is_sum)


def _heading(line: TextLine, roles: Mapping[str, int]) -> list[str]:
    """A line that is no part of the table: its own cells, unless one would pass for an amount."""
    if any(dates.looks_like_date(cell.text) for cell in line.cells):
        return [": ".join(line.texts)]
    amounts_at = [roles[role] for role in (*MONEY, "balance", "original_amount") if role in roles]
    if any(at < len(line.cells) and amount_like(line.cells[at].text) for at in amounts_at):
        return [": ".join(line.texts)]
    return line.texts


def _near(placed: Sequence[Placed], index: int, lines: float) -> bool:
    line, above = placed[index].line, placed[index - 1].line
    return line.page == above.page and line.top - above.top < lines * line.size


def _join(placed: Sequence[Placed], table: Table, first: int, roles: Mapping[str, int]) -> set[int]:
    """A line of texts only, each below the beginning of one in the row, goes on with that row."""
    column = roles.get("description", roles.get("merchant"))
    days = [roles[role] for role in DAYS if role in roles]
    found: set[int] = set()
    owner = -1
    for index in range(first + 1, len(placed)):
        line, columns = placed[index].line, placed[index].columns
        if any(map(is_value, line.cells)):
            dated = any(dates.looks_like_date(table[index][day]) for day in days)
            owner = index if dated else -1
            continue
        follows = owner >= 0 and _near(placed, index, 1.8)
        follows = follows and not any(announced(cell.text) for cell in line.cells)
        follows = follows and (len(columns) != 1 or sections.kind(line.cells[0].text) is None)
        if follows and (set(columns) == {column} or _aligned(placed[owner], placed[index])):
            for cell, own in zip(line.cells, columns, strict=True):
                table[owner][own] = joined([table[owner][own], cell.text])
            found.add(index)
        else:
            owner = -1
    return found


def _aligned(above: Placed, below: Placed) -> bool:
    """Whether each cell begins where the cell of its column begins above."""
    starts = {
        column: cell.left for cell, column in zip(above.line.cells, above.columns, strict=True)
    }
    return len(below.columns) > 0 and all(
        column in starts and abs(starts[column] - cell.left) < _ALIGNED
        for cell, column in zip(below.line.cells, below.columns, strict=True)
    )


def _strays(placed: Sequence[Placed], first: int, roles: Mapping[str, int]) -> list[int]:
    """Rows whose amount ends left of where the amounts under its title begin: one in a text.

    Where a title is too narrow to stand over its amounts, most of them end at one place.
    """
    found: list[int] = []
    size = placed[first].line.size
    for column in (roles[role] for role in MONEY if role in roles):
        cells = [
            (index, cell, near)
            for index, one in enumerate(placed[first + 1 :], first + 1)
            for cell, own, near in zip(one.line.cells, one.columns, one.nearest, strict=True)
            if own == column and is_money(cell.text)
        ]
        own = [cell for _, cell, near in cells if near == column]
        if len(own) < _TELLING:
            rights = sorted(cell.right for _, cell, _ in cells)
            usual = rights[len(rights) // 2] if rights else 0.0
            own = [cell for _, cell, _ in cells if abs(cell.right - usual) < _ALIGNED]
            if len(own) < _TELLING or 2 * len(own) <= len(cells):
                continue
        begin = min(cell.left for cell in own) - size
        found += [index for index, cell, near in cells if near != column and cell.right < begin]
    return found


def _unite(table: Table, index: int, below: int, days: Sequence[int], money: Sequence[int]) -> None:
    """A row with a date and no amount, and below it one with an amount and no date, are one."""
    upper, lower = table[index], table[below]
    dated, dated_below = (
        any(map(dates.looks_like_date, (row[day] for day in days))) for row in (upper, lower)
    )
    priced, priced_below = (
        any(is_money(row[column]) for column in money) for row in (upper, lower)
    )
    if not dated or dated_below or priced or not priced_below:
        return
    if any(map(is_value_text, (cell for at, cell in enumerate(upper) if at not in days))):
        return
    if any(map(is_sum, (*upper, *lower))):
        return
    for column, said in enumerate(upper):
        lower[column] = joined([said, lower[column]]) if said else lower[column]
    table[index] = [" ".join(filter(None, upper))]


def is_value_text(text: str) -> bool:
    """A date or an amount."""
    return dates.looks_like_date(text) or is_money(text)
