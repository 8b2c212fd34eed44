"""No whole card number leaves memory (law 8): find them in any text and keep the last four digits.

A card number is 13 to 19 digits that pass the Luhn check, together or with blanks or dashes between
groups of digits. Other numbers of that length pass the check one time in ten and are cut as well: a
lost reference can be asked for again, a leaked card number cannot be taken back.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from typing import Final

#: Replaces the removed digits.
HIDDEN = "****"

_SHORTEST, _LONGEST = 13, 19
_BLANKS = " \t\r\n\u00a0\u2007\u2009\u202f"
_DASHES = "\\-\u2010\u2011\u2012\u2013\u2212"
_RUN = re.compile(rf"\d(?:[{_BLANKS}{_DASHES}]{{0,3}}\d){{{_SHORTEST - 1},}}")
_DOTTED = re.compile(r"(?<![\d.])\d{4}\.\d{4}\.\d{4}\.\d{1,7}(?![\d.])")
_GROUP = re.compile(r"\d+")
_MASKED = re.compile(r"[*xX#•●]{2,}|\.{4,}")
_HEADED = re.compile(
    r"\b(?:ending|ends|berakhir(?:an)?)(?: in| with| dengan)?[ :*#]{1,4}(\d{4})\b"
    r"|\#(\d{4})(?=:)"
    r"|(?<![\w*•])[\dXx*•](?:[ -]?[\dXx*•]){11,18}(?!\w)",
    re.IGNORECASE,
)
_TAIL = re.compile(r"(\d{4})\D*$")

#: Maps every digit to 0 and every other byte to x, so that one search finds a long number.
_DIGITS = bytes(48 if 48 <= byte <= 57 else 120 for byte in range(256))
_MANY_DIGITS = b"0" * _SHORTEST
_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


def luhn_valid(digits: str) -> bool:
    """The check of ISO/IEC 7812 over a string of digits."""
    values = [int(digit) for digit in digits]
    return (sum(values[-1::-2]) + sum(_DOUBLED[value] for value in values[-2::-2])) % 10 == 0


def may_hold_card(text: str) -> bool:
    """False when no 13 digits follow each other, separators aside: cheap enough for whole files."""
    if text.isascii():
        return _MANY_DIGITS in text.encode().translate(_DIGITS, b" \t\r\n-.")
    return _RUN.search(text) is not None or _DOTTED.search(text) is not None


def mask(text: str) -> str:
    """`text` with every card number cut to `****` and its last four digits."""
    if len(text) < _SHORTEST or not may_hold_card(text):
        return text
    return _DOTTED.sub(_mask_run, _RUN.sub(_mask_run, text))


def last_four(text: str) -> str | None:
    """The last four digits of a whole or masked card number (`512345******1234`), else None.

    Exactly four digits are accepted as they are; any other count is not a card.
    """
    text = text.strip()
    found = _TAIL.search(text)
    if found is None:
        return None
    digits = sum(letter.isdigit() for letter in text)
    if digits != 4 and digits < _SHORTEST and not _MASKED.search(text):
        return None
    return found[1]


def announced(text: str) -> str | None:
    """The last four digits of the one card that a heading names, masked or by its end.

    `5264 22XX XXXX 1234 BUDI`, `Card ending in 0099`, `BUDI #1234:`; None for none, or for several.
    """
    named = _HEADED.finditer(text)
    found = {one[0].strip("#")[-4:] for one in named if one[1] or one[2] or _is_card(one[0])}
    return found.pop() if len(found) == 1 else None


def _is_card(text: str) -> bool:
    signs = "".join(letter for letter in text if letter not in " -")
    hidden = sum(not letter.isdigit() for letter in signs)
    return _SHORTEST - 1 <= len(signs) <= _LONGEST and signs[-4:].isdigit() and hidden > 1


def _mask_run(found: re.Match[str]) -> str:
    run, pieces, done = found[0], [], 0
    for start, end in _card_spans(run):
        digits = "".join(_GROUP.findall(run[max(start, end - 3 * _LONGEST) : end]))
        pieces += [run[done:start], HIDDEN, digits[-4:]]
        done = end
    return "".join((*pieces, run[done:]))


def _card_spans(run: str) -> Iterator[tuple[int, int]]:
    """Spans where whole digit groups form a card number; overlapping ones are merged.

    Each group is tried with the few behind it, each try costs one subtraction, so the time grows
    only with the length of the field.
    """
    groups = [(group.start(), group.end()) for group in _GROUP.finditer(run)]
    sums = _running_sums("".join(_GROUP.findall(run)))
    ends, count = [], 0
    for start, end in groups:
        count += end - start
        ends.append(count)
    begin = last = -1
    for index, (start, end) in enumerate(groups):
        reach = _longest_card(sums, groups, ends, ends[index] - (end - start), index)
        if reach < 0:
            continue
        if start >= last:
            if last >= 0:
                yield begin, last
            begin = start
        last = max(last, reach)
    if last >= 0:
        yield begin, last


def _running_sums(digits: str) -> tuple[list[int], list[int]]:
    """Luhn sums of the first n digits, with even positions doubled, and with odd ones."""
    even, odd = [0], [0]
    for place, digit in enumerate(map(int, digits)):
        even.append(even[-1] + (digit if place % 2 else _DOUBLED[digit]))
        odd.append(odd[-1] + (_DOUBLED[digit] if place % 2 else digit))
    return even, odd


def _longest_card(
    sums: tuple[list[int], list[int]],
    groups: list[tuple[int, int]],
    ends: list[int],
    first: int,
    index: int,
) -> int:
    """The end of the longest card number that begins with group `index`, whose first digit is the
    run's number `first`; -1 for none.
    """
    reach = -1
    for place in range(index, min(index + _LONGEST, len(groups))):
        length = ends[place] - first
        if length > _LONGEST:
            break
        doubled = sums[ends[place] % 2]  # the digit before the last one is doubled, and so on
        if length >= _SHORTEST and (doubled[ends[place]] - doubled[first]) % 10 == 0:
            reach = groups[place][1]
    return reach


#: Libraries that quote what they read in their logs.
_QUOTING: Final = ("pdfminer", "pikepdf", "pyhanko")


def silence() -> None:
    """Silence libraries that log text they cannot read: no log holds a card number (law 8).

    Called before each PDF is read, because logging may have been configured again.

    What is wrong with a file is still reported as an error with a sentence.
    """
    for name in _QUOTING:
        logging.getLogger(name).setLevel(logging.CRITICAL)
