"""Sums over parts: the one formula of each figure (docs/kebenaran.md). Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from kkpd.core.money import ZERO, Rupiah, total
from kkpd.ledger.shapes import Facts, LedgerBill, Month, Part, Place


@dataclass(frozen=True, slots=True, kw_only=True)
class BillBlock:
    """What became of one final bill: `total` is the sum of the six amounts after it, always.

    `carried` is billed here and paid with a later bill's DPT, `carried_in` the other way round, so
    the DPTs of the bill sum to `dpt + carried_in`. `waits` is what is unpaid, by place and without
    signs; `left` is all of it with signs. `owed_to_bank` is the part of `left` that the office must
    pay to the bank: everything that the budget bears, that is in work or open; not what a holder
    owes. `paid_on` is the day of the bill's last debit once every DPT of it is debited.
    """

    bill: LedgerBill
    total: Rupiah
    dpt: Rupiah
    refused: Rupiah
    up_tunai: Rupiah
    others: Rupiah
    carried: Rupiah
    open: Rupiah
    carried_in: Rupiah
    gross_open: Rupiah
    waits: dict[Place, Rupiah]
    left: Rupiah
    owed_to_bank: Rupiah
    paid_on: date | None
    lines: int

    @property
    def settled(self) -> bool:
        """Whether every rupiah is settled: only then a bill is lunas."""
        return not self.waits


def bill_blocks(facts: Facts, parts: Iterable[Part]) -> list[BillBlock]:
    """One block for each final bill known on the day, in the order of the bills."""
    mine: dict[int, list[Part]] = defaultdict(list)
    carried_in: dict[int, Rupiah] = defaultdict(lambda: ZERO)
    for part in parts:
        if part.bill_id is not None:
            mine[part.bill_id].append(part)
            if part.place == "carried" and part.dpt_id is not None and part.purchase_id:
                paying = facts.purchases[part.purchase_id].dpt_bill_id
                if paying is not None:
                    carried_in[paying] += part.amount
    return [
        _block(facts, bill, mine[bill.id], carried_in[bill.id]) for bill in facts.bills.values()
    ]


def _block(facts: Facts, bill: LedgerBill, parts: list[Part], carried_in: Rupiah) -> BillBlock:
    by_place: dict[Place, Rupiah] = defaultdict(lambda: ZERO)
    waits: dict[Place, Rupiah] = defaultdict(lambda: ZERO)
    for part in parts:
        by_place[part.place] += part.amount
        waits[part.place] += abs(part.left)
    billed = total(line.amount for line in facts.lines.values() if line.bill_id == bill.id)
    assert billed == total(by_place.values()), "every rupiah of the bill stands in one place"
    return BillBlock(
        bill=bill,
        total=billed,
        dpt=by_place["dpt"],
        refused=by_place["refused"],
        up_tunai=by_place["up_tunai"],
        others=by_place["others"],
        carried=by_place["carried"],
        open=by_place["open"],
        carried_in=carried_in,
        gross_open=gross(parts),
        waits={place: amount for place, amount in waits.items() if amount},
        left=total(part.left for part in parts),
        owed_to_bank=total(part.left for part in parts if part.bearer in ("budget", "undecided")),
        paid_on=_paid_on(facts, bill),
        lines=len({part.line_id for part in parts}),
    )


def _paid_on(facts: Facts, bill: LedgerBill) -> date | None:
    """The day of the last debit of the bill's DPTs; None while one is not debited or none is."""
    days = [
        one.paid_on
        for one in facts.purchases.values()
        if one.dpt_id is not None
        and (
            one.dpt_bill_id == bill.id or (one.dpt_bill_id is None and one.dpt_month == bill.month)
        )
    ]
    known = [day for day in days if day is not None]
    return max(known) if known and len(known) == len(days) else None


def told_in(facts: Facts, part: Part) -> Month:
    """The month whose papers show a part: that of its final bill, its own while it has none."""
    return part.month if part.bill_id is None else facts.bills[part.bill_id].month


def gross(parts: Iterable[Part]) -> Rupiah:
    """Selisih: the open parts of billed lines, summed without signs, so that too much and too
    little never hide each other.
    """
    return total(abs(part.amount) for part in parts if part.is_open and part.line_id is not None)


def owed(parts: Iterable[Part]) -> Rupiah:
    """What the budget bears of purchases and has not paid: the balance of Buku Pembantu KKPD, and
    the use of UP KKPD. Refunds reduce it from the day they are booked.
    """
    return total(part.left for part in parts if part.bearer == "budget")


def held(parts: Iterable[Part]) -> tuple[Rupiah, Rupiah]:
    """(dicadangkan, terpakai) of UP KKPD: not yet on a DPT, and on a DPT; together `owed`."""
    mine = [part for part in parts if part.bearer == "budget"]
    return (
        total(part.left for part in mine if part.dpt_id is None),
        total(part.left for part in mine if part.dpt_id is not None),
    )
