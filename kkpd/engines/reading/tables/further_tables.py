"""Tables below each other on one sheet, their columns in another order: rows under one head."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from kkpd.engines.reading.profile import DAYS, MONEY, Profile
from kkpd.engines.reading.sheet import Row, Sheet, text_of
from kkpd.engines.reading.tables import layout
from kkpd.engines.reading.tables.layout import Layout
from kkpd.engines.reading.words import squash

#: So many rows tell what the columns of a further table are.
_TELLING = 50

#: For each column of the first table the column of this one, None where it has none.
_Places = Sequence[int | None]


def aligned(sheet: Sheet, found: Layout, head: Sequence[Row], profile: Profile) -> Sheet:
    """The sheet with the rows of further tables in the order of the first table's columns."""
    if found.header is None or sheet.pages:
        return sheet
    turns = {
        number: places
        for number in range(found.first_row, len(head))
        if _may_be_titles(head[number], found)
        and (places := _places(head[number : number + _TELLING], found, profile))
    }
    if not turns:
        return sheet

    def rows() -> Iterator[Row]:
        return _turned(sheet.rows(), turns)

    return replace(sheet, rows=rows, blocks=None)


def _may_be_titles(row: Row, found: Layout) -> bool:
    """Whether the cells below the dates and amounts of the table are words."""
    wanted = [found.columns[role] for role in (*DAYS, *MONEY) if role in found.columns]
    texts = [row[index] if index < len(row) else "" for index in wanted]
    return all(isinstance(text, str) for text in texts) and (
        any(texts) and not any(letter.isdigit() for text in texts for letter in text_of(text))
    )


def _places(below: Sequence[Row], found: Layout, profile: Profile) -> _Places | None:
    """Where a further table has the columns of the first; None where nothing is to be turned."""
    other = layout.find(below, profile)
    if other is None or other.header != (0,) or other.guessed:
        return None
    if any(other.columns.get(role) is None for role in found.columns if role in (*DAYS, *MONEY)):
        return None
    if all(found.columns.get(role) == index for role, index in other.columns.items()):
        return None
    named = {squash(title): index for index, title in enumerate(other.titles) if title}
    roles: Mapping[int, str] = {index: role for role, index in found.columns.items()}
    return [
        other.columns.get(roles[index]) if index in roles else named.get(squash(title))
        for index, title in enumerate(found.titles)
    ]


def _turned(rows: Iterator[Row], turns: Mapping[int, _Places]) -> Iterator[Row]:
    places: _Places | None = None
    for number, row in enumerate(rows):
        places = turns.get(number, places)
        if places is None:
            yield row
        else:
            yield [row[at] if at is not None and at < len(row) else "" for at in places]
