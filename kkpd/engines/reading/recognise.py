"""Which profile fits a file: a shipped one by its marks, a kept one by its columns.

A kept profile is chosen only if its date, amount and sign columns are all in the file. Of several
that fit, the one that names most columns wins, then the newest.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

from kkpd.engines.reading import sniff
from kkpd.engines.reading.profile import DAYS, MONEY, Profile, load_profiles, lost_titles
from kkpd.engines.reading.sheet import Row, Sheet, row_text, text_of
from kkpd.engines.reading.tables import layout

_HEAD = 200


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


def fitting(data: bytes, profiles: Iterable[Profile]) -> list[Profile]:
    """The kept profiles that read the file, the one that names most of its columns first; of equal
    ones in the order given. None of their days, sums and signs may be lost.
    """
    found = []
    heads = _heads(data)
    for profile in profiles:
        read = [one for head in heads if (one := layout.find(head, profile)) is not None]
        lost = [lost_titles(one.titles, profile) for one in read]
        if any({*DAYS, *MONEY, "sign"}.isdisjoint(one) for one in lost):
            found.append((min(map(len, lost)) - len(profile.columns), profile))
    return [profile for _, profile in sorted(found, key=lambda one: one[0])]


def nearly(data: bytes, profiles: Iterable[Profile]) -> tuple[Profile, tuple[str, ...]] | None:
    """The kept profile most of whose titles stand in one row of the file, and those that do not."""
    heads = _heads(data)
    best: tuple[int, Profile, tuple[str, ...]] | None = None
    for profile in profiles:
        rows = (row for head in heads for row in head[: layout.HEADER_WITHIN])
        lost = min((lost_titles(map(text_of, row), profile) for row in rows), key=len, default={})
        there = len(profile.columns) - len(lost)
        if lost and 2 <= there > len(lost) - 1 and (best is None or there > best[0]):
            best = there, profile, tuple(lost.values())
    return best and best[1:]


def _heads(data: bytes) -> list[list[Row]]:
    """The first rows of each table; none for formats without columns."""
    kind = sniff.format_of(data)
    if sniff.reader(kind) is not None:
        return []
    return [list(islice(sheet.rows(), _HEAD)) for sheet in sniff.sheets(kind, data)]
