"""Bills in sections: under `Deposits` or `Payments and Credits` an amount without a sign is money
back, where other sections hold what was spent.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from kkpd.engines.reading.cells import amounts, dates
from kkpd.engines.reading.cells.amounts import is_money

_BACK = re.compile(
    r"(?:deposits?|credits?|payments?|refunds?|returns?|penerimaan|setoran|pembayaran|kredit|"
    r"pengembalian|uang masuk)\b",
    re.IGNORECASE,
)
_OUT = re.compile(
    r"(?:\w+ )?(?:withdrawals?|purchases?|checks paid|charges|debits?|fees|transactions|belanja|"
    r"pembelanjaan|penarikan|pembelian|transaksi|debet|uang keluar)\b",
    re.IGNORECASE,
)
_MINUS = ("-", "\u2212", "\u2013")
_LONGEST = 60


def sign(table: list[list[str]], column: int) -> None:
    """Mark the amounts of the sections of money back with CR.

    Only beside a section of spending whose amounts have no signs, or all a minus that then goes.
    """
    sections = _sections(table, column)
    back = [row for is_back, rows in sections for row in rows if is_back]
    out = [row for is_back, rows in sections for row in rows if not is_back]
    if not back or not out or any(_has_sign(row[column]) for row in back):
        return
    if any(_has_sign(row[column]) for row in out):
        if not all(row[column].lstrip().startswith(_MINUS) for row in out):
            return
        for row in out:
            row[column] = row[column].lstrip()[1:]
    for row in back:
        row[column] = f"{row[column]} CR"


def _sections(table: Sequence[list[str]], column: int) -> list[tuple[bool, list[list[str]]]]:
    """The transactions under each heading, and whether it names money back."""
    found: list[tuple[bool, list[list[str]]]] = []
    for row in table:
        filled = [text for text in row if text]
        if len(filled) == 1:
            back = kind(filled[0])
            if back is not None:
                found.append((back, []))
        elif found and column < len(row) and is_money(row[column]):
            found[-1][1].append(row)  # a section's total has the sign of its lines
    return [one for one in found if any(_is_dated(row, column) for row in one[1])]


def kind(text: str) -> bool | None:
    """True for a heading of money back, False for one of spending, None for other texts."""
    if len(text) > _LONGEST or ":" in text or text.endswith("."):
        return None
    return True if _BACK.match(text) else False if _OUT.match(text) else None


def _is_dated(row: Sequence[str], column: int) -> bool:
    return any(map(dates.looks_like_date, row[:column]))


def _has_sign(text: str) -> bool:
    written = amounts.take_apart(text)
    return written is None or written.negative or written.plus or written.mark is not None
