"""Rows of a table on paper: texts over several lines, dates printed once, amounts that stray."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise

from kkpd.core.pan import announced
from kkpd.engines.reading.cells import dates
from kkpd.engines.reading.cells.amounts import is_money
from kkpd.engines.reading.cells.columns import AmountColumn
from kkpd.engines.reading.cells.evidence import amount_like, is_sum
from kkpd.engines.reading.pdf.titles import Placed, has_value, is_value, section_kind
from kkpd.engines.reading.pdf.words import TextLine, joined
from kkpd.engines.reading.profile import DAYS, MONEY

_TEXTS = ("description", "merchant")
#: Texts that begin at one place do so within so many points.
_ALIGNED = 2.0
#: So many amounts tell where their column stands.
_TELLING = 3

Table = list[list[str]]


def mend(placed: Sequence[Placed], table: Table, first: int, roles: Mapping[str, int]) -> None:
    """Make each transaction one row below the titles in row `first`; other lines stay."""
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
    fill_days(table[first + 1 :], roles, is_sum)


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
        follows = follows and (len(columns) != 1 or section_kind(line.cells[0].text) is None)
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
    """Rows whose amount ends left of where the amounts under its title begin: one in a text."""
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


#: So many steps of the balance must be the amounts between them, and all of them.
_PROOF = 2

Rows = Sequence[list[str]]


@dataclass(slots=True)
class _Walk:
    """The last date and balance so far, what moved since, and which rows lack their date."""

    days: dict[int, str] = field(default_factory=dict)
    balance: Decimal | None = None
    moved: Decimal = Decimal(0)
    undated: list[tuple[list[str], dict[int, str]]] = field(default_factory=list)
    steps: int = 0


def fill_days(rows: Rows, roles: Mapping[str, int], is_sum: Callable[[str], bool]) -> None:
    """Date rows that lack it by the row above, but only where the running balance proves all."""
    if "balance" not in roles:
        return
    money = _money_of(rows, roles)
    for factor in (1, -1):
        walk = _Walk()
        if (
            all(_step(walk, row, roles, money, factor, is_sum) for row in rows)
            and walk.steps >= _PROOF
        ):
            for row, days in walk.undated:
                for column, text in days.items():
                    row[column] = text
            return


def _money_of(rows: Rows, roles: Mapping[str, int]) -> AmountColumn:
    columns = [roles[role] for role in (*MONEY, "balance") if role in roles]
    wide = (row for row in rows if len(row) > max(columns))
    return AmountColumn.deciding(row[column] for row in wide for column in columns)


def _step(
    walk: _Walk,
    row: list[str],
    roles: Mapping[str, int],
    money: AmountColumn,
    factor: int,
    is_sum: Callable[[str], bool],
) -> bool:
    """Take in a row; False when its balance is not what the amounts make it."""
    if len(row) <= max(roles.values()):
        return True
    days = {roles[role]: row[roles[role]] for role in DAYS if role in roles}
    dated = any(map(dates.looks_like_date, days.values()))
    if dated:
        walk.days = days
    balance = money[row[roles["balance"]]]
    moved = None if any(map(is_sum, row)) else _moved(row, roles, money)
    if moved is not None and any(walk.days.values()):
        walk.moved += factor * moved
        if not dated:
            walk.undated.append((row, walk.days))
    if not isinstance(balance, Decimal):
        return True
    right = walk.balance is None or balance == walk.balance + walk.moved
    walk.steps += walk.balance is not None and bool(walk.moved)
    walk.balance, walk.moved = balance, Decimal(0)
    return right


def _moved(row: list[str], roles: Mapping[str, int], money: AmountColumn) -> Decimal | None:
    """Money in less money out of a row, or its signed amount."""
    read = {role: money[row[roles[role]]] for role in MONEY if role in roles}
    found = {role: one for role, one in read.items() if isinstance(one, Decimal)}
    if not found:
        return None
    if "amount" in found:
        return found["amount"]
    return found.get("credit", Decimal(0)) - found.get("debit", Decimal(0))
