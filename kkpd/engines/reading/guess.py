"""What a person is shown of an unknown layout, to confirm, correct and keep: which column is what,
by the titles that are known and by what the columns hold.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from kkpd.core.errors import Unreadable
from kkpd.core.pan import mask
from kkpd.engines.reading import guard
from kkpd.engines.reading.cells.evidence import amount_like
from kkpd.engines.reading.profile import (
    MONEY,
    DateOrder,
    DecimalSign,
    Names,
    Profile,
    Spending,
    load_profiles,
    squash,
)
from kkpd.engines.reading.recognise import choose, format_of, reader
from kkpd.engines.reading.recognise import sheets as sheets_of
from kkpd.engines.reading.statement import Notes, Row, Sheet, text_of
from kkpd.engines.reading.tables import column_formats as formats
from kkpd.engines.reading.tables import layout
from kkpd.engines.reading.tables.layout import Layout

_HEAD, _SHOWN = 200, 10
#: Titles of money that comes back, to tell it from money out where both fill a column.
_BACK = re.compile(r"masuk|kembali|kredit|credit|retur|terima|refund|\bcr\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Guess:
    """How a table file was understood, for a page that shows which column is what.

    `columns` maps a role (`profile.ROLES`) to a column number, `titles` are the file's
    own column names (the second of one name is `Jumlah (2)`), `sample` the first rows below them,
    card numbers cut. `date_order` and `decimal` are what the columns themselves decide, None where
    they leave it open.
    """

    profile: Profile
    sheet: str | None
    header_rows: tuple[int, ...]
    titles: tuple[str, ...]
    columns: Mapping[str, int]
    sample: tuple[tuple[str, ...], ...]
    date_order: DateOrder | None = None
    decimal: DecimalSign | None = None


def recognise(data: bytes, known: Profile | None = None) -> list[Guess]:
    """One guess for each table of a CSV, workbook, PDF or HTML file; empty for other formats.

    The titles that `known` names keep their meaning. Raises Unreadable or TooLarge as `parse` does.
    """
    guard.refuse_sizes(data)
    kind = format_of(data)
    if reader(kind) is not None:
        return []
    sheets = sheets_of(kind, data)
    profile = choose(sheets)
    return [_guess(sheet, profile, known) for sheet in sheets]


def keep(
    name: str,
    title: str,
    columns: Mapping[str, str],
    *,
    date_order: DateOrder | None = None,
    decimal: DecimalSign | None = None,
    spending: Spending | None = None,
    currency: str | None = None,
    marks: Sequence[str] = (),
    words: Names | None = None,
) -> Profile:
    """A new profile from role -> column title; Unreadable when one is missing or used twice."""
    if not layout.complete(dict.fromkeys(columns, 0)):
        raise Unreadable(
            "Pilih dahulu kolom tanggal dan kolom jumlah (atau debit/kredit).", field="columns"
        )
    used = [squash(column) for column in columns.values()]
    twice = next((c for c in columns.values() if used.count(squash(c)) > 1), None)
    if twice is not None:
        raise Unreadable(f"Kolom “{twice}” dipilih untuk lebih dari satu arti.", field="columns")
    made = Profile(
        name=name,
        title=mask(title),
        marks=tuple(marks),
        columns={role: (column,) for role, column in columns.items()},
        words={group: tuple(map(mask, some)) for group, some in (words or {}).items() if some},
        date_order=date_order,
        decimal=decimal,
        spending=spending,
        currency=currency,
    )
    return Profile.from_toml(made.to_toml())


def _guess(sheet: Sheet, profile: Profile, known: Profile | None) -> Guess:
    head = list(islice(sheet.rows(), _HEAD))
    found = layout.find(head, profile)
    header = found.header if found and found.header else _first_texts(head)
    titles = found.titles if found and found.titles else _texts(head, header)
    titles = layout.numbered(titles)
    body = head[header[-1] + 1 if header else 0 :]
    columns = dict(found.columns) if found else _by_content(titles, body)
    if known:
        columns = _beside_money_back(titles, body, _as_known(titles, columns, known))
    order, decimal = _settled(sheet, Layout(header or None, titles, columns), profile)
    return Guess(
        profile=profile,
        sheet=sheet.name,
        header_rows=tuple(row + 1 for row in header),
        titles=tuple(mask(title) for title in titles),
        columns=columns,
        sample=tuple(tuple(mask(text_of(cell)) for cell in row) for row in body[:_SHOWN]),
        date_order=order,
        decimal=decimal,
    )


def _as_known(titles: Sequence[str], columns: Mapping[str, int], known: Profile) -> dict[str, int]:
    """The columns as a kept profile names them; what it lacks as it was guessed, if still free."""
    places = {squash(title): index for index, title in reversed(list(enumerate(titles)))}
    own = {
        role: places[squash(name)]
        for role, names in known.columns.items()
        for name in names
        if squash(name) in places
    }
    free = {
        role: index
        for role, index in columns.items()
        if role not in own and index not in own.values()
    }
    return own | free


def _by_content(titles: Sequence[str], body: Sequence[Row]) -> dict[str, int]:
    """Which column is what where the titles alone do not say: what they say, then the cells."""
    named = layout.assign(titles, body, load_profiles()["umum"])
    found, _ = layout.columns_of(body, tuple(named.values()))
    if {"merchant", "description"} & named.keys():
        found.pop("description", None)
    columns = {role: index for role, index in found.items() if role not in named} | named
    if not set(MONEY) & columns.keys():
        columns |= _lone_money(body, columns)
    if {"amount", "balance"} <= found.keys() and not {"amount", "balance"} & named.keys():
        two = sorted((found["amount"], found["balance"]), key=lambda i: _says_back(titles, i))
        if [_says_back(titles, index) for index in two] == [False, True]:
            del columns["amount"], columns["balance"]
            columns |= {"debit": two[0], "credit": two[1]}
    if {"debit", "credit"} <= columns.keys() and _says_back(titles, columns["debit"]):
        columns["debit"], columns["credit"] = columns["credit"], columns["debit"]
    return _beside_money_back(titles, body, columns)


def _beside_money_back(
    titles: Sequence[str], body: Sequence[Row], columns: dict[str, int]
) -> dict[str, int]:
    """An amount beside a free column of money back is the debit of the two."""
    free = set(range(len(titles))) - set(columns.values())
    back = [i for i in free if _says_back(titles, i) and _is_numbers(body, i)]
    paid = columns.get("amount", columns.get("debit"))
    if paid is None or {"sign", "credit"} & columns.keys() or len(back) != 1:
        return columns
    rest = {role: index for role, index in columns.items() if role not in MONEY}
    return rest | {"debit": paid, "credit": back[0]}


def _says_back(titles: Sequence[str], index: int) -> bool:
    return index < len(titles) and _BACK.search(titles[index]) is not None


def _lone_money(body: Sequence[Row], taken: Mapping[str, int]) -> dict[str, int]:
    """The only column of bare numbers that is left, as the amount."""
    width = max(map(len, body), default=0)
    numbers = [i for i in set(range(width)) - set(taken.values()) if _is_numbers(body, i)]
    return {"amount": numbers[0]} if len(numbers) == 1 else {}


def _is_numbers(body: Sequence[Row], index: int) -> bool:
    cells = [row[index] for row in body if index < len(row) and text_of(row[index]).strip()]
    return bool(cells) and all(map(amount_like, cells))


def _settled(
    sheet: Sheet, found: Layout, profile: Profile
) -> tuple[DateOrder | None, DecimalSign | None]:
    """Date order and decimal sign as far as the columns themselves decide them."""
    settled = formats.settle(
        sheet, found, replace(profile, date_order=None, decimal=None), {}, Notes()
    )
    order = None if settled.order_asked else settled.order
    return order, settled.decimal


def _first_texts(head: Sequence[Row]) -> tuple[int, ...]:
    for index, row in enumerate(head):
        if sum(isinstance(cell, str) and bool(cell.strip()) for cell in row) > 1:
            return (index,)
    return ()


def _texts(head: Sequence[Row], header: Sequence[int]) -> tuple[str, ...]:
    return tuple(text_of(cell) for cell in head[header[0]]) if header else ()
