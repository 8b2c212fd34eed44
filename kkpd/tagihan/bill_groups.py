"""Which bill of the file a line belongs to: by sheet or by card; a file without bills is a list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from kkpd.core.errors import DomainError
from kkpd.core.money import Rupiah
from kkpd.engines.reading.statement import Bill
from kkpd.tagihan.identity import bill_identity

#: The group of lines that no printed bill claims.
LISTING = -1

BillPointer = Callable[[str | None, str | None], int]


def real_bills(bills: Sequence[Bill]) -> list[Bill]:
    """The printed bills that have an identity: a date and a total, each once."""
    found = {
        (bill.card_last4, bill.bill_date, bill.total_due): bill
        for bill in reversed(bills)
        if bill.bill_date and bill.total_due is not None
    }
    return list(reversed(found.values()))


def bill_pointer(bills: Sequence[Bill]) -> BillPointer:
    """(sheet, card) of a line -> position of its bill in `bills`, DAFTAR when none claims it."""
    if not bills:
        return lambda _sheet, _card: LISTING
    if len(bills) == 1:
        return lambda _sheet, _card: 0
    by_card = _unique([bill.card_last4 for bill in bills])
    if by_card is not None:
        return lambda _sheet, card: by_card.get(card, LISTING)
    by_sheet = _unique([bill.sheet for bill in bills])
    if by_sheet is not None:
        return lambda sheet, _card: by_sheet.get(sheet, LISTING)
    return lambda _sheet, _card: LISTING


def _unique(names: Sequence[str | None]) -> dict[str | None, int] | None:
    """Name -> position when every bill has its own name."""
    found = {name: position for position, name in enumerate(names)}
    return found if len(found) == len(names) and None not in found else None


def identitas(bill: Bill, jenis: str) -> str:
    """The identity of a bill within its OPD, whatever file shows it."""
    if bill.bill_date is None or bill.total_due is None:
        raise DomainError("Tagihan tanpa tanggal atau total tidak mempunyai identitas.")
    return bill_identity(bill.card_last4, bill.bill_date, jenis, bill.total_due)


def listing_identity(jenis: str, tahun: int, bulan: int) -> str:
    """The identity of the one list of a kind and month."""
    return f"daftar:{jenis}:{tahun:04d}-{bulan:02d}"


def at_turn(identitas: str, giliran: int) -> str:
    """The identity of a bill that was taken out `giliran - 1` times before."""
    return identitas if giliran == 1 else f"{identitas}:{giliran}"


def rupiah(value: Decimal | None) -> Rupiah | None:
    """A printed total as money."""
    return None if value is None else Rupiah.from_decimal(value)
