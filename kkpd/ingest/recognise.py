"""Which profile fits a file, and what a person is shown to confirm, correct and keep it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from kkpd.domain.errors import Unreadable
from kkpd.domain.pan import mask
from kkpd.ingest import guard, layout, sniff
from kkpd.ingest.profile import DateOrder, DecimalSign, Profile, Spending, load_profiles
from kkpd.ingest.sheet import Sheet, row_text, text_of
from kkpd.ingest.words import squash

_HEAD = 200
_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Guess:
    """How a table file was understood, for a page that shows which column is what.

    `columns` maps a role (`kkpd.ingest.profile.ROLES`) to a column number, `titles` are the file's
    own column names, `sample` the first rows below them, card numbers cut.
    """

    profile: Profile
    sheet: str | None
    header_rows: tuple[int, ...]
    titles: tuple[str, ...]
    columns: Mapping[str, int]
    sample: tuple[tuple[str, ...], ...]


def choose(sheets: Sequence[Sheet]) -> Profile:
    """The shipped profile whose marks and columns the file shows, else `umum`."""
    profiles = load_profiles()
    for sheet in sheets:
        head = list(islice(sheet.rows(), _HEAD))
        text = " ".join(map(row_text, head)).casefold()
        for profile in profiles.values():
            marked = any(mark.casefold() in text for mark in profile.marks)
            if marked and layout.find(head, profile) is not None:
                return profile
    return profiles["umum"]


def fitting(data: bytes, profiles: Iterable[Profile]) -> Profile | None:
    """The first of these kept profiles whose columns the file shows, None for none."""
    kind = sniff.format_of(data)
    if sniff.reader(kind) is not None:
        return None
    heads = [list(islice(sheet.rows(), _HEAD)) for sheet in sniff.sheets(kind, data)]
    for profile in profiles:
        if any(layout.find(head, profile) is not None for head in heads):
            return profile
    return None


def recognise(data: bytes) -> list[Guess]:
    """One guess for each table of a CSV, workbook, PDF or HTML file; empty for other formats.

    Raises Unreadable or TooLarge as `parse` does. A table that is not understood has no columns:
    its titles are then the first row with several texts.
    """
    guard.refuse_sizes(data)
    kind = sniff.format_of(data)
    if sniff.reader(kind) is not None:
        return []
    sheets = sniff.sheets(kind, data)
    profile = choose(sheets)
    return [_guess(sheet, profile) for sheet in sheets]


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
) -> Profile:
    """A new profile from a person's choice: role -> the file's own column title.

    Raises Unreadable when date or amount is missing, or a column serves two roles.
    """
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
        title=title,
        marks=tuple(marks),
        columns={role: (column,) for role, column in columns.items()},
        date_order=date_order,
        decimal=decimal,
        spending=spending,
        currency=currency,
    )
    return Profile.from_toml(made.to_toml())


def _guess(sheet: Sheet, profile: Profile) -> Guess:
    head = list(islice(sheet.rows(), _HEAD))
    found = layout.find(head, profile)
    header = found.header if found and found.header else _first_texts(head)
    titles = found.titles if found and found.titles else _texts(head, header)
    body = head[header[-1] + 1 if header else 0 :][:_SHOWN]
    return Guess(
        profile=profile,
        sheet=sheet.name,
        header_rows=tuple(row + 1 for row in header),
        titles=tuple(mask(title) for title in titles),
        columns=dict(found.columns) if found else {},
        sample=tuple(tuple(mask(text_of(cell)) for cell in row) for row in body),
    )


def _first_texts(head: Sequence[Sequence[object]]) -> tuple[int, ...]:
    for index, row in enumerate(head):
        if sum(isinstance(cell, str) and bool(cell.strip()) for cell in row) > 1:
            return (index,)
    return ()


def _texts(head: Sequence[Sequence[object]], header: Sequence[int]) -> tuple[str, ...]:
    return tuple(text_of(cell) for cell in head[header[0]]) if header else ()
