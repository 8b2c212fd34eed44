"""The shapes of a plan: which line goes where, what the books know of it, what its bill says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from kkpd.core.errors import Finding
from kkpd.core.money import Rupiah, total
from kkpd.engines.reading.lines import BatchReading, BillTotals, ReadSummary
from kkpd.ledger.booking_month import Booking, Month, book_month, month_of
from kkpd.models import Tagihan
from kkpd.tagihan import bill_groups as kelompok
from kkpd.tagihan.bill_arithmetic import LineTotals, PrintedTotals
from kkpd.tagihan.bill_groups import BillPointer
from kkpd.tagihan.intake.line_buffer import BufferedFile, LineBuffer
from kkpd.tagihan.intake.line_columns import LineColumns
from kkpd.tagihan.known_lines import KnownPlace

#: Rules of the reader on a bill's arithmetic, which `tally` says again about the bill.
_READER_ARITHMETIC = frozenset({"tagihan_tidak_cocok", "jumlah_baris_berbeda"})


class IntakeRequest(Protocol):
    """What the plan needs of the request to take a file in."""

    @property
    def opd_id(self) -> int: ...
    @property
    def file_reading(self) -> BatchReading | BufferedFile: ...
    @property
    def jenis(self) -> str | None: ...
    @property
    def periode(self) -> Month | None: ...


@dataclass(slots=True)
class BillGroup:
    """The lines of one printed bill, or (bill None) those that no bill claims."""

    bill: BillTotals | None
    printed_totals: PrintedTotals | None
    lama: Tagihan | None
    jumlah: LineTotals = field(default_factory=LineTotals)
    discrepancy: tuple[int, int] = (0, 0)
    temuan: list[Finding] = field(default_factory=list)
    comparison_findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Target:
    """Where lines go: a bill (group, or DAFTAR for the month's list) and the month of booking."""

    kelompok: int
    buku: Booking


@dataclass(frozen=True, slots=True)
class KnownLine:
    """The line of the books that this line is, and the reference it teaches."""

    line_id: int
    referensi: str | None = None


@dataclass(slots=True)
class IntakePlan:
    """The plan. Lines are named by their position in the order of `buffer`, from 0."""

    buffer: LineBuffer
    summary: ReadSummary
    jenis: str
    kelompok: dict[int, BillGroup]
    bulan: Month | None
    this_day: date
    last_closed: Month | None
    kartu: Mapping[str, int]
    foreign_cards: frozenset[str]
    tempat: Mapping[str, KnownPlace] = field(default_factory=dict)
    recognised: dict[int, KnownLine] = field(default_factory=dict)
    lewat: dict[int, str] = field(default_factory=dict)
    sasaran: list[Target] = field(default_factory=list)
    _known_targets: dict[tuple[int, str], int] = field(default_factory=dict)
    _point: BillPointer | None = None

    @property
    def temuan(self) -> list[Finding]:
        """What the bills' own numbers say."""
        return [finding for group in self.kelompok.values() for finding in group.temuan]

    @property
    def catatan(self) -> list[Finding]:
        """What the reading remarked; a bill's arithmetic is said in `temuan`, with its money."""
        said = any(group.printed_totals for group in self.kelompok.values())
        hidden = _READER_ARITHMETIC if said else frozenset()
        said_of_lines = [
            one for group in self.kelompok.values() for one in group.comparison_findings
        ]
        read = [one for one in self.summary.findings if one.rule not in hidden]
        return [*said_of_lines, *read]

    @property
    def beginning(self) -> str:
        """Interim lines have base keys of their own: pairing them is matching, not identity."""
        return "d:" if self.jenis == "dts" else ""

    @property
    def mata_uang(self) -> str:
        """The currency of lines that name none."""
        return (self.summary.currency or "IDR").strip(" .").upper()[:3].replace("RP", "IDR")

    @property
    def baru(self) -> int:
        """How many lines the books lack."""
        return self.buffer.banyak - len(self.recognised) - len(self.lewat)

    @property
    def bank_billed(self) -> Rupiah:
        """What all lines of the file ask for."""
        return total(group.jumlah.bank_billed for group in self.kelompok.values())

    @property
    def pembayaran(self) -> Rupiah:
        """The payments among the lines."""
        return total(group.jumlah.pembayaran for group in self.kelompok.values())

    @property
    def unknown_cards(self) -> frozenset[str]:
        """Cards of the file that no OPD holds."""
        named = {digits for digits in self.buffer.kartu if digits}
        return frozenset(named - set(self.kartu) - self.foreign_cards)

    def target_numbers(self, kolom: LineColumns) -> list[int]:
        """For each line of a batch, the position of its target in `sasaran`."""
        days = [one or two for one, two in zip(kolom.posting, kolom.transaksi, strict=True)]
        if len(self.kelompok) == 1:
            return list(map(self._targets_of_days(dict.fromkeys(days)).__getitem__, days))
        pairs = list(zip(self.group_numbers(kolom), days, strict=True))
        found = {pair: self._target_number(*pair) for pair in dict.fromkeys(pairs)}
        return list(map(found.__getitem__, pairs))

    def expected_targets(self) -> list[int]:
        """The targets of all lines, as far as their days alone tell: in a file of one group."""
        if len(self.kelompok) > 1:
            return []
        days = {one or two for one, two in self.buffer.day}
        return list(self._targets_of_days(sorted(days, key=lambda day: day or "")).values())

    def _targets_of_days(self, days: Iterable[str | None]) -> dict[str | None, int]:
        group = next(iter(self.kelompok))
        return {day: self._target_number(group, day) for day in days}

    def group_numbers(self, kolom: LineColumns) -> list[int]:
        """For each line of a batch, its group."""
        if len(self.kelompok) == 1:
            return [next(iter(self.kelompok))] * len(kolom)
        return list(map(self.group_of, kolom.lembar, kolom.kartu))

    def group_of(self, sheet: str | None, card: str | None) -> int:
        """The group of lines of this sheet and card, in a file of several groups."""
        if self._point is None:
            bills = [group.bill for group in self.kelompok.values() if group.bill is not None]
            self._point = kelompok.bill_pointer(bills)
        return self._point(sheet, card)

    def empty_target(self, group: int) -> int:
        """The target of a bill that has no line in this file."""
        return self._target_number(group, None)

    def _target_number(self, group: int, day: str | None) -> int:
        key = (group, day[:7] if day and group == kelompok.LISTING and not self.bulan else "")
        found = self._known_targets.get(key)
        if found is None:
            target = Target(group, book_month(self._origin(group, day), self.last_closed))
            if target not in self.sasaran:
                self.sasaran.append(target)
            found = self._known_targets[key] = self.sasaran.index(target)
        return found

    def _origin(self, group: int, day: str | None) -> Month:
        """The month a line belongs to: chosen, else the bill's, else its own, else the file's."""
        bill = self.kelompok[group].bill
        if self.bulan is not None:
            return self.bulan
        if bill is not None and bill.bill_date is not None:
            return bill.bill_date.year, bill.bill_date.month
        last = day or self.buffer.terakhir or self.this_day.isoformat()
        return month_of(last)
