"""Words of a purchase: one way to cut text, shared by training and by the running program."""

from __future__ import annotations

import re
import unicodedata

#: Longer text is cut: what a thing is stands in its first words (and 1 MB must not cost a second).
MAKS_HURUF = 600
_KATA = re.compile(r"[a-z][a-z0-9]*|[0-9]+")
_HAPUS = re.compile(r"\b(?:belanja\s+modal|bel\.?\s+modal|balanja\s+modal)\b", re.IGNORECASE)


def normal(text: str) -> str:
    """Lower case, compatibility forms folded, accents dropped, cut to `MAKS_HURUF`."""
    text = text[:MAKS_HURUF]
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text)
    return text.lower()


def kata(text: str) -> list[str]:
    """The words of a text, in order; numbers stand as they are written."""
    return _KATA.findall(normal(text))


def tanpa_nama_kelas(text: str) -> str:
    """The text without the words that name the class itself ("belanja modal")."""
    return _HAPUS.sub(" ", text)
