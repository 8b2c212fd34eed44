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
from kkpd.core.money import NOL, Rupiah
from kkpd.engines.reading.lines import TotalTercetak
from kkpd.tagihan.bill_groups import rupiah

_Key = TypeVar("_Key", bound=Hashable)

#: Up to so many keys, a look at all lines for each is quicker than a step for each line.
_SEDIKIT = 2


@dataclass(frozen=True, slots=True)
class Jumlah:
    """The sums of a bill's lines in one file: payments apart, stamp duty apart."""

    baris: int = 0
    belanja: Rupiah = NOL
    meterai: Rupiah = NOL
    pembayaran: Rupiah = NOL

    def plus(self, jenis: str, baris: int, sen: int) -> Jumlah:
        """With `baris` more lines of this kind."""
        amount = Rupiah(sen)
        return Jumlah(
            self.baris + baris,
            self.belanja + (amount if jenis not in ("meterai", "pembayaran") else NOL),
            self.meterai + (amount if jenis == "meterai" else NOL),
            self.pembayaran + (amount if jenis == "pembayaran" else NOL),
        )

    @property
    def ditagih(self) -> Rupiah:
        """What the lines ask for: all but payments."""
        return self.belanja + self.meterai


def jumlah_per(keys: Iterable[_Key], sen: Sequence[int]) -> dict[_Key, tuple[int, int]]:
    """key -> (lines, sum in sen), for lines of which each has a key and an amount."""
    named = list(keys)
    counts = Counter(named)
    if len(counts) <= _SEDIKIT:
        sums = {key: sum(compress(sen, map(key.__eq__, named))) for key in counts}
    else:
        sums = dict.fromkeys(counts, 0)
        for key, value in zip(named, sen, strict=True):
            sums[key] += value
    return {key: (count, sums[key]) for key, count in counts.items()}


@dataclass(frozen=True, slots=True)
class Tercetak:
    """The printed totals as money; `baru` holds the stamp duty where the bank adds it apart."""

    lalu: Rupiah | None
    bayar: Rupiah | None
    baru: Rupiah | None
    total: Rupiah | None

    @classmethod
    def dari(cls, bill: TotalTercetak) -> Tercetak:
        """From a bill as read."""
        lalu, bayar = rupiah(bill.previous_balance), rupiah(bill.payments)
        baru, total = rupiah(bill.new_charges), rupiah(bill.total_due)
        meterai = rupiah(bill.stamp_duty)
        if baru is not None and meterai and total is not None:
            rest = total - (lalu or NOL) + (bayar or NOL)
            if rest != baru and rest == baru + meterai:
                baru = rest
        return cls(lalu, bayar, baru, total)

    @property
    def seharusnya(self) -> Rupiah | None:
        """What the lines must add up to: the printed new charges, else what the totals leave."""
        if self.baru is not None:
            return self.baru
        if self.total is None or self.lalu is None:
            return None
        return self.total - self.lalu + (self.bayar or NOL)

    @property
    def beda(self) -> Rupiah | None:
        """What the printed total has beyond previous + new - payments; None where one is absent."""
        if self.baru is None or self.lalu is None or self.total is None:
            return None
        return self.total - (self.lalu + self.baru - (self.bayar or NOL))


def lengkap(tercetak: Tercetak, ditagih: Rupiah) -> bool:
    """Whether lines of this sum are all the lines of the bill."""
    return tercetak.seharusnya == ditagih


def periksa(tercetak: Tercetak, jumlah: Jumlah) -> list[Finding]:
    """What does not add up, each with the numbers it looked at."""
    found = []
    if tercetak.beda and tercetak.total is not None:
        due = tercetak.total - tercetak.beda
        found.append(
            Finding(
                "hitungan_tagihan",
                f"Tagihan lalu + baru − pembayaran = Rp\u00a0{due}, tetapi total tercetak "
                f"Rp\u00a0{tercetak.total}. Tanyakan kepada bank.",
                "salah",
                inputs={"dihitung": str(due), "tercetak": str(tercetak.total)},
            )
        )
    wanted = tercetak.seharusnya
    if wanted is not None and wanted != jumlah.ditagih:
        found.append(
            Finding(
                "jumlah_baris",
                f"Jumlah baris Rp\u00a0{jumlah.ditagih}, tetapi belanja baru tercetak "
                f"Rp\u00a0{wanted}. Mungkin berkas ini tidak memuat semua baris tagihan.",
                "salah",
                inputs={"jumlah_baris": str(jumlah.ditagih), "tercetak": str(wanted)},
            )
        )
    return found
