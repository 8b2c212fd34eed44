"""Which columns are money and which way it goes: the interpretations of a table, judged by its
printed balances. One that they prove is taken whatever the titles say; without any, the titles'.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import islice, pairwise, permutations
from typing import NamedTuple

from kkpd.engines.reading.cells import dates
from kkpd.engines.reading.cells.amounts import WRONG, Amount, AmountColumn
from kkpd.engines.reading.cells.dates import DateColumn
from kkpd.engines.reading.cells.evidence import is_sum
from kkpd.engines.reading.profile import DAYS, MONEY, Profile, get_profile
from kkpd.engines.reading.statement import Answers, Cell, Notes, Row, Sheet, text_of
from kkpd.engines.reading.tables.chain import Chain, judged, marked
from kkpd.engines.reading.tables.layout import Layout, rank
from kkpd.engines.reading.tables.signs import (
    COLUMNS,
    Signs,
    ask_edge,
    ask_sides,
    ask_signs,
    times,
)

#: So many rows judge an interpretation; columns of another name need so many steps to prove.
_ROWS, _SEARCHED, _STEPS = 400, 60, 3
#: A wrong interpretation explains a few steps by chance, a broken file still most of them.
_MOST = 0.6
#: More columns of numbers are no bank's table.
_WIDE = 8
_NO_MONEY = frozenset(
    {*DAYS, "currency", "original_currency", "description", "merchant", "reference", "card"}
    | {"holder", "mcc", "sign", "original_amount", "time"}
)


@dataclass(frozen=True, slots=True)
class Interpretation:
    """Columns and signs of a table, and what its balances say of them."""

    layout: Layout
    signs: Signs
    chain: Chain

    def proves(self, least: int = 1) -> bool:
        """Whether the balances explain at least so many steps, and most of all."""
        return self.chain.right >= max(least, _MOST * self.chain.steps)

    @property
    def said(self) -> int:
        """How many titles of two columns name their role, less those that name the other."""
        general = get_profile("umum")
        titles = [
            (role, self.layout.title(role))
            for role in COLUMNS
            if "amount" not in self.layout.columns
        ]
        return sum(
            (rank(role, title or "", general, exact=False) is not None)
            - (rank(other, title or "", general, exact=False) is not None)
            for (role, title), other in zip(titles, COLUMNS[::-1], strict=False)
        )

    @property
    def whole(self) -> bool:
        """Whether they explain every step."""
        return self.proves() and self.chain.right == self.chain.steps


def interpret(
    sheet: Sheet,
    found: Layout,
    body: Sequence[Row],
    money: AmountColumn,
    days: DateColumn,
    profile: Profile,
    answers: Answers,
    notes: Notes,
) -> tuple[Layout, Signs, bool, bool | None]:
    """The columns and signs of a table, and whether its first day stands first, and whether
    its dates tell that. Asks for signs that nothing tells.
    """
    rows = [row for row in body[:_ROWS] if _dated(row, found)]
    dated = first_day_first(rows, found, days)
    ours = list(_readings(found, rows, money, profile, answers, dated))
    best = max(ours, key=_worth)
    sure = best.whole and (best.said > 0 or not best.chain.way.owed or "amount" in found.columns)
    if profile.name == "umum" and not (sure and (best.signs.told or not best.chain.way.owed)):
        some = rows[:_SEARCHED]
        proven = (
            one
            for layout in _layouts(found, some, money)
            for one in _readings(layout, some, money, profile, answers, dated)
            if one.proves(max(_STEPS, int(_MOST * len(some))))
        )
        own = _readings(found, some, money, profile, answers, dated)
        other = max((*own, *proven), key=_worth)
        best = best if other.layout is found else other
    if not best.whole and not best.signs.told:
        free = _layouts(found, rows, money) if profile.name == "umum" else ()
        for layout in (best.layout, *(one for one in free if "amount" in one.columns)):
            least = max(best.chain.right + 1, 2)
            if _by_steps(layout, list(enumerate(rows)), money, dated, least) is None:
                continue
            below = islice(enumerate(sheet.rows(), start=1), layout.first_row, None)
            steps = _by_steps(layout, list(below), money, dated, least)
            if steps is not None:
                back = steps.back
                if steps.edge and ask_edge(*steps.edge, answers, notes):
                    back |= {steps.edge[0]}
                return steps.layout, replace(best.signs, back=back), steps.down, dated
    if best.proves():
        down = best.chain.way.down
        if profile.name == "umum" and best.said <= 0 and _in_two_columns(best.layout):
            best = _of_sides(best, answers, notes)
        signs = _proven(best, found, rows, money, answers)
        return _with_before(best.layout, rows, money, down), signs, down, dated
    answered = profile.spending or "tanda_belanja" in answers or "arti_tanda" in answers
    if "amount" in found.columns and not answered:
        ask_signs(found, body, money, ours[0].signs, notes)
    return found, ours[0].signs, True, dated


def first_day_first(rows: Sequence[Row], found: Layout, days: DateColumn) -> bool | None:
    """Whether the days go on down the rows; None where they do not tell."""
    role = next(role for role in DAYS if role in found.columns)
    read = (days[_cell(row, found.columns, role)] for row in rows)
    known = [day for day in read if isinstance(day, date)]
    on = sum((after > before) - (after < before) for before, after in pairwise(known))
    return None if not on else on > 0


def _worth(one: Interpretation) -> tuple[int, bool, int, bool]:
    """What explains most steps first, then what its titles say; an account that falls by what is
    spent before a debt.
    """
    chain = one.chain
    return chain.right, one.whole, one.said, not chain.way.owed or not chain.steps


def _in_two_columns(layout: Layout) -> bool:
    return "amount" not in layout.columns and layout.columns.keys() >= set(COLUMNS)


def _of_sides(best: Interpretation, answers: Answers, notes: Notes) -> Interpretation:
    """The columns of an account, or of a debt where somebody says that it is one."""
    columns = dict(best.layout.columns)
    turned = replace(
        best.layout,
        columns={**columns, "debit": columns["credit"], "credit": columns["debit"]},
    )
    account = turned if best.chain.way.owed else best.layout
    debt = best.layout if best.chain.way.owed else turned
    owed = ask_sides(account, answers, notes) == "utang"
    return replace(best, layout=debt if owed else account)


def _proven(
    best: Interpretation, found: Layout, rows: Sequence[Row], money: AmountColumn, answers: Answers
) -> Signs:
    """Its signs: amounts without any mark are spent where the balance falls by them, but a card's
    list where most are positive grows by them, and so does a running sum, which begins at nothing.
    """
    layout, signs = best.layout, best.signs
    if signs.told or not best.chain.way.owed or "tanda_belanja" in answers:
        return signs
    read = [one for one in _amounts(layout, signs, rows, money) if isinstance(one, Decimal)]
    if "card" in layout.columns and 2 * sum(one < 0 for one in read) < len(read):
        return signs
    if "balance" not in found.columns and best.chain.first in read[:1]:
        return signs
    return signs.turned()


def _with_before(layout: Layout, rows: Sequence[Row], money: AmountColumn, down: bool) -> Layout:
    """The layout and the column, if there is one, of the balance before each row."""
    turn = 1 if down else -1
    after = [money[_cell(row, layout.columns, "balance")] for row in rows][::turn]
    for index in set(range(max(map(len, rows), default=0))).difference(layout.columns.values()):
        before = [money[row[index]] if index < len(row) else None for row in rows][::turn]
        pairs = list(zip(after, before[1:], strict=False))
        same = sum(one == other and isinstance(one, Decimal) for one, other in pairs)
        if same >= max(2, _MOST * len(pairs)):
            return replace(layout, columns={**layout.columns, "before": index})
    return layout


def _readings(
    layout: Layout,
    rows: Sequence[Row],
    money: AmountColumn,
    profile: Profile,
    answers: Answers,
    dated: bool | None,
) -> Iterator[Interpretation]:
    cells = [_cell(row, layout.columns, "balance") for row in rows]
    turn = -1 if marked(cells) else 1
    printed = [times(money[cell], turn) for cell in cells]
    for signs in Signs.readings(layout, rows, money, profile, answers):
        chain = judged(_amounts(layout, signs, rows, money), printed, dated)
        yield Interpretation(layout, signs, chain)


def _layouts(found: Layout, rows: Sequence[Row], money: AmountColumn) -> Iterator[Layout]:
    """Every other choice of a balance and one or two columns of amounts."""
    taken = {index for role, index in found.columns.items() if role in _NO_MONEY}
    width = max(map(len, rows), default=0)
    numbers = [i for i in range(width) if i not in taken and _is_numbers(i, rows, money)][:_WIDE]
    kept = {role: i for role, i in found.columns.items() if role not in (*MONEY, "balance")}
    for balance in numbers:
        rest = [index for index in numbers if index != balance]
        for index in rest:
            yield replace(found, columns={**kept, "amount": index, "balance": balance})
        without = {role: index for role, index in kept.items() if role != "sign"}
        for debit, credit in permutations(rest, 2):
            columns = {**without, "debit": debit, "credit": credit, "balance": balance}
            yield replace(found, columns=columns)


def _is_numbers(index: int, rows: Sequence[Row], money: AmountColumn) -> bool:
    cells = [row[index] for row in rows if index < len(row) and text_of(row[index]).strip()]
    read = [money[cell] for cell in cells if not isinstance(cell, str) or not _is_day(cell)]
    return bool(read) and sum(one is not WRONG for one in read) >= 0.9 * len(cells)


def _is_day(text: str) -> bool:
    return dates.is_numeric_date(text)


def _dated(row: Row, found: Layout) -> bool:
    """Whether a row is judged: one with a date, or a balance."""
    cells = (_cell(row, found.columns, role) for role in DAYS)
    printed = text_of(_cell(row, found.columns, "balance")).strip()
    return bool(printed) or any(map(dates.looks_like_date, cells))


def _cell(row: Row, columns: Mapping[str, int], role: str) -> Cell:
    index = columns.get(role, len(row))
    return row[index] if index < len(row) else ""


def _amounts(
    layout: Layout, signs: Signs, rows: Sequence[Row], money: AmountColumn
) -> list[Amount]:
    """Our amounts, none for rows of a balance."""
    return [
        None
        if any(is_sum(cell) for cell in row if isinstance(cell, str))
        else signs.amount(lambda role, row=row: _cell(row, layout.columns, role), money)  # type: ignore[misc]  # a cell by its role
        for row in rows
    ]


class _Steps(NamedTuple):
    """Rows of money back as the balance tells, and the one before which no balance stands."""

    layout: Layout
    back: frozenset[int]
    edge: tuple[int, Decimal] | None
    down: bool


def _by_steps(
    layout: Layout,
    rows: Sequence[tuple[int, Row]],
    money: AmountColumn,
    dated: bool | None,
    least: int,
) -> _Steps | None:
    """Signs told by the balance alone: each step is the amount of its row, up or down."""
    if not {"amount", "balance"} <= layout.columns.keys():
        return None
    stood = [(number, row, money[_cell(row, layout.columns, "balance")]) for number, row in rows]
    stood = [one for one in stood if isinstance(one[2], Decimal)]
    amounts = {
        number: amount
        for number, row, _ in stood
        if isinstance(amount := money[_cell(row, layout.columns, "amount")], Decimal)
        and not any(map(is_sum, map(text_of, row)))
    }
    if any(amount < 0 for amount in amounts.values()):
        return None
    for down in (True, False) if dated is None else (dated,):
        before = _with_before(layout, [row for _, row, _ in stood[:_ROWS]], money, down)
        steps: dict[int, Decimal] = {}
        last: Amount = None
        for number, row, after in stood if down else stood[::-1]:
            begin = money[_cell(row, before.columns, "before")] if before is not layout else last
            step = after - begin if isinstance(begin, Decimal) else None  # type: ignore[operator]  # kept above
            if step is not None and abs(step) == amounts.get(number, -1):
                steps[number] = step
            last = after
        if len(steps) >= max(least, _MOST * (len(amounts) - 1)):
            edge = next(iter(amounts if down else reversed(amounts)))
            back = frozenset(number for number, step in steps.items() if step > 0)
            open_ = None if edge in steps else (edge, amounts[edge])
            return _Steps(before, back, open_, down)
    return None
