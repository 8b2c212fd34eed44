"""The bank's side: what it posted, and the files it hands out, overlapping as they please.

The simulator knows every posting, so what the books must hold is known: the lines of all whole days
that some file has shown, each exactly as often as the bank posted it (law 7).
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from functools import reduce
from operator import or_
from random import Random
from typing import Final

from kkpd.core.money import ZERO, Rupiah
from kkpd.demo.bank import DemoBill, DemoBillLine, csv_bytes, jumlah

#: (card, transaction day, posting day, text, signed sen): what tells two bank lines apart.
LineFeatures = tuple[str, date, date, str, int]

_TITLES: Final = (
    "Nomor Kartu",
    "Tgl Transaksi",
    "Tgl Pembukuan",
    "Keterangan",
    "MCC",
    "No Referensi",
    "Jumlah (Rp)",
    "DB/CR",
)


#: an interim line has no posting day
CiriDts = tuple[str, date, str, int]


def ciri_dts(line: DemoBillLine) -> CiriDts:
    """An interim line as the books must know it."""
    return (line.kartu, line.transaksi, line.keterangan, line.nilai.sen)


def feature_values(line: DemoBillLine) -> LineFeatures:
    """The line as the books must know it."""
    return (line.kartu, line.transaksi, line.posted_on, line.keterangan, line.nilai.sen)


@dataclass(slots=True)
class Bank:
    """What the bank posted for one OPD, and what each of its files in force has shown: whole days,
    or interim lines. A file is known by the SHA-256 of its bytes.
    """

    baris: list[DemoBillLine] = field(default_factory=list)
    day: dict[str, frozenset[date]] = field(default_factory=dict)
    listing: dict[str, Counter[CiriDts]] = field(default_factory=dict)

    @property
    def terlihat(self) -> set[date]:
        """The days that some file in force has shown."""
        return set().union(*self.day.values())

    @property
    def temporary(self) -> Counter[CiriDts]:
        """Of each interim line the greatest count that any one list in force shows."""
        return reduce(or_, self.listing.values(), Counter[CiriDts]())

    def keluar(self, sha256: str) -> None:
        """The file was taken out of the books."""
        self.day.pop(sha256, None)
        self.listing.pop(sha256, None)

    def as_of(self, day: Iterable[date]) -> list[DemoBillLine]:
        """The lines posted on these days, in the order of posting."""
        wanted = set(day)
        return sorted(
            (line for line in self.baris if line.posted_on in wanted),
            key=lambda line: (line.posted_on, line.transaksi, line.referensi),
        )

    def expected(self) -> Counter[LineFeatures]:
        """What the books must hold: every line of every day that was shown."""
        shown = self.terlihat
        return Counter(feature_values(line) for line in self.baris if line.posted_on in shown)

    def dts(self, day: Iterable[date]) -> list[DemoBillLine]:
        """The interim lines of purchases made on these days, as far as the bank knows them now.

        Of some the final amount will be another: a tip, a rate.
        """
        wanted = set(day)
        found = []
        for line in self.baris:
            if line.transaksi in wanted and line.nilai > ZERO and line.keterangan != "BEA METERAI":
                changed = line.nilai.sen % 17 == 0 and line.nilai > Rupiah.of(100_000)
                nilai = line.nilai - Rupiah.of(5_000) if changed else line.nilai
                found.append(replace(line, nilai=nilai))
        return found


def daftar_csv(lines: list[DemoBillLine], rng: Random) -> bytes:
    """An export of transactions without a bill's head; rows in any order within the file."""
    rows = [
        [
            f"601301XXXXXX{line.kartu}",
            f"{line.transaksi:%d/%m/%Y}",
            f"{line.posted_on:%d/%m/%Y}",
            line.keterangan,
            line.mcc,
            line.referensi,
            jumlah(abs(line.nilai)),
            "CR" if line.nilai < ZERO else "DB",
        ]
        for line in lines
    ]
    rng.shuffle(rows)
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";").writerows([list(_TITLES), *rows])
    return out.getvalue().encode("utf-8-sig")


def dts_csv(lines: list[DemoBillLine], rng: Random) -> bytes:
    """An interim list: no posting days, no references yet."""
    rows = [
        [
            f"601301XXXXXX{line.kartu}",
            f"{line.transaksi:%d/%m/%Y}",
            "",
            line.keterangan,
            line.mcc,
            "",
            jumlah(line.nilai),
            "DB",
        ]
        for line in lines
    ]
    rng.shuffle(rows)
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";").writerows([list(_TITLES), *rows])
    return out.getvalue().encode("utf-8-sig")


def tagihan_csv(opd: str, lines: list[DemoBillLine], finish: date, previous: Rupiah) -> bytes:
    """The month's whole bill with head and totals."""
    return csv_bytes(DemoBill(opd, finish, finish, previous, previous, tuple(lines)))
