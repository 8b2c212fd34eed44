"""Answers to a file's questions, checked before they are used or kept: only keys and values that a
question offers, and no card number in the one that is a word of the file.
"""

from __future__ import annotations

from kkpd.domain.errors import Unreadable
from kkpd.domain.pan import mask
from kkpd.ingest import formats, marks, tabs
from kkpd.ingest.celltests import folded
from kkpd.ingest.statement import Answers

_OFFERED = {**formats.OFFERED, tabs.TWIN_KEY: tabs.MEANINGS}


def checked(answers: Answers) -> dict[str, str]:
    """The same answers; Unreadable names what no question offers."""
    for key, value in answers.items():
        if key == marks.MARK_KEY:
            _one_word(value)
        elif key not in _OFFERED:
            known = ", ".join((*_OFFERED, marks.MARK_KEY))
            raise Unreadable(f"Jawaban “{mask(key)[:40]}” tidak dikenal. Yang ada: {known}.")
        elif value not in _OFFERED[key]:
            raise Unreadable(f"Jawaban `{key}` harus salah satu dari {', '.join(_OFFERED[key])}.")
    return dict(answers)


def _one_word(value: str) -> None:
    plain = folded(value)
    if not 0 < len(plain) <= marks.LONGEST or not plain.isprintable() or mask(value) != value:
        raise Unreadable(f"Jawaban `{marks.MARK_KEY}` harus sebuah kata dari kolom tanda.")
