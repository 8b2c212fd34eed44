"""Columns that no title names: which one is what, by its cells alone."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from kkpd.engines.reading.cells import amounts, dates
from kkpd.engines.reading.cells.celltests import amount_like, is_value, sign_of
from kkpd.engines.reading.profile import DAYS, MONEY
from kkpd.engines.reading.sheet import Row, text_of

_MONEY = ("amount", "balance")


def columns_of(
    rows: Sequence[Row], taken: Collection[int] = ()
) -> tuple[dict[str, int], tuple[int, ...]]:
    """Role -> column, and the text columns: the first dates and amounts, the most varied text.

    Columns that are `taken` have their meaning by title.
    """
    body = [row for row in rows if sum(bool(text_of(cell).strip()) for cell in row) > 1]
    width = max(map(len, body), default=0)
    filled = [[text for row in body if (text := _text(row, i))] for i in range(width)]
    columns: dict[str, int] = {}
    for index, texts in enumerate(filled):
        if index in taken:
            continue
        cells = [row[index] for row in body if _text(row, index)]
        role = _role(cells, columns) if len(texts) >= 0.5 * len(body) and texts else None
        if role:
            columns[role] = index
    _debit_and_credit(columns, body, filled, taken)
    words = tuple(
        index
        for index in range(width)
        if index not in (*columns.values(), *taken) and not all(map(is_value, filled[index]))
    )
    if words:
        columns["description"] = max(words, key=lambda i: (len(set(filled[i])), -i))
    mark = next((i for i in words if _is_mark(filled[i], len(body))), None)
    if "amount" in columns and mark is not None and mark != columns["description"]:
        columns["sign"] = mark
    return columns, words


def telling(body: Sequence[Row], taken: Collection[int]) -> int | None:
    """The column outside of `taken` whose texts differ most; None where there are no texts."""
    filled = {
        index: {text for row in body if (text := _text(row, index))}
        for index in range(max(map(len, body), default=0))
        if index not in taken
    }
    worded = [index for index, texts in filled.items() if not all(map(is_value, texts))]
    return max(worded, key=lambda i: (len(filled[i]), -i), default=None)


def unnamed(
    columns: Mapping[str, int], body: Sequence[Row], no_money: Collection[int], titled: bool
) -> dict[str, int]:
    """The date by content where the titles name only the amount, or the other way about.

    Where they name neither, they must be `titled`, sure to be titles. Where several columns could
    be the amount, a person points it out. The titles of `no_money` say a rate, a tax or a code.
    """
    dated = any(role in columns for role in DAYS)
    priced = any(role in columns for role in MONEY)
    if not (dated or priced or titled):
        return {}
    found, _ = columns_of(body, (*columns.values(), *no_money))
    if not dated and not priced:
        alone = "amount" in found and "balance" not in found
        return {role: found[role] for role in (*DAYS, "amount") if role in found and alone}
    if not dated:
        return {role: found[role] for role in DAYS if role in found}
    if "balance" in found:
        return {}
    return {role: found[role] for role in MONEY if role in found}


def _text(row: Row, index: int) -> str:
    return text_of(row[index]).strip() if index < len(row) else ""


def _role(cells: Sequence[object], columns: Mapping[str, int]) -> str | None:
    if sum(map(dates.looks_like_date, cells)) >= 0.9 * len(cells):
        return next((role for role in DAYS if role not in columns), None)
    if _is_money(cells):
        return next((role for role in _MONEY if role not in columns), None)
    return None


def _is_money(cells: Sequence[object]) -> bool:
    shown = any("." in text or "," in text for text in map(text_of, cells))
    return shown and sum(map(amount_like, cells)) >= 0.9 * len(cells)


def _is_mark(texts: Sequence[str], rows: int) -> bool:
    """Whether a column says debit or credit in every row, and both of them."""
    return len(texts) == rows and {sign_of(text) for text in texts} == {1, -1}


def _debit_and_credit(
    columns: dict[str, int],
    body: Sequence[Row],
    filled: Sequence[Sequence[str]],
    taken: Collection[int],
) -> None:
    """Two money columns of which each row fills only one: money out, then money in."""
    free = (texts if i not in taken else () for i, texts in enumerate(filled))
    money = [i for i, texts in enumerate(free) if texts and _is_money(texts)][:2]
    if len(money) < 2 or len(body) < 3 or not set(columns.values()) & set(money):
        return
    pairs = [[_says_amount(_text(row, index)) for index in money] for row in body]
    said = [pair for pair in pairs if any(pair)]
    once = all(sum(pair) == 1 for pair in said)
    if once and len(said) >= 0.8 * len(body) and all(any(side) for side in zip(*said, strict=True)):
        for role in _MONEY:
            columns.pop(role, None)
        columns["debit"], columns["credit"] = money


def _says_amount(text: str) -> bool:
    return not amounts.is_blank(text) and bool(text.strip("0.,- "))
