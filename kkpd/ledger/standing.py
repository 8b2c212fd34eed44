"""The state of bills on a day: the parts of some OPDs, and one bill as its page shows it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd import ledger
from kkpd.core.money import ZERO, Rupiah, total
from kkpd.ledger import active
from kkpd.ledger.shapes import Bearer, Facts, Month, Part, Place
from kkpd.ledger.sums import BillBlock
from kkpd.models import BarisBank, Cocok, Dokumen, Orang, Transaksi

#: The places of a bill's sum, in the order in which they are shown.
PLACES: Final[tuple[Place, ...]] = ("dpt", "refused", "up_tunai", "others", "carried", "open")


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything of these OPDs as of the day: facts, parts, and the blocks by bill."""

    facts: Facts
    parts: tuple[Part, ...]
    blocks: dict[int, BillBlock]
    told: dict[int, ledger.Explanation]

    def owner(self, part: Part) -> int | None:
        """The person who must act: the owner of an explanation, or the holder of a purchase."""
        if part.explanation_id is not None:
            return self.told[part.explanation_id].owner_id
        if part.bearer == "holder" and part.purchase_id is not None:
            return self.facts.purchases[part.purchase_id].holder_id
        return None

    def until(self, part: Part) -> date | None:
        """The day by which it must be settled: its own, else the due day of its bill."""
        told = self.told.get(part.explanation_id or 0)
        bill = self.facts.bills.get(part.bill_id or 0)
        own = told.due if told is not None else None
        return own or (bill.due if bill is not None else None)


def standing(session: Session, opd_ids: Collection[int], day: date) -> Standing:
    """The books of the OPDs on the day."""
    facts = ledger.facts(session, opd_ids, day)
    parts = ledger.split(facts)
    blocks = {block.bill.id: block for block in ledger.bill_blocks(facts, parts)}
    return Standing(facts, parts, blocks, {one.id: one for one in facts.explanations})


@dataclass(frozen=True, slots=True)
class OpenBill:
    """A final bill with a due day and the amount `sisa` that the office still owes the bank."""

    id: int
    opd_id: int
    due_day: date
    periode: Month
    sisa: Rupiah


def due_bills(books: Standing) -> Iterator[OpenBill]:
    """Final bills that are not fully paid to the bank, in the order of the bills."""
    for block in books.blocks.values():
        bill, left = block.bill, block.owed_to_bank
        if bill.due is not None and left > ZERO:
            yield OpenBill(bill.id, bill.opd_id, bill.due, bill.month, left)


@dataclass(slots=True)
class MonthSum:
    """One month of an OPD: number of lines and of those with nothing open; the gross open amount
    with the oldest (day, line); explained or refused amounts that wait (count, sum, by bearer); and
    the amount of purchases not billed yet.
    """

    lines: int = 0
    settled: int = 0
    gross: Rupiah = ZERO
    oldest: tuple[date, int] | None = None
    waits: int = 0
    waiting: dict[Bearer, Rupiah] = field(default_factory=dict)
    unbilled: int = 0
    not_billed: Rupiah = ZERO

    @property
    def done(self) -> bool:
        """Whether nothing is open and nothing explained or refused waits."""
        return not self.gross and not self.waits

    @property
    def ended(self) -> bool:
        """Whether nothing waits, not even for its bill."""
        return self.done and not self.unbilled

    @property
    def left(self) -> Rupiah:
        """The sum of explained or refused amounts that wait for somebody."""
        return total(self.waiting.values())


@dataclass(frozen=True, slots=True)
class StandingSummary:
    """An OPD in a few figures, for boards: by month, the gross open amount by the day since when it
    is open, the bills that are due, and what the budget owes (which is the use of UP KKPD).
    """

    months: dict[Month, MonthSum]
    open_since: dict[date, Rupiah]
    owed: Rupiah
    due: tuple[OpenBill, ...]


def summary(books: Standing) -> StandingSummary:
    """The sums of one OPD's books."""
    months: dict[Month, MonthSum] = defaultdict(MonthSum)
    open_since: dict[date, Rupiah] = defaultdict(lambda: ZERO)
    lines_open: set[int] = set()
    for part in books.parts:
        _add(months[part.month], part, lines_open)
        if part.is_open and part.line_id is not None:
            open_since[part.since] += abs(part.amount)
    for line in books.facts.lines.values():
        month = months[line.month]
        month.lines += 1
        month.settled += line.id not in lines_open
    owed, due = ledger.owed(books.parts), tuple(due_bills(books))
    return StandingSummary(dict(months), dict(open_since), owed, due)


def _add(month: MonthSum, part: Part, lines_open: set[int]) -> None:
    if part.is_open and part.line_id is not None:
        month.gross += abs(part.amount)
        lines_open.add(part.line_id)
        here = (part.since, part.line_id)
        month.oldest = min(month.oldest or here, here)
    elif part.waits:
        month.waits += 1
        month.waiting[part.bearer] = month.waiting.get(part.bearer, ZERO) + abs(part.left)
    elif part.billed == "not_billed" and part.bearer == "budget" and part.left:
        month.unbilled += 1
        month.not_billed += part.amount


@dataclass(frozen=True, slots=True)
class Waits:
    """An unpaid amount of a place: its stage, who must act if known, and by when."""

    stage: str
    who: str
    until: date | None
    left: Rupiah


@dataclass(frozen=True, slots=True)
class StandingRow:
    """One place of a bill's sum, with the amounts that wait."""

    place: Place
    amount: Rupiah
    waits: tuple[Waits, ...]


@dataclass(frozen=True, slots=True)
class BillState:
    """One final bill: its sum by place, and the DPTs that pay it as (id, number)."""

    block: BillBlock
    rows: tuple[StandingRow, ...]
    papers: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class DueState:
    """Bills and their due day: `day` counts the days until it while the bank is owed something,
    afterwards the days from the debit to it (negative: too late); None without such a day. `sisa`
    is everything not settled; `dibayar` is whether the bank is owed nothing more.
    """

    dibayar: bool
    sisa: Rupiah
    day: int | None


def due_term(blocks: Collection[BillBlock], day: date) -> DueState | None:
    """The same for several bills, by the most urgent one; None for no bills."""
    if not blocks:
        return None
    left = total(block.left for block in blocks)
    owed = [block for block in blocks if block.owed_to_bank > ZERO]
    if owed:
        dues = [block.bill.due for block in owed if block.bill.due is not None]
        return DueState(False, left, (min(dues) - day).days if dues else None)
    gaps = [
        (block.bill.due - block.paid_on).days
        for block in blocks
        if block.bill.due is not None and block.paid_on is not None
    ]
    return DueState(True, left, min(gaps, default=None))


def bill_state(session: Session, books: Standing, tagihan_id: int) -> BillState | None:
    """One bill, with who must act on each rest; None for an interim list."""
    block = books.blocks.get(tagihan_id)
    if block is None:
        return None
    parts = [part for part in books.parts if part.bill_id == tagihan_id]
    names = _names(session, (books.owner(part) for part in parts))
    amounts = {place: getattr(block, place) for place in PLACES}
    waits = {place: tuple(_waits(books, parts, place, names)) for place in PLACES}
    rows = tuple(
        StandingRow(place, amounts[place], waits[place])
        for place in PLACES
        if amounts[place] or waits[place] or place in ("dpt", "open")
    )
    return BillState(block, rows, _papers(session, books.facts, tagihan_id))


def _waits(
    books: Standing, parts: Iterable[Part], place: Place, names: dict[int, str]
) -> Iterator[Waits]:
    found: dict[tuple[str, str, date | None], Rupiah] = defaultdict(lambda: ZERO)
    for part in parts:
        if part.place == place and part.left:
            stage = "open" if part.is_open else part.stage
            if stage == "explained":
                stage = part.bearer
            who = names.get(books.owner(part) or 0, "")
            found[stage, who, books.until(part)] += part.left
    for (stage, who, until), left in found.items():
        yield Waits(stage, who, until, left)


def _names(session: Session, ids: Iterable[int | None]) -> dict[int, str]:
    wanted = {id_ for id_ in ids if id_ is not None}
    rows = session.execute(select(Orang.id, Orang.nama).where(Orang.id.in_(wanted)))
    return {id_: nama for id_, nama in rows}  # noqa: C416 -- a Row is no typed pair


def _papers(session: Session, facts: Facts, tagihan_id: int) -> tuple[tuple[int, str], ...]:
    """The DPTs of the bill; old DPTs that name no bill are found by their lines."""
    lines = {line.id for line in facts.lines.values() if line.bill_id == tagihan_id}
    carried = {
        facts.purchases[link.purchase_id].dpt_id for link in facts.links if link.line_id in lines
    }
    rows = session.execute(
        select(Dokumen.id, Dokumen.nomor)
        .where(
            Dokumen.jenis == "dpt",
            active.holds(Dokumen),
            (Dokumen.tagihan_id == tagihan_id) | Dokumen.id.in_(carried - {None}),
        )
        .order_by(Dokumen.id)
    )
    return tuple((id_, nomor) for id_, nomor in rows)


def unowned(session: Session, opd_id: int, periode: Month) -> Rupiah:
    """The gross amount of the month's matched lines that nobody bears: refunds without an original,
    or larger than it. The ledger is asked only for months with refunds.
    """
    refunds = (
        select(Cocok.id)
        .join(BarisBank, BarisBank.id == Cocok.baris_bank_id)
        .join(Transaksi, Transaksi.id == Cocok.transaksi_id)
        .where(
            BarisBank.opd_id == opd_id,
            BarisBank.tahun == periode[0],
            BarisBank.bulan == periode[1],
            Cocok.dicabut_at.is_(None),
            Transaksi.nilai < ZERO,
        )
    )
    if session.scalar(refunds.limit(1)) is None:
        return ZERO
    return total(
        abs(part.amount)
        for part in ledger.parts(session, [opd_id], date.max)
        if part.is_open and part.kind != "open" and part.month == periode
    )
