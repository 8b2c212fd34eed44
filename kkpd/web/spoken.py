"""What the program says from below its pages (refusals, findings, reasons), in English.

It is said in Indonesian and kept as it was said: a finding of last year stays word for word. So a
page does not ask who said it, but finds the pattern of the sentence in the catalogue, where
`script/spoken.py` has put every sentence of the source under the context `said`, and fills in the
English one. What fits no pattern stays as it is.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final, NamedTuple

from kkpd.web.translation import compiled_texts

#: Letters of a text that may be one that the program said.
_LONGEST: Final = 2000
PLACE: Final = re.compile(r"%\((\w+)\)s")
#: Between two sentences, and before what stands in brackets behind one.
_NEXT: Final = re.compile(r"(?<=[.?]) (?=[(“\dA-Z])")
_LIST: Final = re.compile(r"(; |, )")


class Reading(NamedTuple):
    """A text in English; `left` letters stay as they were said."""

    left: int
    text: str


@dataclass(frozen=True, slots=True)
class SaidPattern:
    """A sentence with places, and its English: the parts around the names."""

    parts: tuple[str, ...]
    names: tuple[str, ...]
    english: str

    def readings(self, text: str) -> Iterator[Reading]:
        """The English of the text, if it fits."""
        found = self._values(text)
        if found is not None:
            filled = {one: _value(value) for one, value in zip(self.names, found, strict=True)}
            yield Reading(
                sum(one.left for one in filled.values()),
                self.english % {name: one.text for name, one in filled.items()},
            )

    def _values(self, text: str) -> list[str] | None:
        """What stands in the places, each as short as it fits; a walk through the text, no more."""
        start, *middle, end = self.parts
        if not (text.startswith(start) and text.endswith(end)):
            return None
        at, values = len(start), []
        for part in middle:
            found = text.find(part, at)
            if found < 0:
                return None
            values.append(text[at:found])
            at = found + len(part)
        last = len(text) - len(end)
        return [*values, text[at:last]] if at <= last else None


@dataclass(frozen=True, slots=True)
class SaidCatalogue:
    """The sentences without places by their text, the patterns by the word that they begin or end
    with, and the plain words of pages.
    """

    texts: Mapping[str, str]
    first: defaultdict[str, list[SaidPattern]]
    last: defaultdict[str, list[SaidPattern]]
    words: Mapping[str, str]


@cache
def catalogue() -> SaidCatalogue:
    """What the compiled English catalogue says; read once."""
    texts = compiled_texts("en")
    said = {text: english for (context, text), english in texts.items() if context == "said"}
    first: defaultdict[str, list[SaidPattern]] = defaultdict(list)
    last: defaultdict[str, list[SaidPattern]] = defaultdict(list)
    for text, english in said.items():
        if PLACE.search(text):
            start, end = text.split(" ")[0], text.split(" ")[-1]
            where, word = (first, start) if "%" not in start else (last, end)
            where[word if "%" not in word else ""].append(pattern(text, english))
    plain = {text.replace("%%", "%"): to.replace("%%", "%") for text, to in said.items()}
    words = {text: english for (context, text), english in texts.items() if not context}
    return SaidCatalogue(plain, first, last, words)


def pattern(text: str, english: str) -> SaidPattern:
    """The pattern of a sentence."""
    pieces = PLACE.split(text)
    parts = tuple(one.replace("%%", "%") for one in pieces[::2])
    return SaidPattern(parts, tuple(pieces[1::2]), english)


def in_english(text: str) -> str:
    """The text with every sentence that the catalogue knows in English."""
    return read(text).text if len(text) <= _LONGEST else text


@lru_cache(8192)
def read(text: str) -> Reading:
    """The reading of the text that leaves the least as it was said."""
    bare = text.strip()
    best = min((*_entries(bare), *_parts(bare), Reading(len(bare), bare)), key=_left)
    return Reading(best.left, text.replace(bare, best.text, 1) if bare else text)


def _left(one: Reading) -> int:
    return one.left


def _entries(text: str) -> Iterator[Reading]:
    """The text as one entry of the catalogue."""
    known = catalogue()
    if text in known.texts:
        yield Reading(0, known.texts[text])
    words = text.split(" ")
    for one in (*known.first.get(words[0], ()), *known.last.get(words[-1], ()), *known.last[""]):
        yield from one.readings(text)


def _parts(text: str) -> Iterator[Reading]:
    """The text as one sentence after another, as a name before a mark, as a list."""
    for found in _NEXT.finditer(text):
        for start in _entries(text[: found.start()]):
            rest = read(text[found.end() :])
            yield Reading(start.left + rest.left, f"{start.text} {rest.text}")
    head, mark, tail = text.partition(": ")
    if mark:
        told = read(tail)
        yield Reading(len(head) + told.left, f"{head}{mark}{told.text}")
    listed = _LIST.split(text)
    if len(listed) > 1:
        each = [min((*_entries(one), Reading(len(one), one)), key=_left) for one in listed]
        yield Reading(sum(one.left for one in each), "".join(one.text for one in each))


def _value(value: str) -> Reading:
    """What is filled in: another sentence, words of pages, or a name, which stays."""
    told = read(value)
    if value != value.lower():
        return told
    listed = _LIST.split(value)
    words = "".join(catalogue().words.get(one, one) for one in listed)
    return min(told, Reading(len(value) if words == value else 0, words), key=_left)
