"""Answers to a file's questions, checked before they are used or kept: only keys and values that a
question offers, and no card number in the one that is a word of the file.

This is the only way in for answers: a new question gets its key here and its sentence in
`kkpd/views/tagihan/layout_form.py`.
"""

from __future__ import annotations

from kkpd.core.errors import Unreadable
from kkpd.core.pan import mask
from kkpd.engines.reading.cells import debit_credit_words
from kkpd.engines.reading.cells.celltests import folded
from kkpd.engines.reading.statement import Answers
from kkpd.engines.reading.tables import column_formats as formats
from kkpd.engines.reading.tables import tabs

_OFFERED = {**formats.OFFERED, tabs.TWIN_KEY: tabs.MEANINGS}


def checked(answers: Answers) -> dict[str, str]:
    """The same answers; Unreadable names what no question offers."""
    for key, value in answers.items():
        if key == debit_credit_words.MARK_KEY:
            _one_word(value)
        elif key not in _OFFERED:
            known = ", ".join((*_OFFERED, debit_credit_words.MARK_KEY))
            raise Unreadable(f"Jawaban “{mask(key)[:40]}” tidak dikenal. Yang ada: {known}.")
        elif value not in _OFFERED[key]:
            raise Unreadable(f"Jawaban `{key}` harus salah satu dari {', '.join(_OFFERED[key])}.")
    return dict(answers)


def _one_word(value: str) -> None:
    plain = folded(value)
    if (
        not 0 < len(plain) <= debit_credit_words.LONGEST
        or not plain.isprintable()
        or mask(value) != value
    ):
        raise Unreadable(
            f"Jawaban `{debit_credit_words.MARK_KEY}` harus sebuah kata dari kolom tanda."
        )
