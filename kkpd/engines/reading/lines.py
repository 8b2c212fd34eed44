"""What the books need to know of a file that was read: the shape that every reader gives."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Protocol, runtime_checkable

from kkpd.core.errors import Finding


class ReadLine(Protocol):
    """One transaction as the bank states it: spending positive, money back to us negative."""

    @property
    def row(self) -> int: ...
    @property
    def sheet(self) -> str | None: ...
    @property
    def reference(self) -> str | None: ...
    @property
    def card_last4(self) -> str | None: ...
    @property
    def transaction_date(self) -> date | None: ...
    @property
    def posting_date(self) -> date | None: ...
    @property
    def amount(self) -> Decimal: ...
    @property
    def direction(self) -> str: ...
    @property
    def description(self) -> str: ...
    @property
    def merchant(self) -> str | None: ...
    @property
    def mcc(self) -> str | None: ...
    @property
    def currency(self) -> str | None: ...
    @property
    def kind(self) -> str: ...
    @property
    def raw(self) -> tuple[str, ...]: ...


class ReadColumns(Protocol):
    """The fields of BarisDibaca as columns of one length."""

    @property
    def row(self) -> Sequence[int]: ...
    @property
    def sheet(self) -> Sequence[str | None]: ...
    @property
    def reference(self) -> Sequence[str | None]: ...
    @property
    def card_last4(self) -> Sequence[str | None]: ...
    @property
    def transaction_date(self) -> Sequence[date | None]: ...
    @property
    def posting_date(self) -> Sequence[date | None]: ...
    @property
    def amount(self) -> Sequence[Decimal]: ...
    @property
    def direction(self) -> Sequence[str]: ...
    @property
    def description(self) -> Sequence[str]: ...
    @property
    def merchant(self) -> Sequence[str | None]: ...
    @property
    def mcc(self) -> Sequence[str | None]: ...
    @property
    def currency(self) -> Sequence[str | None]: ...
    @property
    def kind(self) -> Sequence[str]: ...
    @property
    def raw(self) -> Sequence[tuple[str, ...]]: ...


@runtime_checkable
class HasColumns(Protocol):
    """A batch of lines that is kept by column."""

    @property
    def columns(self) -> ReadColumns: ...


class SkippedRow(Protocol):
    """A row that is no transaction, with the reason."""

    @property
    def row(self) -> int: ...
    @property
    def reason(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def sheet(self) -> str | None: ...


class GivenAnswer(Protocol):
    """A possible answer: its value, and what the person reads."""

    @property
    def value(self) -> str: ...
    @property
    def label(self) -> str: ...


class AskedQuestion(Protocol):
    """Something the file cannot decide alone; answered by `jawaban[key]`."""

    @property
    def key(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def choices(self) -> Sequence[GivenAnswer]: ...


class BillTotals(Protocol):
    """The totals of one bill as printed; amounts owed are positive, None where none is printed."""

    @property
    def card_last4(self) -> str | None: ...
    @property
    def kind(self) -> str | None: ...
    @property
    def bill_date(self) -> date | None: ...
    @property
    def due_date(self) -> date | None: ...
    @property
    def previous_balance(self) -> Decimal | None: ...
    @property
    def payments(self) -> Decimal | None: ...
    @property
    def new_charges(self) -> Decimal | None: ...
    @property
    def stamp_duty(self) -> Decimal | None: ...
    @property
    def total_due(self) -> Decimal | None: ...
    @property
    def sheet(self) -> str | None: ...


class ReadSummary(Protocol):
    """Everything a reading says beside its lines; `rows == lines + skipped`."""

    @property
    def format(self) -> str: ...
    @property
    def profile(self) -> str: ...
    @property
    def currency(self) -> str | None: ...
    @property
    def skipped(self) -> Sequence[SkippedRow]: ...
    @property
    def findings(self) -> Sequence[Finding]: ...
    @property
    def questions(self) -> Sequence[AskedQuestion]: ...
    @property
    def bills(self) -> Sequence[BillTotals]: ...
    @property
    def rows(self) -> int: ...
    @property
    def unread(self) -> str | None: ...


class BatchReading(Protocol):
    """A file being read in batches; `statement` may be asked when the batches have ended."""

    def batches(self) -> Iterator[Sequence[ReadLine]]: ...
    def statement(self) -> ReadSummary: ...


class FileReading(ReadSummary, Protocol):
    """A file read whole."""

    @property
    def lines(self) -> Sequence[ReadLine]: ...


class WholeReading:
    """A file read whole, offered in batches."""

    def __init__(self, file_reading: FileReading, batch: int = 8_192) -> None:
        self._reading = file_reading
        self._batch = batch

    def batches(self) -> Iterator[Sequence[ReadLine]]:
        """The lines, some thousands at a time."""
        lines = self._reading.lines
        for start in range(0, len(lines), self._batch):
            yield lines[start : start + self._batch]

    def statement(self) -> ReadSummary:
        """The reading itself."""
        return self._reading


def cards_in(bills: Iterable[BillTotals]) -> frozenset[str]:
    """The cards that the printed totals name."""
    return frozenset(bill.card_last4 for bill in bills if bill.card_last4)
