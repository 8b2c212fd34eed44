"""What the ledger says of money against what the tables hold: ceilings, DPTs, debits and bills.

`ledger.split` and `ledger.bill_blocks` assert by themselves that parts add up to their lines and
purchases; here their sums meet what services wrote down somewhere else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from kkpd import ledger
from kkpd.core.db.raw_sql import FixedStatement
from kkpd.core.money import ZERO, Rupiah
from kkpd.ledger import Facts, Part
from kkpd.ledger import rules as ledger_rules
from kkpd.ledger.shapes import Month
from kkpd.models import Ceiling, CeilingMovement, Periode, Transaksi
from tests.simulator.baris import Row
from tests.simulator.rusak import Rusak

#: Statuses in which nobody has decided yet: the purchase may wait for room with less than it costs.
_UNDECIDED: Final = ("tercatat", "berbukti", "diajukan", "diperiksa")
_UP: Final = FixedStatement(
    select(CeilingMovement.transaksi_id, CeilingMovement.kind, CeilingMovement.amount)
    .join(Ceiling, Ceiling.id == CeilingMovement.ceiling_id)
    .join(Transaksi, Transaksi.id == CeilingMovement.transaksi_id)
    .where(
        Ceiling.opd_id == bindparam("opd"),
        Ceiling.jenis == "up_kkpd",
        Ceiling.tahun == Transaksi.tahun,  # a carried line holds the same in both years
    )
)
_CLOSED: Final = FixedStatement(
    select(Periode.tahun, Periode.bulan).where(
        Periode.opd_id == bindparam("opd"), Periode.status != "terbuka"
    )
)
#: What a movement does to reserved and posted together.
_HELD: Final = {"reserve": 1, "post": 0, "unpost": 0, "void": -1, "restore": -1}


class AwasLedger:
    """Splits the money of the offices that acted and compares it."""

    def periksa(
        self, session: Session, ids: Sequence[int], lines: dict[int, Row], day: date
    ) -> None:
        """Rusak where a sum over parts is not what ceilings, papers or closed months say."""
        for opd_id in ids:
            facts = ledger.facts(session, [opd_id], day)
            try:
                parts = ledger.split(facts)
                blocks = ledger.bill_blocks(facts, parts)
            except AssertionError as fault:
                raise Rusak("bagian", f"OPD {opd_id}: {fault}") from fault
            self._up(session, opd_id, facts, parts, lines)
            _billed(facts)
            _paid(facts, blocks)
            closed = {(year, month) for year, month in _closed(session, opd_id)}
            _settled(blocks, closed)

    def _up(
        self,
        session: Session,
        opd_id: int,
        facts: Facts,
        parts: Sequence[Part],
        lines: dict[int, Row],
    ) -> None:
        """UP KKPD holds what the budget owes; less only of a purchase that waits for room."""
        held: dict[int, Rupiah] = defaultdict(lambda: ZERO)
        for id_, kind, amount in _UP.baris(session.connection(), {"opd": opd_id}):
            held[lines[id_].asal_id or id_] += amount * _HELD[kind]
        owed: dict[int, Rupiah] = defaultdict(lambda: ZERO)
        for part in parts:
            if part.bearer == "budget" and part.purchase_id is not None:
                one = facts.purchases[part.purchase_id]
                owed[one.origin_id or one.id] += part.left
        for id_ in sorted(held.keys() | owed.keys()):
            waits = lines[id_].status in _UNDECIDED and held[id_] < owed[id_]
            if held[id_] != owed[id_] and not waits:
                raise Rusak(
                    "up dan ledger",
                    f"belanja {id_} ({lines[id_].status}) memegang {held[id_]} dari UP KKPD, "
                    f"anggaran berutang {owed[id_]}",
                )


def _closed(session: Session, opd_id: int) -> list[Month]:
    return [(row[0], row[1]) for row in _CLOSED.baris(session.connection(), {"opd": opd_id})]


def _billed(facts: Facts) -> None:
    """Whatever stands on a DPT is asked for by final bills, in full."""
    for one in facts.purchases.values():
        if one.dpt_id is None or one.approved is None:
            continue
        asked = ledger_rules.billed_amount(facts, one)
        if abs(asked) < abs(one.approved):
            raise Rusak(
                "ditagih", f"belanja {one.id} pada DPT {one.dpt_id} {one.approved}, ditagih {asked}"
            )


def _paid(facts: Facts, blocks: Sequence[ledger.BillBlock]) -> None:
    """The DPTs of a bill are its own and its carried parts, and debits never pass them."""
    on_dpt: dict[int, Rupiah] = defaultdict(lambda: ZERO)
    debited: dict[int, Rupiah] = defaultdict(lambda: ZERO)
    for one in facts.purchases.values():
        if one.dpt_bill_id is not None and one.approved is not None:
            on_dpt[one.dpt_bill_id] += one.approved
            if one.paid_on is not None:
                debited[one.dpt_bill_id] += one.approved
    for block in blocks:
        id_, pays = block.bill.id, block.dpt + block.carried_in
        if on_dpt[id_] != pays:
            raise Rusak("tagihan", f"DPT tagihan {id_} {on_dpt[id_]}, bagiannya {pays}")
        if debited[id_] > max(pays, ZERO):
            raise Rusak("tagihan", f"tagihan {id_} didebet {debited[id_]} dari {pays}")


def _settled(blocks: Sequence[ledger.BillBlock], closed: set[Month]) -> None:
    """A closed month leaves nothing of its bills open."""
    for block in blocks:
        if block.bill.month in closed and block.open:
            raise Rusak("terbuka", f"tagihan {block.bill.id} ditutup dengan {block.open} terbuka")
