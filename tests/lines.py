"""Bank lines for tests, and their identity as taking a file in gives it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from kkpd.engines.reading import Line
from kkpd.tagihan.identity import Identified, Slots, base_key, place

_LINE = Line(
    row=2,
    sheet=None,
    reference=None,
    card_last4="1234",
    transaction_date=date(2025, 3, 1),
    posting_date=None,
    amount=Decimal("10.00"),
    direction="D",
    description="KOPI",
    merchant=None,
    mcc=None,
    currency="IDR",
    kind="belanja",
    raw=("", "KOPI"),
)


def bank_line(text: str = "KOPI", merchant: str = "", **changed: Any) -> Line:
    """A line; its raw fields and its direction are what the other fields say."""
    line = _LINE._replace(description=text, raw=(merchant, text))._replace(**changed)
    return line._replace(direction="C" if line.amount < 0 else "D")


def base_keys(lines: Iterable[Line]) -> list[str]:
    """The base key of each line."""
    return list(map(base_key, lines))


def identify(
    seen: Mapping[str, Slots], lines: Sequence[Line], *, use_references: bool = True
) -> list[Identified]:
    """Every line's place in books that know `seen`."""
    references = [line.reference if use_references else None for line in lines]
    return place(seen, base_keys(lines), references)
