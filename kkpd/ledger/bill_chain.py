"""What the chain of payment works on: approved lines by the bill that pays them.

A line is ready for the DPT of a bill when final bills ask for all that was approved of it; the last
of them pays it. Approved refunds of earlier bills that found nothing to be netted with go along.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from kkpd import ledger
from kkpd.core.indonesian_dates import brief
from kkpd.core.moments import period_name
from kkpd.core.money import ZERO, Rupiah, total
from kkpd.ledger import rules as ledger_rules
from kkpd.ledger.booking_month import Month
from kkpd.ledger.shapes import Facts, LedgerBill, Purchase
from kkpd.ledger.sums import BillBlock


@dataclass(frozen=True, slots=True)
class Ready:
    """A bill with lines that a DPT can carry now: purchase -> approved amount. `own` is what of
    them this bill asks for; the rest was asked for by earlier ones.
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
        """What the DPT would ask for."""
        return total(self.lines.values())


@dataclass(frozen=True, slots=True)
class Waiting:
    """An approved line that no DPT can carry yet: what of it final bills ask for so far."""

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
    """What of the bill the budget does not pay with its DPT, by who does."""
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
    """The sentence that says why the month has no DPT to issue."""
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
    """Without the refunds whose original is neither on a DPT nor on this one: what was not paid
    cannot be paid less, and they wait for it.
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
