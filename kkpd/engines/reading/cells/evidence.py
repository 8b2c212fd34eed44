"""What cells show: one alone, a whole column, and columns beside each other."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import islice

from kkpd.core.pan import last_four
from kkpd.engines.reading.cells import amounts, dates, times
from kkpd.engines.reading.cells.amounts import is_money
from kkpd.engines.reading.profile import DateOrder, get_profile, squash
from kkpd.engines.reading.statement import Cell, Row, text_of

#: So many filled cells of a column tell what it is.
_SAMPLE = 200
_CODE_OR_SIGN = re.compile(r"[A-Za-z]{3}|Rp\.?|[$£€]")
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
    return isinstance(cell, str) and dates.is_month(cell)  # lines without a day, for a person


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


_TESTS = {
    "transaction_date": _date_like,
    "posting_date": _date_like,
    "time": times.looks_like_time,
    "amount": amount_like,
    "debit": amount_like,
    "credit": amount_like,
    "original_amount": amount_like,
    "balance": amount_like,
    "sign": lambda cell: sign_of(text_of(cell)) != 0,
    "card": lambda cell: last_four(text_of(cell)) is not None,
    "reference": lambda cell: any(map(str.isdigit, text_of(cell))),
    "currency": lambda cell: _CODE_OR_SIGN.fullmatch(text_of(cell).strip()) is not None,
    "original_currency": lambda cell: _CODE_OR_SIGN.fullmatch(text_of(cell).strip()) is not None,
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


_SAMPLE = 200
_CODE = re.compile(r"\d{3,}")
_MONEY = re.compile(r"[.,](?:\d{1,2}|\d{4,})\D*$|[$£€]|^\s*Rp")
#: A column is read so when this share of its cells agrees.
_SHARE = 0.9
#: Whole words are no marks: `Credit` may be the kind of a card.
_SIDES = frozenset({"cr", "dr", "db"})
_ROUNDED = Decimal("0.015")


def filled(index: int, body: Sequence[Row]) -> list[Cell]:
    """The first cells of a column that hold something."""
    cells = (row[index] for row in body[:_SAMPLE] if index < len(row))
    return [cell for cell in cells if text_of(cell).strip()]


def is_code(index: int, body: Sequence[Row]) -> bool:
    """Whether a column holds whole numbers of one length only, as account codes are."""
    texts = [text_of(cell).strip() for cell in filled(index, body)]
    texts = [text for text in texts if not amounts.is_blank(text)]  # stars hide some
    lengths = Counter(len(text) for text in texts if _CODE.fullmatch(text))
    return bool(lengths) and max(lengths.values()) >= _SHARE * len(texts)


def shows_money(index: int, body: Sequence[Row]) -> bool:
    """Whether a column is filled with amounts of which some show their cents or a sign of money."""
    cells = filled(index, body)
    few = len(cells) < _SHARE * min(len(body), _SAMPLE)
    if few or sum(map(amount_like, cells)) < _SHARE * len(cells):
        return False
    texts = list(map(text_of, cells))
    return any(_MONEY.search(text) for text in texts)


def gross(
    paid: int, others: Collection[int], taxes: Collection[int], body: Sequence[Row]
) -> int | None:
    """The column that is `paid` plus a tax in every row: what was paid in truth; None for none."""
    net = _values(paid, body)
    for tax in taxes:
        levied = _values(tax, body)
        taxed = [
            at
            for at, (one, more) in enumerate(zip(net, levied, strict=True))
            if one is not None and more
        ]
        if len(taxed) < min(2, len(body)):
            continue
        for other in others:
            whole = _values(other, body)
            agree = sum(_adds_up(net[at], levied[at], whole[at]) for at in taxed)
            if agree >= _SHARE * len(taxed):
                return other
    return None


def _adds_up(net: Decimal | None, tax: Decimal | None, whole: Decimal | None) -> bool:
    if net is None or tax is None or whole is None:
        return False
    return abs(net + tax - whole) <= _ROUNDED


def _values(index: int, body: Sequence[Row]) -> list[Decimal | None]:
    """The first amounts of a column, None where a cell is none."""
    cells = [row[index] if index < len(row) else "" for row in body[:_SAMPLE]]
    written = [amounts.take_apart(cell) if isinstance(cell, str) else None for cell in cells]
    sign = amounts.decide_decimal([one.core for one in written if one]) or "."
    found: list[Decimal | None] = []
    for cell, one in zip(cells, written, strict=True):
        value = amounts.to_decimal(one.core, sign) if one else None
        if isinstance(cell, int | float) and not isinstance(cell, bool):
            value = amounts.from_number(cell)
        back = one is not None and (one.negative or amounts.is_back(one.mark))
        found.append(-value if value is not None and back else value)
    return found


def marks(paid: int, free: Collection[int], body: Sequence[Row]) -> int | None:
    """A column of debit or credit marks only, beside amounts without signs; None for none."""
    values = [value for value in _values(paid, body) if value]
    if any(value < 0 for value in values):
        return None
    for index in free:
        texts = {folded(text_of(cell)) for cell in filled(index, body)}
        some = len(filled(index, body)) < len(values)
        if texts and texts <= _SIDES and (some or len(texts) > 1):
            return index
        if {sign_of(text) for text in texts} == {1, -1}:
            return index
    return None


def tells_both(index: int, body: Sequence[Row]) -> bool:
    """Whether a column marks money out in some rows and money in in others."""
    return {1, -1} <= {sign_of(text_of(cell)) for cell in filled(index, body)}


def parts(
    paid: int, others: Collection[int], same: Collection[int], body: Sequence[Row]
) -> int | None:
    """The column of parts where a purchase stands once a part, each with its whole amount."""
    whole = _values(paid, body)
    purchases: list[list[int]] = []
    key: object = None
    for at, row in enumerate(body[:_SAMPLE]):
        own = (whole[at], *(text_of(row[index]) for index in same if index < len(row)))
        if own != key:
            purchases.append([])
        purchases[-1].append(at)
        key = own
    several = [rows for rows in purchases if len(rows) > 1]
    if not several:
        return None
    for other in others:
        shares = _values(other, body)
        agree = sum(_makes(whole[rows[0]], [shares[at] for at in rows]) for rows in purchases)
        told = any(_makes(whole[rows[0]], [shares[at] for at in rows]) for rows in several)
        if told and agree >= _SHARE * len(purchases):
            return other
    return None


def _makes(whole: Decimal | None, shares: Sequence[Decimal | None]) -> bool:
    return whole is not None and abs(sum(filter(None, shares), Decimal(0)) - whole) <= _ROUNDED


def takes_turns(one: int, other: int, body: Sequence[Row]) -> bool:
    """Whether every row fills either of two columns of amounts, and none both."""
    pairs = list(zip(_values(one, body), _values(other, body), strict=True))
    said = [(bool(first), bool(second)) for first, second in pairs if first or second]
    return all(first != second for first, second in said) and {True, False} <= {
        first for first, _ in said
    }


def only_months(index: int, body: Sequence[Row]) -> bool:
    """Whether a column names months and no day."""
    cells = filled(index, body)
    return bool(cells) and all(isinstance(cell, str) and dates.is_month(cell) for cell in cells)


def shows_days(index: int, body: Sequence[Row]) -> bool:
    """Whether a column is filled with whole dates."""
    cells = filled(index, body)
    days = sum(isinstance(cell, str | date) and _is_day(cell) for cell in cells)
    return days >= _SHARE * min(len(body), _SAMPLE)


def _is_day(cell: str | date) -> bool:
    return dates.fixed(cell) is not None or (isinstance(cell, str) and dates.is_numeric_date(cell))


def earlier(index: int, than: int, body: Sequence[Row]) -> bool:
    """Whether a column is filled with days never after those of another, and not far fewer."""
    pairs = [(row[index], row[than]) for row in body[:_SAMPLE] if max(index, than) < len(row)]
    pairs = [pair for pair in pairs if all(text_of(cell).strip() for cell in pair)]
    plain = [all(text_of(pair[side]).strip().isdigit() for pair in pairs) for side in (0, 1)]
    if plain == [True, False]:
        return False  # codes of eight digits
    if len(pairs) < _SHARE * min(len(body), _SAMPLE) or not pairs:
        return False
    texts = [cell for pair in pairs for cell in pair if isinstance(cell, str)]
    order, _ = dates.decide_order(texts)
    days = [tuple(_day(cell, order) for cell in pair) for pair in pairs]
    read = [(one, other) for one, other in days if one and other]
    if len(read) < _SHARE * len(pairs) or any(one > other for one, other in read):
        return False
    first, second = (len(set(column)) for column in zip(*read, strict=True))
    return 3 * first >= second


def _day(cell: Cell, order: DateOrder | None) -> date | None:
    found = dates.fixed(cell)
    if found is None and isinstance(cell, str) and order is not None:
        found = dates.read(cell, order)
    return found or dates.serial(cell)
