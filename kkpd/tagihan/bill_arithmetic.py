"""A bill's own arithmetic: previous + new - paid = due, and the lines add up to what is new.

Source: Permendagri 79/2022 Art. 5 (e): the arithmetic of the bill is one of the six tests.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import compress
from typing import TypeVar

from kkpd.core.errors import Finding
from kkpd.core.money import ZERO, Rupiah
from kkpd.engines.reading.lines import BillTotals
from kkpd.tagihan.bill_groups import rupiah

_Key = TypeVar("_Key", bound=Hashable)

#: Up to so many keys, a look at all lines for each is quicker than a step for each line.
_FEW = 2


@dataclass(frozen=True, slots=True)
class LineTotals:
    """The sums of a bill's lines in one file: payments apart, stamp duty apart."""

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
        """What the lines ask for: all but payments."""
        return self.belanja + self.meterai


def sums_by_key(keys: Iterable[_Key], sen: Sequence[int]) -> dict[_Key, tuple[int, int]]:
    """key -> (lines, sum in sen), for lines of which each has a key and an amount."""
    named = list(keys)
    counts = Counter(named)
    if len(counts) <= _FEW:
        sums = {key: sum(compress(sen, map(key.__eq__, named))) for key in counts}
    else:
        sums = dict.fromkeys(counts, 0)
        for key, value in zip(named, sen, strict=True):
            sums[key] += value
    return {key: (count, sums[key]) for key, count in counts.items()}


@dataclass(frozen=True, slots=True)
class PrintedTotals:
    """The printed totals as money; `baru` holds the stamp duty where the bank adds it apart."""

    previous: Rupiah | None
    bayar: Rupiah | None
    baru: Rupiah | None
    total: Rupiah | None

    @classmethod
    def dari(cls, bill: BillTotals) -> PrintedTotals:
        """From a bill as read."""
        previous, bayar = rupiah(bill.previous_balance), rupiah(bill.payments)
        baru, total = rupiah(bill.new_charges), rupiah(bill.total_due)
        meterai = rupiah(bill.stamp_duty)
        if baru is not None and meterai and total is not None:
            rest = total - (previous or ZERO) + (bayar or ZERO)
            if rest != baru and rest == baru + meterai:
                baru = rest
        return cls(previous, bayar, baru, total)

    @property
    def expected(self) -> Rupiah | None:
        """What the lines must add up to: the printed new charges, else what the totals leave."""
        if self.baru is not None:
            return self.baru
        if self.total is None or self.previous is None:
            return None
        return self.total - self.previous + (self.bayar or ZERO)

    @property
    def discrepancy(self) -> Rupiah | None:
        """What the printed total has beyond previous + new - payments; None where one is absent."""
        if self.baru is None or self.previous is None or self.total is None:
            return None
        return self.total - (self.previous + self.baru - (self.bayar or ZERO))


def lengkap(printed_totals: PrintedTotals, bank_billed: Rupiah) -> bool:
    """Whether lines of this sum are all the lines of the bill."""
    return printed_totals.expected == bank_billed


def periksa(printed_totals: PrintedTotals, jumlah: LineTotals) -> list[Finding]:
    """What does not add up, each with the numbers it looked at."""
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
