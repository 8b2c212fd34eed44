"""No whole card number leaves memory (law 8): find them in any text and keep the last four digits.

A card number has an issuer's first digits and its length, passes the Luhn check, and stands
together or in groups: of any length between blanks and dashes, of four (or 4-6-5) between any
signs, of one or two between equal signs. Thousands (`4.111.111.111.111`), account codes, dates,
NIP and most references are none of these; one that is by chance is cut: a lost reference can be
asked for again, a leaked card number cannot be taken back.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from typing import Final

#: Replaces the removed digits.
HIDDEN = "****"
#: Joins the cells of a row for one look over all of them.
CELL: Final = "\x00"

_SHORTEST, _LONGEST = 13, 19
#: A text with digits enough for any card number.
_ENOUGH: Final = re.compile(rf"(?:\D*+\d){{{_SHORTEST}}}")
#: Visa; Mastercard; American Express; Diners Club; JCB; Maestro, UnionPay, Discover and GPN; Mir,
#: UnionPay and RuPay, GPN, QRIS, Troy.
_ISSUED: Final = re.compile(
    r"4(?:\d{12}|\d{15}|\d{17,18})"
    r"|5[1-5]\d{14}|(?:222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}"
    r"|3[47]\d{13}"
    r"|3(?:0[0-59]|[689]\d)\d{11}|36\d{14}"
    r"|35(?:2[89]|[3-8]\d)\d{12,15}"
    r"|(?:5[0678]|6\d)\d{14,17}"
    r"|(?:220[0-4]|8[12]\d\d|1946|9360|9792)\d{12,15}"
)
#: Where a number may begin; one of 13 digits or more may be filled up with zeros.
_START: Final = r"(?<!\d)(?:0+(?=\d{13}))?+(?=[34568]|2\D{0,8}[2-7]|9\D{0,8}[37]|1\D{0,8}9\D{0,8}4)"
_BEGIN: Final = re.compile(_START)
#: Signs that separate nothing for the eye: blanks, dashes, and what has no width.
_BLANK: Final = (
    "[\\s\\-\u00ad\u058a\u180e\u200b-\u200f\u2010-\u2015\u202a-\u202e\u2043\u2060-\u2064\u2066-\u2069\u2212"
    "\ufe58\ufe63\ufeff\uff0d]"
)
_ANY: Final = r"(?:[^\w]|_){1,8}+"
_EQUAL: Final = rf"({_BLANK}{{0,3}}[^\w\s;|\x00-]{_BLANK}{{0,3}}|_)"
#: Maps every digit to 0 and every other byte to x, so that a search for a shape is cheap.
_DIGITS = bytes(48 if 48 <= byte <= 57 else 120 for byte in range(256))
_BLANKS = b" \t\r\n\v\f\x1c\x1d\x1e\x1f-" + bytes(range(128, 256))
#: A shape in bytes without blanks, and runs of that shape in a text.
_TIGHT: Final = (
    (b"0" * _SHORTEST, re.compile(rf"{_START}\d(?:{_BLANK}{{0,8}}+\d){{{_SHORTEST - 1},}}+")),
    (b"0x" * 6 + b"0", re.compile(rf"{_START}\d{_EQUAL}\d(?:\1\d){{11,}}+(?!\d)")),
    (
        b"00x" * 5 + b"00",
        re.compile(rf"{_START}\d\d{_EQUAL}\d\d(?:\1\d\d){{4,}}+(?:\1\d)?+(?!\d)"),
    ),
)
_FOURS: Final = re.compile(
    rf"{_START}\d{{4}}{_ANY}\d{{4}}(?:{_ANY}\d{{4}}(?!\d))++(?:{_ANY}\d{{1,7}}(?!\d))?+"
    rf"|{_START}\d{{4}}{_ANY}\d{{6}}{_ANY}\d{{4,5}}(?!\d)"
)
_GROUPED: Final = re.compile(rb"0000x{1,24}0000(?:00)?x{1,24}0000")
#: Signs between cells stay when a number that reaches over them is cut.
_BORDER: Final = re.compile(r"\D*[;,|\t\x00]\D*")
#: A digit of another script; each stands for one of ours.
_FOREIGN: Final = re.compile(r"[^\D0-9]")
_MASKED = re.compile(r"[*xX#•●]{2,}|\.{4,}")
_HEADED = re.compile(
    r"\b(?:ending|ends|berakhir(?:an)?)(?: in| with| dengan)?[ :*#]{1,4}(\d{4})\b"
    r"|\#(\d{4})(?=:)"
    r"|(?<![\w*•])[\dXx*•](?:[ -]?[\dXx*•]){11,18}(?!\w)",
    re.IGNORECASE,
)
_TAIL = re.compile(r"(\d{4})\D*$")
#: Signs inside a tax number.
_NPWP_SIGN: Final = re.compile(r"[\s.\-/]")
#: A NIK: province (no card number starting with 4 and few with 2 begin so), place, birth date,
#: number.
_NIK: Final = re.compile(
    r"(?:1[1-9]|21|3[1-6]|5[1-3]|6[1-5]|7[1-6]|8[12]|9[1-7])\d{4}"
    r"(?:[04][1-9]|[1256]\d|[37][01])(?:0[1-9]|1[0-2])\d{6}"
)

_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


def luhn_valid(digits: str) -> bool:
    """The check of ISO/IEC 7812 over a string of digits."""
    values = [int(digit) for digit in digits]
    return (sum(values[-1::-2]) + sum(_DOUBLED[value] for value in values[-2::-2])) % 10 == 0


def may_hold_card(text: str) -> bool:
    """False when nothing has the shape of a card number: cheap enough for whole files."""
    return next(_shapes(_plain(text)), None) is not None


def _shapes(plain: str) -> Iterator[re.Pattern[str]]:
    """The shapes that are worth a search in this text."""
    data = plain.encode("utf-8", "surrogatepass")
    tight = data.translate(_DIGITS, _BLANKS)
    yield from (runs for shape, runs in _TIGHT if shape in tight)
    if _GROUPED.search(data.translate(_DIGITS)):
        yield _FOURS


def _plain(text: str) -> str:
    """The same text, letter by letter, with our digits."""
    return text if text.isascii() else _FOREIGN.sub(lambda one: str(int(one[0])), text)


def spans(text: str) -> list[tuple[int, int]]:
    """Where the card numbers of a text begin and end, in order and apart."""
    if not _ENOUGH.match(text):  # most cells
        return []
    plain = _plain(text)
    found = sorted(
        (run.start() + begin, run.start() + end)
        for shape in _shapes(plain)
        for run in shape.finditer(plain)
        for begin, end in _cards(run[0])
    )
    apart: list[tuple[int, int]] = []
    for begin, end in found:
        if apart and begin < apart[-1][1]:
            apart[-1] = (apart[-1][0], max(end, apart[-1][1]))
        else:
            apart.append((begin, end))
    return apart


def mask(text: str) -> str:
    """`text` with every card number cut to `****` and its last four digits."""
    pieces, done = [], 0
    for begin, end in spans(text):
        whole = text[begin:end]
        last = "".join(letter for letter in whole[-3 * _LONGEST :] if letter.isdigit())[-4:]
        pieces += [text[done:begin], *_BORDER.findall(whole), HIDDEN, last]
        done = end
    return "".join((*pieces, text[done:])) if done else text


def tidy_npwp(text: str) -> str:
    """`012345678901000` as `01.234.567.8-901.000`; 16 digits (NPWP or NIK) likewise with dots.

    Anything else is kept as written, with card numbers cut (law 8); also a number with a card's
    check digit that cannot be a NIK (province, birth date with the day plus 40 for women).
    """
    digits = _NPWP_SIGN.sub("", text)
    if not (digits.isascii() and digits.isdigit() and len(digits) in (15, 16)):
        return mask(text.strip())
    if not digits.startswith("0") and not _NIK.fullmatch(digits) and luhn_valid(digits):
        return mask(digits)
    if len(digits) == 16 and not digits.startswith("0"):  # a NIK: place, birth date, number
        return f"{digits[:2]}.{digits[2:4]}.{digits[4:6]}.{digits[6:12]}.{digits[12:]}"
    head, d = digits[:-13], digits[-13:]
    return f"{head}.{d[:3]}.{d[3:6]}.{d[6]}-{d[7:10]}.{d[10:]}"


def mask_row(cells: Sequence[str]) -> list[str]:
    """The cells of a row with card numbers cut, those that reach over several cells too."""
    return mask(CELL.join(cell.replace(CELL, "") for cell in cells)).split(CELL)


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


def _cards(run: str) -> list[tuple[int, int]]:
    """Places in a run where whole groups of digits form a card number.

    Each first digit of a group is tried with the few lengths there are, each try costs one
    subtraction, so the time grows only with the length of the run.
    """
    begins = [found.end() for found in _BEGIN.finditer(run)]
    if not begins:
        return []
    places = [place for place, letter in enumerate(run) if "0" <= letter <= "9"]
    digits = "".join([run[place] for place in places])
    nth = {place: at for at, place in enumerate(places)}
    starts = [nth[place] for place in begins]
    ends = {at for at, (one, two) in enumerate(pairwise(places), 1) if two - one > 1}
    ends.add(len(places))
    sums = [_luhn_sums(digits, doubled) for doubled in (0, 1)]
    found = []
    for length in range(_SHORTEST, _LONGEST + 1):
        for at in starts:
            if (end := at + length) in ends:
                luhn = sums[end % 2]  # the digit before the last one is doubled, and so on
                right = (luhn[end] - luhn[at]) % 10 == 0
                if right and _ISSUED.fullmatch(digits, at, end):
                    found.append((places[at], places[end - 1] + 1))
    return found


def _luhn_sums(digits: str, doubled: int) -> list[int]:
    """Sums of the first n digits, where those at even (0) or odd (1) places are doubled."""
    values = [int(digit) for digit in digits]
    values[doubled::2] = [_DOUBLED[value] for value in values[doubled::2]]
    return list(accumulate(values, initial=0))


#: Libraries that quote what they read in their logs.
_QUOTING: Final = ("pdfminer", "pikepdf", "pyhanko")


def silence() -> None:
    """Silence libraries that log text they cannot read: no log holds a card number (law 8).

    Called before each PDF is read, because logging may have been configured again.

    What is wrong with a file is still reported as an error with a sentence.
    """
    for name in _QUOTING:
        logging.getLogger(name).setLevel(logging.CRITICAL)
