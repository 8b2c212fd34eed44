"""The plan of a bank file: its lines as the books hold them, where each goes, what a page shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import chain, islice
from typing import Final

from kkpd.core.errors import Finding, Unreadable
from kkpd.core.money import MAX_SEN, Rupiah, total
from kkpd.engines.reading.statement import Answers, Bill, Line, Question, Statement
from kkpd.ledger.booking_month import Booking, book_month
from kkpd.ledger.shapes import Month
from kkpd.models import Tagihan
from kkpd.tagihan.bills import LineTotals, PrintedTotals, bill_pointer, sen
from kkpd.tagihan.identity import base_key
from kkpd.tagihan.known_lines import KnownPlace

#: Stands in a key for the day of a line without any.
NO_DATE: Final = "0000-00-00"


def tidied(line: Line) -> Line:
    """The line as the books hold it. Unreadable names the row whose amount is no whole sen."""
    _refuse_amount(line)
    return line._replace(
        sheet=_text(line.sheet, 80) or None,
        reference=_text(line.reference, 80) or None,
        description=_text(line.description, 500),
        merchant=_text(line.merchant or line.description, 200),
        mcc=line.mcc if line.mcc and len(line.mcc) == 4 else None,
        currency=currency_code(line.currency),
    )


def line_key(line: Line) -> str:
    """The base key behind the line's day, so that lines of one day lie together in the index."""
    return f"{line.transaction_date or line.posting_date or NO_DATE}{base_key(line)}"


def currency_code(text: str | None) -> str | None:
    """Three letters; `Rp` is IDR."""
    code = (text or "").strip(" .").upper()
    return "IDR" if code == "RP" else code[:3] or None


def _text(text: str | None, most: int) -> str:
    """PostgreSQL holds no NUL in a text."""
    return (text or "").replace("\x00", " ")[:most]


def _refuse_amount(line: Line) -> None:
    where = {"field": f"baris {line.row}"}
    if sen(line) != line.amount * 100:
        raise Unreadable(
            f"Baris {line.row}: jumlah {line.amount} mempunyai lebih dari dua angka di belakang "
            "koma. Periksa tanda desimal berkas ini.",
            **where,
        )
    if abs(sen(line)) > MAX_SEN:
        raise Unreadable(
            f"Baris {line.row}: jumlah {line.amount} terlalu besar untuk dicatat. "
            "Periksa jumlah angkanya.",
            **where,
        )


#: Rules of the reader on a bill's arithmetic, which `tally` says again about the bill.
_READER_ARITHMETIC = frozenset({"tagihan_tidak_cocok", "jumlah_baris_berbeda"})


@dataclass(slots=True)
class BillGroup:
    """The lines of one printed bill, or (bill None) those that no bill claims."""

    bill: Bill | None
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
    """The plan. A line is named by its position in `lines`, from 0; `keys`, `groups` and `targets`
    say of each line its base key, its group and where it goes.
    """

    lines: Sequence[Line]
    summary: Statement
    jenis: str
    kelompok: dict[int, BillGroup]
    bulan: Month | None
    this_day: date
    last_closed: Month | None
    kartu: Mapping[str, int]
    foreign_cards: frozenset[str]
    jawaban: Answers
    keys: list[str] = field(init=False)
    groups: list[int] = field(init=False)
    targets: list[Target] = field(init=False)
    _last_day: date = field(init=False)
    tempat: Mapping[str, KnownPlace] = field(default_factory=dict)
    recognised: dict[int, KnownLine] = field(default_factory=dict)
    lewat: dict[int, str] = field(default_factory=dict)
    stable_references: bool = False
    asked: list[Question] = field(default_factory=list)

    def __post_init__(self) -> None:
        # Interim lines have base keys of their own: pairing them is matching, not identity.
        prefix = "d:" if self.jenis == "dts" else ""
        self.keys = [prefix + line_key(line) for line in self.lines]
        bills = [group.bill for group in self.kelompok.values() if group.bill is not None]
        point = bill_pointer(bills)
        self.groups = [point(line.sheet, line.card_last4) for line in self.lines]
        days = chain.from_iterable((one.posting_date, one.transaction_date) for one in self.lines)
        self._last_day = max(filter(None, days), default=self.this_day)
        pairs = list(zip(self.groups, map(self._origin, self.groups, self.lines), strict=True))
        made = {pair: self._target(*pair) for pair in set(pairs)}
        self.targets = list(map(made.__getitem__, pairs))

    @property
    def questions(self) -> tuple[Question, ...]:
        """What the file leaves open, then what the books do."""
        return (*self.summary.questions, *self.asked)

    @property
    def temuan(self) -> list[Finding]:
        """What the bills' own numbers say."""
        return [finding for group in self.kelompok.values() for finding in group.temuan]

    @property
    def catatan(self) -> list[Finding]:
        """What the reading remarked; a bill's arithmetic is said in `temuan`, with its money."""
        said = any(group.printed_totals for group in self.kelompok.values())
        hidden = _READER_ARITHMETIC if said else frozenset()
        of_lines = [one for group in self.kelompok.values() for one in group.comparison_findings]
        return [*of_lines, *(one for one in self.summary.findings if one.rule not in hidden)]

    @property
    def mata_uang(self) -> str:
        """The currency of lines that name none."""
        return currency_code(self.summary.currency) or "IDR"

    @property
    def baru(self) -> int:
        """How many lines the books lack."""
        return len(self.lines) - len(self.recognised) - len(self.lewat)

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
        named = {line.card_last4 for line in self.lines if line.card_last4}
        return frozenset(named - set(self.kartu) - self.foreign_cards)

    @property
    def all_targets(self) -> list[Target]:
        """Each target once: a list's months in their order, bills in the file's; then those of
        bills without a single line.
        """
        order = list(range(len(self.lines)))
        if len(self.kelompok) == 1:
            order.sort(key=lambda number: _day(self.lines[number]) or date.min)
        empty = [
            self._target(number, self._origin(number, None))
            for number, group in self.kelompok.items()
            if group.bill is not None and number not in self.groups
        ]
        return list(dict.fromkeys([*(self.targets[number] for number in order), *empty]))

    def _target(self, group: int, origin: Month) -> Target:
        return Target(group, book_month(origin, self.last_closed))

    def _origin(self, group: int, line: Line | None) -> Month:
        """The month a line belongs to: chosen, else the bill's, else its own, else the file's."""
        if self.bulan is not None:
            return self.bulan
        bill = self.kelompok[group].bill
        day = bill.bill_date if bill else _day(line) if line else None
        day = day or self._last_day
        return day.year, day.month


def _day(line: Line) -> date | None:
    return line.posting_date or line.transaction_date


#: What a line is to the books.
STATES: Final = ("baru", "dikenal", "lewat")


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """A line of the file: `nomor` its position in the plan, `keadaan` what becomes of it."""

    nomor: int
    state: str
    line: Line
    nilai: Rupiah
    mata_uang: str
    bulan: tuple[int, int]
    came_late: bool
    line_id: int | None


@dataclass(frozen=True, slots=True)
class PlanExcerpt:
    """Some lines, and the number after which the next ones begin (None: no more)."""

    baris: tuple[PreviewLine, ...]
    next_up: int | None


def preview_lines(plan: IntakePlan, sesudah: int, banyak: int, state: str = "") -> PlanExcerpt:
    """The next lines after position `sesudah` (-1: from the first), of one state or of all."""
    wanted = (
        number
        for number in range(sesudah + 1, len(plan.lines))
        if state in ("", _state(plan, number))
    )
    shown = [_line(plan, number) for number in islice(wanted, banyak)]
    return PlanExcerpt(tuple(shown), shown[-1].nomor if next(wanted, None) is not None else None)


def _state(plan: IntakePlan, number: int) -> str:
    if number in plan.recognised:
        return "dikenal"
    return "lewat" if number in plan.lewat else "baru"


def _line(plan: IntakePlan, number: int) -> PreviewLine:
    line, books = plan.lines[number], plan.targets[number].buku
    known = plan.recognised.get(number)
    return PreviewLine(
        nomor=number,
        state=_state(plan, number),
        line=line,
        nilai=Rupiah(sen(line)),
        mata_uang=line.currency or plan.mata_uang,
        bulan=(books.tahun, books.bulan),
        came_late=books.asal is not None,
        line_id=known.line_id if known else None,
    )
