"""Approved lines, grouped by the bill that pays them: what a DPT is made from.

A line is ready when final bills have billed all that was approved of it; the last of these bills
pays it. Approved refunds of earlier bills that are not settled yet are added.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from kkpd import ledger
from kkpd.core.moments import brief, period_name
from kkpd.core.money import ZERO, Rupiah, total
from kkpd.ledger import rules as ledger_rules
from kkpd.ledger.shapes import Facts, LedgerBill, Month, Purchase
from kkpd.ledger.sums import BillBlock


@dataclass(frozen=True, slots=True)
class Ready:
    """A bill with the lines that its DPT can include now: purchase -> approved amount. `own` is the
    part that this bill asks for; earlier bills asked for the rest.
    """

    bill: LedgerBill
    lines: dict[int, Rupiah]
    block: BillBlock
    own: Rupiah

    @property
    def bill_id(self) -> int:
        """The key of the bill."""
        return self.bill.id

    @property
    def name(self) -> str:
        """As people call it."""
        return bill_name(self.bill)

    @property
    def total(self) -> Rupiah:
        """The total of the DPT."""
        return total(self.lines.values())


@dataclass(frozen=True, slots=True)
class Waiting:
    """An approved line that is not fully billed yet, with the amount billed so far."""

    purchase_id: int
    approved: Rupiah
    billed: Rupiah


def bill_name(bill: LedgerBill) -> str:
    """`Tagihan 25 Okt 2026`, `Tagihan •••• 4821 25 Okt 2026`."""
    card = f" •••• {bill.card}" if bill.card else ""
    return f"Tagihan{card} {brief(bill.printed or bill.day)}"


def ready(session: Session, opd_id: int, periode: Month, on: date) -> list[Ready]:
    """The bills of the month with approved lines that are on no DPT, in the order of the bills."""
    return [one for one in all_ready(session, opd_id, on) if one.bill.month == periode]


def all_ready(session: Session, opd_id: int, on: date) -> list[Ready]:
    """The same of every month."""
    facts = ledger.facts(session, [opd_id], on)
    mine, left_over = _by_bill(facts)
    parts = ledger_rules.split(facts)
    blocks = {one.bill.id: one for one in ledger.bill_blocks(facts, parts)}
    found = []
    for bill in facts.bills.values():
        lines = mine.get(bill.id, {})
        carried = {
            id_: amount
            for (other, id_), amount in left_over.items()
            if _order(facts.bills[other]) < _order(bill)
        }
        together = carried | lines
        lines = _payable(facts, lines, together)
        if not lines:
            continue
        carried = _payable(facts, carried, together)
        own = total(
            part.amount
            for part in parts
            if part.bill_id == bill.id and part.bearer == "budget" and part.purchase_id in lines
        )
        found.append(Ready(bill, carried | lines, blocks[bill.id], own))
    return found


def bill_sums(found: Ready) -> list[tuple[str, str]]:
    """Where each rupiah of the bill is once this DPT is issued, as label rows for its foot."""
    block = found.block
    rows = [
        ("Dibayar dengan DPT ini", found.own),
        ("Dibayar dengan DPT lain", block.dpt),
        *block_rows(block),
        ("Belum ditetapkan", block.open - found.own),
    ]
    told = [(label, f"Rp {amount}") for label, amount in rows if amount or label == rows[-1][0]]
    before = found.total - found.own
    if before:
        told.append(("Termasuk dalam DPT ini dari tagihan sebelumnya", f"Rp {before}"))
    return [("Jumlah tagihan", f"Rp {block.total}"), *told]


def block_rows(block: BillBlock) -> list[tuple[str, Rupiah]]:
    """The rest of the bill, by who pays it instead of the DPT."""
    return [
        ("Ditolak, ditanggung pemegang", block.refused),
        ("UP Tunai", block.up_tunai),
        ("Ditanggung pemegang atau bank", block.others),
        ("Dialihkan ke tagihan lain", block.carried),
    ]


def waiting(session: Session, opd_id: int, on: date) -> list[Waiting]:
    """Approved lines that wait for their bill, by key."""
    facts = ledger.facts(session, [opd_id], on)
    return [
        Waiting(one.id, one.approved or ZERO, ledger_rules.billed_amount(facts, one))
        for one in _approved(facts)
        if not _is_billed(facts, one)
    ]


def why_not(session: Session, opd_id: int, periode: Month, on: date) -> str:
    """Why the month has no DPT to issue, as a sentence."""
    waits = waiting(session, opd_id, on)
    if not waits:
        return "Belum ada belanja yang disetujui untuk dimuat dalam DPT."
    amount = total(one.approved for one in waits)
    return (
        f"{len(waits)} belanja yang disetujui (Rp {amount}) belum ditagih bank seluruhnya, "
        f"sehingga menunggu tagihannya. DPT memuat belanja pada tagihan {period_name(*periode)} "
        "saja: ambil dan cocokkan tagihannya dahulu, atau setujui sebagian bila bank menagih "
        "kurang."
    )


def _order(bill: LedgerBill) -> tuple[Month, date, int]:
    return bill.month, bill.day, bill.id


def _approved(facts: Facts) -> Sequence[Purchase]:
    return [one for one in facts.purchases.values() if one.status == "disetujui"]


def _payable(
    facts: Facts, lines: dict[int, Rupiah], together: dict[int, Rupiah]
) -> dict[int, Rupiah]:
    """Leave out refunds whose original is neither on a DPT nor in this bill: they wait, because an
    amount that was not paid cannot be reduced.
    """

    def waits(one: Purchase) -> bool:
        origin = facts.purchases.get(one.origin_id or 0)
        return origin is not None and origin.dpt_id is None and origin.id not in together

    return {id_: amount for id_, amount in lines.items() if not waits(facts.purchases[id_])}


def _is_billed(facts: Facts, one: Purchase) -> bool:
    """Whether final bills ask for all that was approved of it."""
    approved = one.approved or ZERO
    return abs(ledger_rules.billed_amount(facts, one)) >= abs(approved)


def _by_bill(facts: Facts) -> tuple[dict[int, dict[int, Rupiah]], dict[tuple[int, int], Rupiah]]:
    """Bill -> its lines; and (bill, refund) of bills whose approved lines ask for nothing."""
    found: dict[int, dict[int, Rupiah]] = {}
    for one in _approved(facts):
        bill_id = ledger_rules.bill_of(facts, one)
        if bill_id is not None and _is_billed(facts, one):
            found.setdefault(bill_id, {})[one.id] = one.approved or ZERO
    left_over = {
        (bill_id, id_): amount
        for bill_id, lines in found.items()
        if total(lines.values()) <= ZERO
        for id_, amount in lines.items()
    }
    return found, left_over
