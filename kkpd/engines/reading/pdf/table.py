"""Lines of placed cells to rows: under titles, without any, or of text laid out by blanks.

Then each row is completed: texts over several lines, dates printed once, amounts that stray.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from itertools import pairwise

from kkpd.core.pan import announced
from kkpd.engines.reading.cells import dates
from kkpd.engines.reading.cells.amounts import AmountColumn, is_money
from kkpd.engines.reading.cells.evidence import amount_like, is_sum
from kkpd.engines.reading.guard import decode
from kkpd.engines.reading.pdf.titles import (
    Placed,
    Titles,
    has_value,
    is_value,
    nearest,
    section_kind,
    sign_sections,
    stacks,
    under,
)
from kkpd.engines.reading.pdf.words import TextCell, TextLine, joined
from kkpd.engines.reading.profile import DAYS, MONEY
from kkpd.engines.reading.statement import Sheet
from kkpd.engines.reading.tables import layout

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


#: What a table of purchases is made of; a name above it must not pass for a title of it.
_CORE = frozenset({"transaction_date", "posting_date", "amount", "debit", "credit", "merchant"})
_CREDIT = frozenset({"CR", "CR.", "DB", "DB.", "DR"})
#: So many lines below titles are looked at; titles stand on so many themselves.
_BELOW, _TITLE_LINES = 60, 3


def under_titles(found: Sequence[TextLine]) -> list[list[str]]:
    """Rows under the best header; further tables by meaning; without one date, text, amount."""
    found = _with_marks_below(found)
    headers = _headers(found)
    if headers is None:
        table = untitled(found)
        sign_sections(table, 3)
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
    mend(placed, table, first, titles.roles)
    for start, one in starts.items():
        _fold(found, table, start, one)
    if "amount" in titles.roles:
        sign_sections(table, titles.roles["amount"])
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
    """The best titles of the document and the lines where tables begin; None without any."""
    known = list(_candidates(found))
    if not known:
        return None
    worth, index, titles = max(known, key=lambda one: one[0])
    if not worth[0] and any(len(row) > 1 for row in untitled(found)):
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
    """Worth (lines that fit, names of purchases, ...), first line and cells of possible titles."""
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


_CENTS = re.compile(r"\d[.,]\d\d(?!\d)")
_YEAR, _SHORTEST_MONTH = 366, 29


def untitled(found: Sequence[TextLine]) -> list[list[str]]:
    """A line that begins with a date and ends with an amount as a row, others as one text.

    Of two amounts the last is a balance where the amounts lead from one to the next.
    """
    parts = [_parts(line) for line in found]
    later = _first_is_later([part[0] for part in parts if part])
    with_balance = _is_running([amount for part in parts if part and (amount := part[1])])
    made = []
    for line, part in zip(found, parts, strict=True):
        if part is None or len(part[1]) > (2 if with_balance else 1):
            made.append([": ".join(line.texts)])
        else:
            days = part[0][1::-1] if later else part[0][:2]
            made.append([*days, part[0][2], *part[1]])
    return made


def _parts(line: TextLine) -> tuple[list[str], list[str]] | None:
    """Two dates and the text, then the amounts at the end; None for a line of another kind."""
    texts = line.texts
    days = [text for text in texts[:2] if dates.looks_like_date(text)]
    end = len(texts)
    while end > len(days) and is_money(texts[end - 1]):
        end -= 1
    said = " ".join(texts[len(days) : end])
    if not days or end == len(texts) or any(_like(texts[-1], one) for one in said.split()[-3:]):
        return None
    return [days[0], days[-1], said], texts[end:]


def _first_is_later(found: Sequence[Sequence[str]]) -> bool:
    """Whether the posting day stands before the purchase day, told by every sure pair."""
    told = set()
    for first, second, _ in found:
        one, other = _day_of_year(first), _day_of_year(second)
        if one is not None and other is not None and one != other:
            told.add((one - other) % _YEAR < _YEAR // 2)
    return told == {True}


def _day_of_year(text: str) -> int | None:
    parts = dates.without_year(text)
    if parts is not None and parts[1] < 0:
        day = date(2000, -parts[1], parts[0]) if parts[0] <= _SHORTEST_MONTH else None
    else:
        day = dates.fixed(text)
    return None if day is None else day.timetuple().tm_yday


def _like(amount: str, word: str) -> bool:
    """Whether a word is written as the amount is, with as many decimals, so could be it as well."""
    return is_money(word) and bool(_CENTS.search(amount)) == bool(_CENTS.search(word))


def _is_running(found: Sequence[Sequence[str]]) -> bool:
    """Whether each line's second amount is the one before it more or less its first."""
    if any(len(texts) > 2 for texts in found):
        return False
    money = AmountColumn.deciding(text for texts in found for text in texts)
    pairs = [money.read(texts) for texts in found if len(texts) == 2]
    steps = [
        isinstance(amount, Decimal)
        and isinstance(before, Decimal)
        and isinstance(after, Decimal)
        and abs(after - before) == abs(amount)
        for (_, before), (amount, after) in pairwise(pairs)
    ]
    return len(steps) >= _PROOF and all(steps)


#: A file of more lines is read as separated values or not at all.
MAX_LINES = 200_000
_CELL = re.compile(r"\S+(?: \S+)*")


def laid_out(data: bytes) -> list[Sheet]:
    """The text as one table; rows without columns stay one cell. Empty for a file too long."""
    text = decode(data).expandtabs(8)
    rows = text.splitlines()
    if len(rows) > MAX_LINES:
        return []
    table = under_titles([_text_line(number, row) for number, row in enumerate(rows)])
    return [Sheet.of(None, table)]


def _text_line(number: int, row: str) -> TextLine:
    """The cells of a line: texts parted by two blanks or more; one character is one unit wide."""
    found = _CELL.finditer(row)
    cells = tuple(TextCell(one[0], float(one.start()), float(one.end())) for one in found)
    return TextLine(1, float(number), 1.0, cells)
