"""The bills printed in a file: which lines are theirs, their identity and their arithmetic.

Previous + new - paid = due, and the lines add up to what is new (Permendagri 79/2022 Art. 5 (e)). A
file without bills is a list.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from kkpd.core.errors import DomainError, Finding
from kkpd.core.money import ZERO, Rupiah
from kkpd.engines.reading.statement import Bill, Line
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


_Key = TypeVar("_Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class LineTotals:
    """The sums of a bill's lines in one file, with payments and stamp duty separate."""

    baris: int = 0
    belanja: Rupiah = ZERO
    meterai: Rupiah = ZERO
    pembayaran: Rupiah = ZERO

    def plus(self, jenis: str, baris: int, sen: int) -> LineTotals:
        """With `baris` more lines of this kind."""
        amount = Rupiah(sen)
        return LineTotals(
            self.baris + baris,
            self.belanja + (amount if jenis not in ("meterai", "pembayaran") else ZERO),
            self.meterai + (amount if jenis == "meterai" else ZERO),
            self.pembayaran + (amount if jenis == "pembayaran" else ZERO),
        )

    @property
    def bank_billed(self) -> Rupiah:
        """The sum of the lines without payments."""
        return self.belanja + self.meterai


def sen(line: Line) -> int:
    """The amount of a line in sen."""
    return int(line.amount * 100)


def totals_by_key(keys: Iterable[_Key], lines: Iterable[Line]) -> dict[_Key, LineTotals]:
    """key -> the sums of its lines, for lines that have a key each."""
    counts, sums = Counter[tuple[_Key, str]](), Counter[tuple[_Key, str]]()
    for key, line in zip(keys, lines, strict=True):
        counts[key, line.kind] += 1
        sums[key, line.kind] += sen(line)
    found: dict[_Key, LineTotals] = defaultdict(LineTotals)
    for (key, kind), count in counts.items():
        found[key] = found[key].plus(kind, count, sums[key, kind])
    return found


@dataclass(frozen=True, slots=True)
class PrintedTotals:
    """The printed totals as money; `baru` includes stamp duty that the bank prints separately."""

    previous: Rupiah | None
    paid: Rupiah | None
    baru: Rupiah | None
    total: Rupiah | None

    @classmethod
    def dari(cls, bill: Bill) -> PrintedTotals:
        """From a bill as read."""
        previous, paid = rupiah(bill.previous_balance), rupiah(bill.payments)
        baru, total = rupiah(bill.new_charges), rupiah(bill.total_due)
        meterai = rupiah(bill.stamp_duty)
        if baru is not None and meterai and total is not None:
            rest = total - (previous or ZERO) + (paid or ZERO)
            if rest != baru and rest == baru + meterai:
                baru = rest
        return cls(previous, paid, baru, total)

    @property
    def expected(self) -> Rupiah | None:
        """What the lines must add up to: the printed new charges, else what the totals leave."""
        if self.baru is not None:
            return self.baru
        if self.total is None or self.previous is None:
            return None
        return self.total - self.previous + (self.paid or ZERO)

    @property
    def discrepancy(self) -> Rupiah | None:
        """What the printed total has beyond previous + new - payments; None where one is absent."""
        if self.baru is None or self.previous is None or self.total is None:
            return None
        return self.total - (self.previous + self.baru - (self.paid or ZERO))


def lengkap(printed_totals: PrintedTotals, bank_billed: Rupiah) -> bool:
    """Whether lines of this sum are all the lines of the bill."""
    return printed_totals.expected == bank_billed


def check(printed_totals: PrintedTotals, jumlah: LineTotals) -> list[Finding]:
    """Findings about sums that do not agree, with their numbers."""
    found = []
    if printed_totals.discrepancy and printed_totals.total is not None:
        due = printed_totals.total - printed_totals.discrepancy
        found.append(
            Finding(
                "hitungan_tagihan",
                f"Tagihan lalu + baru − pembayaran = Rp\u00a0{due}, tetapi total tercetak "
                f"Rp\u00a0{printed_totals.total}. Tanyakan kepada bank.",
                "salah",
                inputs={"dihitung": str(due), "tercetak": str(printed_totals.total)},
            )
        )
    wanted = printed_totals.expected
    if wanted is not None and wanted != jumlah.bank_billed:
        found.append(
            Finding(
                "jumlah_baris",
                f"Jumlah baris Rp\u00a0{jumlah.bank_billed}, tetapi belanja baru tercetak "
                f"Rp\u00a0{wanted}. Mungkin berkas ini tidak memuat semua baris tagihan.",
                "salah",
                inputs={"jumlah_baris": str(jumlah.bank_billed), "tercetak": str(wanted)},
            )
        )
    return found
