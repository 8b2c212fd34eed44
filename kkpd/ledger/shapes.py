"""The facts that are split into parts, and the part itself. Amounts in Rupiah, signed as booked."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from kkpd.core.money import ZERO, Rupiah

Billed = Literal["not_billed", "interim", "final"]
#: What a part is: a recorded purchase or refund, a kind of explained difference
#: (`kkpd.ledger.difference_kinds`), or `open`.
Kind = str
Bearer = Literal["budget", "holder", "up_tunai", "bank", "undecided"]
#: The place of a part in its bill's sum.
Place = Literal["waiting", "dpt", "refused", "up_tunai", "others", "carried", "open"]

#: (year, month)
Month = tuple[int, int]


@dataclass(frozen=True, slots=True)
class LedgerBill:
    """A final bill: its booking month, and the day from which it counts: its printed date, or the
    day it was taken in if that is earlier or no date is printed (at the latest the last day of the
    month).
    """

    id: int
    opd_id: int
    month: Month
    day: date
    due: date | None
    card: str
    printed: date | None = None


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """A bank line that counts, without payments. `bill_id` is its final bill; None while it is on
    an interim list only.
    """

    id: int
    opd_id: int
    month: Month
    kind: str
    amount: Rupiah
    day: date
    card_id: int | None
    bill_id: int | None


@dataclass(frozen=True, slots=True)
class Link:
    """The amount of a purchase that is matched with a line."""

    line_id: int
    purchase_id: int
    amount: Rupiah


@dataclass(frozen=True, slots=True)
class Explanation:
    """A named difference on a line and what was paid on it by the day (positive)."""

    id: int
    line_id: int
    kind: str
    amount: Rupiah
    owner_id: int
    due: date | None
    paid: Rupiah


@dataclass(frozen=True, slots=True, kw_only=True)
class Purchase:
    """A purchase or refund (negative) that was not cancelled, with its history up to the day.

    `approved` None: PA or KPA has not decided; zero: refused. `repaid` is what was repaid of it.
    `dpt_bill_id` is the bill that its DPT pays; None for old DPTs that name no bill.
    """

    id: int
    opd_id: int
    month: Month
    day: date
    amount: Rupiah
    status: str
    origin_id: int | None
    card_id: int
    holder_id: int
    user_id: int
    approved: Rupiah | None = None
    decided_on: date | None = None
    dpt_id: int | None = None
    dpt_month: Month | None = None
    dpt_bill_id: int | None = None
    dpt_on: date | None = None
    sp2d_on: date | None = None
    paid_on: date | None = None
    repaid: Rupiah = ZERO


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that parts of these OPDs are split from, as of `day`."""

    day: date
    bills: dict[int, LedgerBill]
    lines: dict[int, LedgerLine]
    links: list[Link]
    explanations: list[Explanation]
    purchases: dict[int, Purchase]
    links_of_line: dict[int, list[Link]] = field(default_factory=dict)
    links_of_purchase: dict[int, list[Link]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A signed amount with exactly one answer to each question on the day (docs/kebenaran.md).

    It may have a line, a purchase and an explanation. `left` is what its bearer has not paid yet,
    `place` its place in the bill's sum, `month` that of the line, or of the purchase while it is
    not billed.
    """

    opd_id: int
    amount: Rupiah
    left: Rupiah
    kind: Kind
    bearer: Bearer
    stage: str
    billed: Billed
    place: Place
    month: Month
    since: date
    line_id: int | None = None
    purchase_id: int | None = None
    explanation_id: int | None = None
    bill_id: int | None = None
    dpt_id: int | None = None

    @property
    def is_open(self) -> bool:
        """Whether it is billed and nobody has said what it is or who bears it."""
        return self.kind == "open" or (self.bearer == "undecided" and self.line_id is not None)

    @property
    def waits(self) -> bool:
        """Whether it is explained, not borne by the budget, and not paid yet."""
        return bool(self.left) and not self.is_open and self.bearer != "budget"
