"""Amounts as banks write them; the decimal sign is decided by the whole column, never per row.

A cell that no format reads becomes `WRONG`, a date whose order must be asked `ASKED`; the table
decides what that means for the row.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Final, Literal

from kkpd.engines.reading.profile import DecimalSign
from kkpd.engines.reading.statement import Cell

_BLANK = frozenset({"", "-", "--", "n/a", "na", "null", "none", "nil", "#n/a"})
_CURRENCY = r"(?:Rp\.?|[A-Z]{2,3}\$|\$|£|€|¥|₹|Fr\.|kr\.?|R\$|[A-Za-z]{3}(?![A-Za-z]))"
#: A sign of money that was lost on the way: decoded twice or not at all, or left as HTML.
_LOST = r"(?:Â£|â‚¬|&pound;|&euro;|[?¤œ]|\ufffd{1,3})"
_MARK = r"(?:CR|DR|DB|DEBIT|CREDIT|KREDIT|[CDK])"
_CELL = re.compile(
    rf"(?P<open>\()?\s*(?P<lead>{_MARK}(?=[\s+-]))?\s*(?P<s1>[-+])?\s*(?P<c1>{_CURRENCY}|{_LOST})?\s*(?P<s2>[-+])?\s*"
    rf"(?P<open2>\()?\s*(?P<core>[\d.,' ]*\d[\d.,' ]*?)(?P<dash>,-|\.-)?\s*"
    rf"(?P<s3>[-+])?\s*(?P<inner>\))?\s*(?P<c2>{_CURRENCY}(?<!CR)(?<!DR)(?<!DB))?\s*(?P<mark>\(?{_MARK}\.?\)?)?\s*(?P<close>\))?\s*(?P<close2>\))?",
    re.IGNORECASE,
)
#: Blanks and apostrophes part thousands; `50.00 4111 2222` is no amount.
_GROUPS = re.compile(r"[\d.,]*(?:[ ']+(?:\d{3}(?!\d)|[.,])[\d.,]*)*", re.ASCII)
_EXPONENT = re.compile(r"-?\d+(?:[.,]\d+)?[eE][+-]?\d{1,2}")
#: The last form is India's: 12,34,567.00.
_POINT = re.compile(
    r"(?:[1-9]\d{0,2}(?:,\d{3})+|\d+|[1-9]\d?(?:,\d\d)+,\d{3})?(?:\.\d*)?", re.ASCII
)
_COMMA = re.compile(r"(?:[1-9]\d{0,2}(?:\.\d{3})+|\d+)?(?:,\d*)?", re.ASCII)
_NO_DIGIT, _LONGEST = frozenset({"", ".", ","}), 40
_ODD_SPACES = str.maketrans(
    {"\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2212": "-", "\u2013": "-", "’": "'", "`": "'"}
)


@dataclass(frozen=True, slots=True)
class Written:
    """An amount taken apart: digits with separators, sign, DB/CR mark, currency, printed plus."""

    core: str
    negative: bool
    mark: str | None
    currency: str | None
    plus: bool = False


def is_blank(text: str) -> bool:
    """A cell that stands for no amount: empty, a dash, `N/A`, or stars that hide one."""
    text = text.strip()
    return text.casefold() in _BLANK or not text.strip("*x ")


def is_back(mark: str | None) -> bool:
    """Whether a mark beside an amount says that the money comes back."""
    return mark is not None and mark[0] in "CK"


def take_apart(text: str) -> Written | None:
    """Split an amount from its signs; None when the text is no amount at all."""
    text = text.strip().translate(_ODD_SPACES).lstrip("'")
    if len(text) > 60:
        return None
    if _EXPONENT.fullmatch(text):
        value = format(Decimal(text.replace(",", ".")), "f")
        return Written(value.lstrip("-"), value.startswith("-"), None, None)
    found = _CELL.fullmatch(text)
    if found is None or not _GROUPS.fullmatch(found["core"].strip()):
        return None
    opened = found["open"] or found["open2"]
    marked = found["mark"] or ""
    closed = found["inner"] or found["close"] or found["close2"] or marked.strip("(").endswith(")")
    if bool(opened) != bool(closed) and not (marked.startswith("(") and not opened):
        return None
    signs = [sign for sign in (found["s1"], found["s2"], found["s3"]) if sign]
    if len(signs) > 1:
        return None
    mark = (found["mark"] or found["lead"] or "").strip("(). ").upper() or None
    core = found["core"].replace(" ", "").replace("'", "") + (found["dash"] or "").strip("-")
    currency = found["c1"] or found["c2"]
    # brackets, minus and CR say it once
    negative = (bool(opened) or signs == ["-"]) and not is_back(mark)
    currency = currency and currency.strip(".")
    return Written(core, negative, mark, currency, signs == ["+"])


def decimals_of(core: str) -> str:
    """Which signs can be the decimal sign in these digits: "." or ",", both (`1.234`), or none."""
    return "".join(
        sign for sign, pattern in ((",", _COMMA), (".", _POINT)) if core and pattern.fullmatch(core)
    )


def says_something(core: str) -> bool:
    """Whether the digits hold a separator at all: `1234` fits every column."""
    return "." in core or "," in core


def is_sure(cores: Iterable[str]) -> bool:
    """Whether some digits have one reading only, or none has a separator."""
    read = [decimals_of(core) for core in cores if says_something(core)]
    return not read or any(len(signs) == 1 for signs in read)


def decide_decimal(cores: Iterable[str]) -> DecimalSign | None:
    """The decimal sign of a column, None without any separator. A sign that reads most amounts
    wins; the others are reported row by row. One separator before three digits (`1.234`) parts
    thousands: money has two places behind its decimal sign.
    """
    counts: Counter[str] = Counter()
    for core in filter(says_something, cores):
        signs = decimals_of(core)
        counts[signs] += 1
        counts["point" if "." in core else "comma"] += signs == ",."
    point, comma = counts["."], counts[","]
    if not point and not comma:
        return "," if counts["point"] else "." if counts["comma"] else None
    return "." if point >= comma else ","


def to_decimal(core: str, sign: DecimalSign) -> Decimal | None:
    """The value of the digits under a decimal sign, None when they do not fit it."""
    if (
        not (_POINT if sign == "." else _COMMA).fullmatch(core)
        or core in _NO_DIGIT
        or len(core) > _LONGEST
    ):
        return None
    plain = core.replace(",", "") if sign == "." else core.replace(".", "").replace(",", ".")
    return Decimal(plain)


def from_number(value: float) -> Decimal:
    """A spreadsheet's number: 15 digits are real, the rest is the noise of binary floats."""
    return Decimal(format(value, ".15g") if isinstance(value, float) else value)


def is_money(text: str) -> bool:
    """An amount with a separator in it, so that `12` and a reference number are none."""
    written = take_apart(text)
    return written is not None and says_something(written.core) and bool(decimals_of(written.core))


class Mark(Enum):
    """The values beside date, amount and None: unreadable, or readable in more than one way."""

    WRONG = "wrong"
    ASKED = "asked"


WRONG: Final = Mark.WRONG
ASKED: Final = Mark.ASKED
Wrong = Literal[Mark.WRONG]
Amount = Decimal | None | Wrong

_CURRENCIES = {
    "RP": "IDR", "RP.": "IDR", "RUPIAH": "IDR", "$": "USD", "US$": "USD", "£": "GBP", "€": "EUR",
    "¥": "JPY", "S$": "SGD", "RM": "MYR", "A$": "AUD",
}  # fmt: skip


class AmountColumn(dict[Cell, Amount]):
    """Cell -> amount under one decimal sign, None when empty; CR (or a plus) makes it negative."""

    def __init__(
        self, decimal: DecimalSign | None, plus_back: bool = False, debit_minus: bool = False
    ) -> None:
        super().__init__()
        self._decimal: DecimalSign = decimal or "."
        self._plus_back, self._debit_minus = plus_back, debit_minus

    @classmethod
    def deciding(cls, texts: Iterable[str]) -> AmountColumn:
        """Under the decimal sign that these texts themselves decide."""
        written = (take_apart(text) for text in texts)
        return cls(decide_decimal([one.core for one in written if one is not None]))

    def __missing__(self, cell: Cell) -> Amount:
        self[cell] = found = self._read(cell)
        return found

    def read(self, cells: Sequence[Cell]) -> list[Amount]:
        """A whole column."""
        return [self[cell] for cell in cells]

    def _read(self, cell: Cell) -> Amount:
        if not isinstance(cell, str):
            if isinstance(cell, int | float) and not isinstance(cell, bool):
                return from_number(cell)
            return None if cell is None else WRONG
        value = to_decimal(cell, self._decimal)  # most amounts of a long file
        if value is not None:
            return value
        if is_blank(cell):
            return None
        written = take_apart(cell)
        value = to_decimal(written.core, self._decimal) if written else None
        if written is None or value is None:
            return WRONG
        if self._debit_minus and written.mark is not None:
            return -value if is_back(written.mark) else value
        credit = is_back(written.mark) or (written.plus and self._plus_back)
        return -value if written.negative != credit else value


def currency_code(text: str) -> str | None:
    """The ISO code that a sign or name stands for."""
    wanted = text.strip().upper()
    return _CURRENCIES.get(wanted) or (wanted if wanted.isalpha() and len(wanted) == 3 else None)


def written(value: Decimal) -> str:
    """An amount of any currency in a sentence: `1.234.567`, `1.234.567,50`."""
    text = f"{value:,f}".translate(str.maketrans(",.", ".,"))
    return text.rstrip("0").rstrip(",") if text.endswith(",00") else text
