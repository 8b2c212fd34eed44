"""A table without titles: which column is what, by its cells alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kkpd.ingest import amounts, dates
from kkpd.ingest.celltests import amount_like, is_value
from kkpd.ingest.sheet import Row, text_of

_DATES = ("transaction_date", "posting_date")
_MONEY = ("amount", "balance")


def columns_of(rows: Sequence[Row]) -> tuple[dict[str, int], tuple[int, ...]]:
    """Role -> column, and the text columns: the first dates and amounts, the most varied text."""
    body = [row for row in rows if sum(bool(text_of(cell).strip()) for cell in row) > 1]
    width = max(map(len, body), default=0)
    filled = [[text for row in body if (text := _text(row, i))] for i in range(width)]
    columns: dict[str, int] = {}
    for index, texts in enumerate(filled):
        cells = [row[index] for row in body if _text(row, index)]
        role = _role(cells, columns) if len(texts) >= 0.5 * len(body) and texts else None
        if role:
            columns[role] = index
    _debit_and_credit(columns, body, filled)
    words = tuple(
        index
        for index in range(width)
        if index not in columns.values() and not all(map(is_value, filled[index]))
    )
    if words:
        columns["description"] = max(words, key=lambda i: (len(set(filled[i])), -i))
    return columns, words


def _text(row: Row, index: int) -> str:
    return text_of(row[index]).strip() if index < len(row) else ""


def _role(cells: Sequence[object], columns: Mapping[str, int]) -> str | None:
    if sum(map(dates.looks_like_date, cells)) >= 0.9 * len(cells):
        return next((role for role in _DATES if role not in columns), None)
    if _is_money(cells):
        return next((role for role in _MONEY if role not in columns), None)
    return None


def _is_money(cells: Sequence[object]) -> bool:
    shown = any("." in text or "," in text for text in map(text_of, cells))
    return shown and sum(map(amount_like, cells)) >= 0.9 * len(cells)


def _debit_and_credit(
    columns: dict[str, int], body: Sequence[Row], filled: Sequence[Sequence[str]]
) -> None:
    """Two money columns of which each row fills only one: money out, then money in."""
    money = [i for i, texts in enumerate(filled) if texts and _is_money(texts)][:2]
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
