"""Comparing what people write: headers without spacing, words inside a text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

_NOT_WORD = re.compile(r"[^a-z0-9%#]+")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")


#: What the last rows of a bill or an account say; a shop called Total says none of it.
_TOTAL_OF_BILL = re.compile(
    r"(?:grand |sub-?)?(?:total|jumlah)"
    r"(?:\b.{0,30}\b(?:balance|due|outstanding|saldo|tagihan|kewajiban)\b.{0,20}"
    r"| (?:mutasi )?(?:debits?|credits?|debet|kredit))?|turnovers?",
    re.IGNORECASE,
)


def is_total_of_bill(text: str) -> bool:
    """`Total`, `Total outstanding balance`, `Turnover`: a sum of lines, not a purchase."""
    return _TOTAL_OF_BILL.fullmatch(text.strip(" .:")) is not None


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """Lower case without accents, single blanks between words: `Tgl.Beli` -> `tgl beli`."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text)
        text = "".join(letter for letter in text if not unicodedata.combining(letter))
    return _NOT_WORD.sub(" ", _HUMP.sub(" ", text).lower()).strip()


@lru_cache(maxsize=4096)
def squash(text: str) -> str:
    """`plain` without blanks, so that `Trans Date`, `TRANS_DATE` and `TransDate` are one."""
    return plain(text).replace(" ", "")


class WordFinder:
    """Finds which group of words a text belongs to; first group wins, words match whole."""

    def __init__(self, groups: Iterable[tuple[str, Sequence[str]]]) -> None:
        given = [(name, tuple(words)) for name, words in groups if words]
        self._groups = [(name, _any_of(words)) for name, words in given]
        self._any = _any_of([word for _, words in given for word in words])
        self._known: dict[str, str | None] = {}

    def find(self, text: str) -> str | None:
        """The name of the first group with a word in `text`."""
        if text not in self._known:  # most texts hold none: one search says so
            found = self._groups if self._any.search(text) else ()
            self._known[text] = next((name for name, words in found if words.search(text)), None)
        return self._known[text]


def _any_of(words: Sequence[str]) -> re.Pattern[str]:
    """Finds any of these words, whole; without words it finds nothing."""
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, words)) or '(?!)'})\b", re.IGNORECASE)
