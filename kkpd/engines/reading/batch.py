"""Some thousands of lines kept by column: quick to make, small, read as `Line`s when wanted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from itertools import compress
from typing import NamedTuple, overload

from kkpd.engines.reading.statement import Direction, Kind, Line

_line = partial(tuple.__new__, Line)


class Columns(NamedTuple):
    """The fields of `Line`, each a column; all of one length."""

    row: Sequence[int]
    sheet: Sequence[str | None]
    reference: Sequence[str | None]
    card_last4: Sequence[str | None]
    transaction_date: Sequence[date | None]
    posting_date: Sequence[date | None]
    amount: Sequence[Decimal]
    direction: Sequence[Direction]
    description: Sequence[str]
    merchant: Sequence[str | None]
    mcc: Sequence[str | None]
    currency: Sequence[str | None]
    kind: Sequence[Kind]
    raw: Sequence[tuple[str, ...]]


class Batch(Sequence[Line]):
    """A sequence of lines; `columns` gives whole columns to those who store them."""

    __slots__ = ("columns",)

    def __init__(self, columns: Columns) -> None:
        self.columns = columns

    @classmethod
    def of(cls, lines: Sequence[Line]) -> Batch:
        """A batch of ready lines."""
        if not lines:
            return cls(Columns._make([()] * len(Columns._fields)))
        return cls(Columns._make(zip(*lines, strict=True)))

    def only(self, keep: Iterable[bool]) -> Batch:
        """The lines whose mark in `keep` is true."""
        marks = list(keep)
        return Batch(Columns._make([list(compress(column, marks)) for column in self.columns]))

    def __len__(self) -> int:
        return len(self.columns.row)

    def __iter__(self) -> Iterator[Line]:
        return map(_line, zip(*self.columns, strict=True))

    @overload
    def __getitem__(self, index: int) -> Line: ...
    @overload
    def __getitem__(self, index: slice) -> Batch: ...
    def __getitem__(self, index: int | slice) -> Line | Batch:
        if isinstance(index, slice):
            return Batch(Columns._make([column[index] for column in self.columns]))
        return Line._make([column[index] for column in self.columns])
