"""What a single cell can be: a date, an amount, a card, a debit or credit mark, a currency."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from itertools import islice

from kkpd.core.pan import last_four
from kkpd.engines.reading.cells import amounts, dates, months
from kkpd.engines.reading.cells.amounts import is_money
from kkpd.engines.reading.profile import get_profile
from kkpd.engines.reading.sheet import text_of
from kkpd.engines.reading.words import squash

#: So many filled cells of a column tell what it is.
_SAMPLE = 200
_CURRENCY = re.compile(r"[A-Za-z]{3}|Rp\.?|[$£€]")
_NUMBERED = re.compile(r"\s*(?!IDR|USD|EUR|SGD|MYR)[A-Za-z]{3}\d{1,3}\s*").fullmatch
_MCC = re.compile(r"\d{4}")
_SIGNS = {
    **dict.fromkeys(("d", "db", "dr", "debit", "debet", "debits", "+", "s", "sale", "sales"), 1),
    **dict.fromkeys(("soll", "af", "cargo", "expense"), 1),
    **dict.fromkeys(("purchase", "pembelian", "belanja", "withdrawal", "charge", "fee", "pos"), 1),
    **dict.fromkeys(("c", "cr", "k", "kr", "credit", "kredit", "credits", "-", "return"), -1),
    **dict.fromkeys(("h", "haben", "bij", "abono", "gutschrift"), -1),
    **dict.fromkeys(("keluar", "uang keluar", "pengeluaran"), 1),
    **dict.fromkeys(("masuk", "uang masuk", "pemasukan", "pengembalian", "retur"), -1),
    **dict.fromkeys(("refund", "payment", "pembayaran", "deposit", "reversal", "neg"), -1),
}


def folded(mark: str) -> str:
    """A debit or credit mark as it is compared."""
    return mark.strip(" .()").casefold()


def sign_of(text: str) -> int:
    """1 for a debit word (spending), -1 for a credit word, 0 for anything else or nothing."""
    return _SIGNS.get(folded(text), 0)


def fits(role: str, cells: Sequence[object], share: float) -> bool:
    """Whether a share of a column's cells can have this role; an empty column fits none."""
    filled = (cell for cell in cells if not dates.is_blank(text_of(cell)))
    sample = list(islice(filled, _SAMPLE))
    if not sample:
        return False
    test = _TESTS.get(role)
    return test is None or sum(map(test, sample)) >= share * len(sample)


def _date_like(cell: object) -> bool:
    if isinstance(cell, str) and dates.is_numeric_date(cell):
        return True  # also 31/02/2025, which is refused with its row later
    if dates.looks_like_date(cell) or dates.serial(cell) is not None:
        return True
    return isinstance(cell, str) and months.is_month(cell)  # lines without a day, for a person


def amount_like(cell: object) -> bool:
    if isinstance(cell, str):
        return amounts.is_blank(cell) or (
            amounts.take_apart(cell) is not None and not dates.is_numeric_date(cell)
        )
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def is_value(cell: object) -> bool:
    """A number, an amount or a date: no text that describes a purchase."""
    if isinstance(cell, str):
        return _is_amount(cell) or dates.looks_like_date(cell)
    return cell is not None


def _is_amount(text: str) -> bool:
    """`USD1.50` and `EUR 15` are amounts, a title such as `VWZ1` or `Col2` is none."""
    written = amounts.take_apart(text)
    return written is not None and (amounts.says_something(written.core) or not _NUMBERED(text))


def _card_like(cell: object) -> bool:
    return last_four(text_of(cell)) is not None


def _has_digit(cell: object) -> bool:
    return any(letter.isdigit() for letter in text_of(cell))


def _sign_like(cell: object) -> bool:
    return sign_of(text_of(cell)) != 0


_TESTS = {
    "transaction_date": _date_like,
    "posting_date": _date_like,
    "amount": amount_like,
    "debit": amount_like,
    "credit": amount_like,
    "original_amount": amount_like,
    "balance": amount_like,
    "sign": _sign_like,
    "card": _card_like,
    "reference": _has_digit,
    "currency": lambda cell: _CURRENCY.fullmatch(text_of(cell).strip()) is not None,
    "original_currency": lambda cell: _CURRENCY.fullmatch(text_of(cell).strip()) is not None,
    "mcc": lambda cell: _MCC.fullmatch(text_of(cell).strip()) is not None,
    "merchant": lambda cell: not is_value(cell),
    "description": lambda cell: not is_value(cell),
}


def tells(texts: Sequence[str]) -> bool:
    """Whether the texts of a row hold a date and an amount, and are not the balance of a day."""
    if any(map(is_sum, texts)):
        return False
    return any(map(dates.looks_like_date, texts)) and any(map(is_money, texts))


def is_sum(text: str) -> bool:
    """Whether a text begins with the words of a balance or total, even without its blanks."""
    return squash(text).startswith(_sums())


@cache
def _sums() -> tuple[str, ...]:
    words = get_profile("umum").words
    return tuple(
        squash(word) for group in ("saldo", "total") for word in words[group] if len(word) > 4
    )
