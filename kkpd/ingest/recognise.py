"""Which profile fits a file: a bank's own when its name and columns are there, else by content."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from kkpd.ingest import layout
from kkpd.ingest.profile import Profile, load_profiles
from kkpd.ingest.sheet import Sheet, row_text

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
