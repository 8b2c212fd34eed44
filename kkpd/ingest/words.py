"""Comparing what people write: headers without spacing, words inside a text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

_NOT_WORD = re.compile(r"[^a-z0-9%#]+")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")


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
        self._groups = [
            (name, re.compile(r"\b(?:" + "|".join(map(re.escape, words)) + r")\b", re.IGNORECASE))
            for name, words in groups
            if words
        ]
        words = {word.casefold() for _, words in groups for word in words}
        self._words = [
            word for word in words if not any(one in word and one != word for one in words)
        ]
        self._known: dict[str, str | None] = {}

    def in_any(self, folded: str) -> bool:
        """Whether any word stands in a whole column, joined and casefolded: else none need look."""
        return any(word in folded for word in self._words)

    def find(self, text: str) -> str | None:
        """The name of the first group with a word in `text`."""
        if text not in self._known:
            if len(self._known) > 50_000:
                self._known.clear()
            self._known[text] = next(
                (name for name, pattern in self._groups if pattern.search(text)), None
            )
        return self._known[text]
