"""What readers get and give: sheets of rows, and what a bank file says once it is read.

Signs. A *line* is money we owe: spending is positive, money back to us (a refund, a payment, a
credit on an account) is negative. A *balance* is as its bank prints it: on a card bill the amount
owed is positive and `closing = opening + sum(lines)`; on an account (MT940, CAMT, OFX) a credit
balance is positive and `closing = opening - sum(lines)`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from typing import Literal, NamedTuple

from kkpd.core.errors import Finding, Severity
from kkpd.core.pan import mask

#: A cell is text from CSV and PDF; a spreadsheet also gives numbers, dates and truth values.
Cell = object
Row = Sequence[Cell]

#: More rows than this in one file are refused.
MAX_ROWS = 2_000_000
#: More columns than this are no bank table.
MAX_COLUMNS = 400


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table: `rows()` starts from the first row each time; row numbers begin at 1.

    `pages` names the page of every row of a PDF; elsewhere all rows stand under `name`. `remarks`
    are what its reader has to tell, `repeated` the rows that a page prints because the one before
    it did, `telling` those printed with a date and an amount. Serial dates count `later` days more.
    """

    name: str | None
    rows: Callable[[], Iterator[Row]]
    pages: Sequence[str] = ()
    hidden: bool = False
    remarks: Sequence[Finding] = ()
    repeated: Collection[int] = ()
    telling: Collection[int] = ()
    later: int = 0

    @classmethod
    def of(cls, name: str | None, table: Sequence[Row], hidden: bool = False) -> Sheet:
        """A table that is held whole."""
        return cls(name, lambda: iter(table), hidden=hidden)

    def label(self, number: int) -> str | None:
        """The sheet or page on which row `number` stands."""
        return self.pages[number - 1] if self.pages else self.name


def text_of(cell: Cell) -> str:
    """A cell as text for people and comparisons: whole numbers without `.0`, dates as ISO."""
    if isinstance(cell, str):
        return cell
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e19:
        return str(int(cell))
    return str(cell)


def row_text(row: Row) -> str:
    """The cells of a row that hold something, for a skipped row."""
    return " | ".join(filter(None, (text_of(cell).strip() for cell in row)))


Direction = Literal["D", "C"]
Kind = Literal["belanja", "refund", "biaya", "meterai", "pembayaran"]


class Line(NamedTuple):
    """One transaction as the bank states it.

    `row` is the 1-based row in the file (the line of the tag or element in MT940, CAMT and OFX),
    `sheet` the sheet, page or account it stands under. `raw` are the bank's own text fields, the
    ones identity is made of; the time of day is none of them. No field holds a card number longer
    than its last four digits.
    """

    row: int
    sheet: str | None
    reference: str | None
    card_last4: str | None
    transaction_date: date | None
    posting_date: date | None
    amount: Decimal
    direction: Direction
    description: str
    merchant: str | None
    mcc: str | None
    currency: str | None
    kind: Kind
    raw: tuple[str, ...]
    time: time | None = None


class Skipped(NamedTuple):
    """A row that is no transaction, with the reason for the person."""

    row: int
    reason: str
    text: str
    sheet: str | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """One possible answer: `value` goes back in `answers`, `label` is what the person reads."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Question:
    """Something the file cannot decide alone, such as 03/04/2025. Answered by `answers[key]`,
    one of the choices; without choices by a text of one's own.
    """

    key: str
    text: str
    choices: tuple[Choice, ...]
    rows: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Bill:
    """The totals of one bill or account statement as printed; None where the bank prints none.

    Amounts owed are positive, `payments` is the positive sum of what was paid. `kind` is "dts"
    for an interim list (Daftar Tagihan Sementara), "final" for the bill itself (e-billing).
    """

    card_last4: str | None = None
    holder: str | None = None
    account: str | None = None
    kind: Literal["dts", "final"] | None = None
    bill_date: date | None = None
    due_date: date | None = None
    previous_balance: Decimal | None = None
    payments: Decimal | None = None
    new_charges: Decimal | None = None
    stamp_duty: Decimal | None = None
    total_due: Decimal | None = None
    opening: Decimal | None = None
    closing: Decimal | None = None
    currency: str | None = None
    sheet: str | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """A file read whole: `rows == len(lines) + len(skipped)` always holds (nothing is silent).

    While `questions` is not empty the rows they concern are not lines yet, or miss the value
    asked for: read again with `answers`. Import nothing before that.

    `unread` names the rows that move money but whose date or amount nobody can read, in a sentence
    for the person; they stand among `skipped`. Such a file may be looked at, not taken in: the sums
    would lack them.
    """

    format: str
    profile: str
    sha256: str
    opening: Decimal | None
    closing: Decimal | None
    currency: str | None
    lines: tuple[Line, ...]
    skipped: tuple[Skipped, ...]
    findings: tuple[Finding, ...]
    questions: tuple[Question, ...]
    bills: tuple[Bill, ...]
    rows: int
    unread: str | None = None
    proofs: tuple[str, ...] = ()

    @property
    def status(self) -> Literal["terbukti", "dibaca", "ditanya"]:
        """Proven by what the file prints, read without proof, or waiting for an answer."""
        return "ditanya" if self.questions else "terbukti" if self.proofs else "dibaca"

    @property
    def bill(self) -> Bill | None:
        """The only bill of the file, None when there is none or more than one."""
        return self.bills[0] if len(self.bills) == 1 else None


#: All that a reading is made of, for whoever unpacks one.
SHAPES = (Statement, Line, Skipped, Choice, Question, Bill, Finding, date, time, Decimal)

Answers = Mapping[str, str]


#: Answered by the reason why the lines are taken in though the file contradicts them.
DOUBT_KEY = "beda_tercetak"
#: Answered by whether lines that the books hold in other words are the same ones.
ALIKE_KEY = "baris_mirip"
#: What each answer means, for the person who gives it.
ALIKE_MEANINGS: Mapping[str, str] = {
    "sama": "belanja yang sama: tidak dicatat lagi",
    "lain": "belanja lain: dicatat juga",
}
#: A skipped row shows at most this much of itself.
MAX_TEXT = 300
#: So many unread rows are named in one sentence.
_NAMED = 5


@dataclass(slots=True)
class Notes:
    """Rows skipped, findings, questions and totals of one file, card numbers already cut."""

    profile: str = "umum"
    rows: int = 0
    opening: Decimal | None = None
    closing: Decimal | None = None
    currency: str | None = None
    skipped: list[Skipped] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    bills: list[Bill] = field(default_factory=list)
    unread: list[tuple[int, str]] = field(default_factory=list)
    proofs: list[str] = field(default_factory=list)
    doubts: list[tuple[int | None, str]] = field(default_factory=list)

    def skip(self, row: int, reason: str, text: str = "", sheet: str | None = None) -> None:
        """Record that row `row` is no line, and why."""
        self.skipped.append(Skipped(row, reason, mask(text)[:MAX_TEXT], sheet))

    def fail(self, row: int, what: str, text: str = "", sheet: str | None = None) -> None:
        """Record that row `row` moves money but its date or amount cannot be read."""
        self.skip(row, f"{what.split(' ', 1)[0]} tidak terbaca", text, sheet)
        self.unread.append((row, mask(f"Baris {row}: {what}")))

    def unread_rows(self) -> str:
        """The first unread rows by name, and how many more there are; empty when all were read."""
        more = len(self.unread) - _NAMED
        named = "; ".join(what for _, what in self.unread[:_NAMED])
        return named + (f"; dan {more} baris lain" if more > 0 else "")

    def find(
        self,
        rule: str,
        message: str,
        severity: Severity = "perhatian",
        row: int | None = None,
        column: str | None = None,
        **inputs: str,
    ) -> None:
        """Record a remark for the person (law 13: with what it looked at)."""
        shown = {key: mask(value) for key, value in inputs.items()}
        self.findings.append(Finding(rule, mask(message), severity, row, column, shown))

    def doubt(self, rule: str, message: str, row: int | None = None, **inputs: str) -> None:
        """Record that what the file prints contradicts its lines: to be answered before import."""
        self.find(rule, message, "perhatian", row, None, **inputs)
        self.doubts.append((row, mask(message)))

    def weigh(self, right: bool, printed: str, read: str, row: int | None = None) -> None:
        """Record that something printed agrees with the lines, or what was read in its place."""
        if right:
            self.proofs.append(f"{printed} cocok")
        else:
            self.doubt("tercetak_berbeda", f"Tercetak {printed}, sedangkan {read}.", row)

    def ask_doubts(self, reason: str | None) -> None:
        """Ask about all contradictions at once; a `reason` given earlier is kept with them."""
        if not self.doubts:
            return
        self.proofs.clear()
        if reason is not None:
            self.find("beda_dijelaskan", f"Beda dengan yang tercetak diterima: {reason}", "info")
            return
        told = " ".join(dict.fromkeys(text for _, text in self.doubts[:_NAMED]))
        self.ask(
            DOUBT_KEY,
            f"{told} Minta ulang berkasnya dari bank. Bila baris di berkas ini memang benar, "
            "tulis alasannya (sedikitnya 10 huruf); alasan itu tercatat dalam buku peristiwa.",
            {},
            [row for row, _ in self.doubts if row is not None],
        )

    def ask(self, key: str, text: str, choices: dict[str, str], rows: list[int]) -> None:
        """Record a question once; `choices` maps each answer to its label."""
        if all(question.key != key for question in self.questions):
            answers = tuple(Choice(value, label) for value, label in choices.items())
            self.questions.append(Question(key, mask(text), answers, tuple(rows[:20])))
