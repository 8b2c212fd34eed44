"""Does the bill add up: previous - paid + new = due, and the lines make the new charges."""

from __future__ import annotations

from decimal import Decimal
from itertools import compress

from kkpd.engines.reading.batch import Batch
from kkpd.engines.reading.notes import Notes
from kkpd.engines.reading.statement import Bill

ZERO = Decimal(0)


class Sums:
    """The sum of the lines by kind, gathered batch by batch."""

    def __init__(self) -> None:
        self._sums: dict[str, Decimal] = {}

    def add(self, batch: Batch) -> None:
        """Take in a batch."""
        kinds, amounts = batch.columns.kind, batch.columns.amount
        for kind in set(kinds):
            own = compress(amounts, map(kind.__eq__, kinds))
            self._sums[kind] = sum(own, self._sums.get(kind, ZERO))

    def of(self, *kinds: str) -> Decimal:
        """The sum over some kinds."""
        return sum((self._sums.get(kind, ZERO) for kind in kinds), ZERO)


def check(bill: Bill, sums: Sums, notes: Notes) -> None:
    """Report what the only bill of a file says against itself and against its lines."""
    _check_due(bill, notes)
    _check_lines(bill, sums, notes)


def _check_due(bill: Bill, notes: Notes) -> None:
    if bill.total_due is None or bill.new_charges is None or bill.previous_balance is None:
        return
    base = bill.previous_balance - (bill.payments or ZERO) + bill.new_charges
    if bill.total_due not in (base, base + (bill.stamp_duty or ZERO)):
        notes.find(
            "tagihan_tidak_cocok",
            f"Tagihan lalu {bill.previous_balance} dikurangi pembayaran {bill.payments or 0} "
            f"ditambah transaksi baru {bill.new_charges} dan meterai {bill.stamp_duty or 0} "
            f"tidak sama dengan total tagihan {bill.total_due}.",
            dihitung=str(base + (bill.stamp_duty or ZERO)),
            tercetak=str(bill.total_due),
        )


def _check_lines(bill: Bill, sums: Sums, notes: Notes) -> None:
    """A bill counts refunds against what was bought, or with the payments."""
    credited = -sums.of("refund")
    if bill.new_charges is not None:
        bought, duty = sums.of("belanja", "refund", "biaya"), sums.of("meterai")
        alone = bought + credited
        if bill.new_charges not in (bought, bought + duty, alone, alone + duty):
            notes.find(
                "jumlah_baris_berbeda",
                f"Jumlah baris {bought} tidak sama dengan transaksi baru {bill.new_charges} pada "
                "ringkasan tagihan.",
                dihitung=str(bought),
                tercetak=str(bill.new_charges),
            )
    paid = -sums.of("pembayaran")
    if bill.payments is not None and paid and bill.payments not in (paid, paid + credited):
        notes.find(
            "pembayaran_berbeda",
            f"Pembayaran pada baris {paid} tidak sama dengan pembayaran {bill.payments} pada "
            "ringkasan tagihan.",
            dihitung=str(paid),
            tercetak=str(bill.payments),
        )
