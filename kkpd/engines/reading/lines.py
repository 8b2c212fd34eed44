"""What the books need to know of a file that was read: the shape that every reader gives."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Protocol, runtime_checkable

from kkpd.core.errors import Finding


class BarisDibaca(Protocol):
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


class KolomDibaca(Protocol):
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
class BerKolom(Protocol):
    """A batch of lines that is kept by column."""

    @property
    def columns(self) -> KolomDibaca: ...


class BarisDilewati(Protocol):
    """A row that is no transaction, with the reason."""

    @property
    def row(self) -> int: ...
    @property
    def reason(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def sheet(self) -> str | None: ...


class Jawaban(Protocol):
    """A possible answer: its value, and what the person reads."""

    @property
    def value(self) -> str: ...
    @property
    def label(self) -> str: ...


class Pertanyaan(Protocol):
    """Something the file cannot decide alone; answered by `jawaban[key]`."""

    @property
    def key(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def choices(self) -> Sequence[Jawaban]: ...


class TotalTercetak(Protocol):
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


class Ringkasan(Protocol):
    """Everything a reading says beside its lines; `rows == lines + skipped`."""

    @property
    def format(self) -> str: ...
    @property
    def profile(self) -> str: ...
    @property
    def currency(self) -> str | None: ...
    @property
    def skipped(self) -> Sequence[BarisDilewati]: ...
    @property
    def findings(self) -> Sequence[Finding]: ...
    @property
    def questions(self) -> Sequence[Pertanyaan]: ...
    @property
    def bills(self) -> Sequence[TotalTercetak]: ...
    @property
    def rows(self) -> int: ...
    @property
    def unread(self) -> str | None: ...


class Pembacaan(Protocol):
    """A file being read in batches; `statement` may be asked when the batches have ended."""

    def batches(self) -> Iterator[Sequence[BarisDibaca]]: ...
    def statement(self) -> Ringkasan: ...


class Bacaan(Ringkasan, Protocol):
    """A file read whole."""

    @property
    def lines(self) -> Sequence[BarisDibaca]: ...


class Utuh:
    """A file read whole, offered in batches."""

    def __init__(self, bacaan: Bacaan, batch: int = 8_192) -> None:
        self._bacaan = bacaan
        self._batch = batch

    def batches(self) -> Iterator[Sequence[BarisDibaca]]:
        """The lines, some thousands at a time."""
        lines = self._bacaan.lines
        for start in range(0, len(lines), self._batch):
            yield lines[start : start + self._batch]

    def statement(self) -> Ringkasan:
        """The reading itself."""
        return self._bacaan


def kartu_dalam(bills: Iterable[TotalTercetak]) -> frozenset[str]:
    """The cards that the printed totals name."""
    return frozenset(bill.card_last4 for bill in bills if bill.card_last4)
