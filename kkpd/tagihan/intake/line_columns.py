"""Lines as columns of plain values: small in memory, quick to store, nothing lost."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from itertools import chain
from operator import attrgetter, itemgetter
from typing import Any, TypeVar

from kkpd.core.errors import Unreadable
from kkpd.core.money import MAX_SEN
from kkpd.engines.reading.lines import HasColumns, ReadColumns, ReadLine
from kkpd.tagihan.identity import base_keys_written

_In = TypeVar("_In")
_Out = TypeVar("_Out")

#: The longest texts that the books hold of a line.
DESCRIPTION_LENGTH, MERCHANT_LENGTH, REFERENCE_LENGTH, SHEET_LENGTH = 500, 200, 80, 80

#: So many values of a column with few distinct ones are kept as worked out.
_REMEMBERED = 20_000

#: Stands in a key for the day of a line without any.
NO_DATE = "0000-00-00"


@dataclass(slots=True)
class LineColumns:
    """Some lines by column, all of one length. Dates are ISO texts, amounts whole sen.

    `kunci` is the base key behind the line's day: so lines of one day lie together in the books'
    index, and a million of them are found and added without touching all of it.
    """

    kunci: list[str]
    baris: list[int]
    lembar: list[str | None]
    referensi: list[str | None]
    kartu: list[str | None]
    transaksi: list[str | None]
    posting: list[str | None]
    sen: list[int]
    keterangan: list[str]
    merchant: list[str]
    mcc: list[str | None]
    mata_uang: list[str | None]
    jenis: list[str]

    def __len__(self) -> int:
        return len(self.kunci)

    def lists(self) -> tuple[list[Any], ...]:
        """The columns alone, in order."""
        return _COLUMNS(self)

    def pack(self) -> tuple[PackedColumn, ...]:
        """Each column as one value: numbers as 64-bit words, texts joined; small and quick."""
        return tuple(
            array("q", column).tobytes() if name in _NUMBERS else _packed(column)
            for name, column in zip(_NAMES, _COLUMNS(self), strict=True)
        )

    @classmethod
    def buka(cls, packed: Sequence[PackedColumn]) -> LineColumns:
        """The columns of `pack`."""
        return cls(*map(_open, packed))

    @classmethod
    def combine(cls, parts: Sequence[LineColumns]) -> LineColumns:
        """Several batches as one."""
        columns = zip(*(part.lists() for part in parts), strict=True)
        return cls(*(list(chain.from_iterable(column)) for column in columns))

    @property
    def day(self) -> str:
        """The day of the first line."""
        return str(_DAY_OF_KEY(self.kunci[0]))

    def by_day(self) -> LineColumns:
        """The lines by day; those of one day stay in their order."""
        order = self._day_order()
        return self if order is None else self._picked(order)

    def slices_by_day(self, sizes: Iterable[int]) -> Iterator[LineColumns]:
        """`by_day` so many lines at a time, each batch picked when it is asked for."""
        order, start = self._day_order(), 0
        for size in sizes:
            if start >= len(self):
                return
            end = min(start + size, len(self))
            yield self._some(start, end) if order is None else self._picked(order[start:end])
            start = end

    def each_day(self, most: int) -> Iterator[LineColumns]:
        """Lines that are in the order of their days: each day apart, `most` lines at a time."""
        days, start = self._days(), 0
        while start < len(days):
            end = min(bisect_right(days, days[start], start), start + most)
            yield self._some(start, end)
            start = end

    def _day_order(self) -> list[int] | None:
        """The positions by day; None where the lines stand so already."""
        days = self._days()
        return None if days == sorted(days) else sorted(range(len(days)), key=days.__getitem__)

    def _picked(self, order: Sequence[int]) -> LineColumns:
        if len(order) == 1:  # itemgetter of one gives no tuple
            return self._some(order[0], order[0] + 1)
        pick = itemgetter(*order)
        return LineColumns(*(list(pick(column)) for column in self.lists()))

    def _days(self) -> list[str]:
        return list(map(_DAY_OF_KEY, self.kunci))

    def _some(self, start: int, end: int) -> LineColumns:
        return LineColumns(*(column[start:end] for column in self.lists()))


_NAMES = tuple(one.name for one in fields(LineColumns))
_COLUMNS: Callable[[LineColumns], tuple[list[Any], ...]] = attrgetter(*_NAMES)
_DAY_OF_KEY = itemgetter(slice(len(NO_DATE)))

#: A column as `pack` gives it: numbers; texts; texts of which some are missing; one for all.
PackedColumn = bytes | str | tuple[str] | tuple[str | None, int]

_NUMBERS = frozenset({"baris", "sen"})


def _packed(column: Sequence[str | None]) -> PackedColumn:
    if column and column[0] == column[-1] and column.count(column[0]) == len(column):
        return column[0], len(column)
    if None in column:
        return ("\x00".join([text or "" for text in column]),)
    return "\x00".join(column)  # type: ignore[arg-type]  # none of them is None


def _open(column: PackedColumn) -> list[Any]:
    match column:
        case bytes():
            numbers = array("q")
            numbers.frombytes(column)
            return numbers.tolist()
        case str():
            return column.split("\x00")
        case (text, int(count)):
            return [text] * count
        case (str(texts),):
            return [text or None for text in texts.split("\x00")]
    raise ValueError("no column")


@dataclass(slots=True)
class _ReadColumns:
    """The columns of lines that are not kept by column yet."""

    row: Sequence[int]
    sheet: Sequence[str | None]
    reference: Sequence[str | None]
    card_last4: Sequence[str | None]
    transaction_date: Sequence[date | None]
    posting_date: Sequence[date | None]
    amount: Sequence[Decimal]
    direction: Sequence[str]
    description: Sequence[str]
    merchant: Sequence[str | None]
    mcc: Sequence[str | None]
    currency: Sequence[str | None]
    kind: Sequence[str]
    raw: Sequence[tuple[str, ...]]


def columns_of_lines(lines: Sequence[ReadLine]) -> LineColumns:
    """The columns of these lines. Unreadable names the row whose amount is no whole sen."""
    read = lines.columns if isinstance(lines, HasColumns) else _columns(lines)
    days = (read.transaction_date, read.posting_date)
    transaksi, posting = map(_DAY.of_each, days)
    keys = base_keys_written(
        read.card_last4, transaksi, posting, read.amount, read.direction, read.raw
    )
    return LineColumns(
        kunci=[
            (one or two or NO_DATE) + key
            for one, two, key in zip(transaksi, posting, keys, strict=True)
        ],
        baris=list(read.row),
        lembar=_SHEETS.of_each(read.sheet),
        referensi=_texts(read.reference, REFERENCE_LENGTH),
        kartu=list(read.card_last4),
        transaksi=transaksi,
        posting=posting,
        sen=_sen(read),
        keterangan=[text or "" for text in _texts(read.description, DESCRIPTION_LENGTH)],
        merchant=_merchants(read),
        mcc=_MCC.of_each(read.mcc),
        mata_uang=_CURRENCIES.of_each(read.currency),
        jenis=list(read.kind),
    )


def _columns(lines: Sequence[ReadLine]) -> ReadColumns:
    return _ReadColumns(*(list(map(attrgetter(one.name), lines)) for one in fields(_ReadColumns)))


class _WorkedOutOnce(dict[_In | None, _Out | None]):
    """`turn` of each value, worked out once for all files while it is small; nothing stays None."""

    def __init__(self, turn: Callable[[_In], _Out | None]) -> None:
        super().__init__()
        self._turn = turn

    def __missing__(self, value: _In | None) -> _Out | None:
        if len(self) >= _REMEMBERED:
            self.clear()
        self[value] = found = self._turn(value) if value else None
        return found

    def of_each(self, column: Sequence[_In | None]) -> list[_Out | None]:
        """`turn` of each value of a column."""
        return list(map(self.__getitem__, column))


def _sen(read: ReadColumns) -> list[int]:
    exact = [amount * 100 for amount in read.amount]
    sen = list(map(int, exact))
    if sen != exact or (sen and max(max(sen), -min(sen)) > MAX_SEN):
        _refuse_amount(read, exact)
    return sen


def _refuse_amount(read: ReadColumns, exact: Sequence[Decimal]) -> None:
    for row, amount, sen in zip(read.row, read.amount, exact, strict=True):
        if int(sen) != sen:
            raise Unreadable(
                f"Baris {row}: jumlah {amount} mempunyai lebih dari dua angka di belakang koma. "
                "Periksa tanda desimal berkas ini.",
                field=f"baris {row}",
            )
        if abs(sen) > MAX_SEN:
            raise Unreadable(
                f"Baris {row}: jumlah {amount} terlalu besar untuk dicatat. "
                "Periksa jumlah angkanya.",
                field=f"baris {row}",
            )


def _texts(column: Sequence[str | None], most: int) -> list[str | None]:
    """Texts without NUL, which PostgreSQL does not hold, and cut; empty ones are None."""
    texts = list(column) if all(column) else [text or None for text in column]
    filled = [text for text in texts if text]
    if "\x00" not in "".join(filled) and max(map(len, filled), default=0) <= most:
        return texts
    return [_clean(text)[:most] if text else None for text in texts]


def _merchants(read: ReadColumns) -> list[str]:
    """The merchant, or the description where the bank names none."""
    names = read.merchant
    if not all(names):
        names = [one or two for one, two in zip(names, read.description, strict=True)]
    return [text or "" for text in _texts(names, MERCHANT_LENGTH)]


def _clean(text: str) -> str:
    return text.replace("\x00", " ")


def _currency(text: str) -> str | None:
    """Three letters; `Rp` is IDR."""
    code = text.strip(" .").upper()
    return "IDR" if code == "RP" else code[:3] or None


_DAY: _WorkedOutOnce[date, str] = _WorkedOutOnce(date.isoformat)
_SHEETS: _WorkedOutOnce[str, str] = _WorkedOutOnce(lambda text: _clean(text)[:SHEET_LENGTH])
_MCC: _WorkedOutOnce[str, str] = _WorkedOutOnce(lambda text: text if len(text) == 4 else None)
_CURRENCIES: _WorkedOutOnce[str, str] = _WorkedOutOnce(_currency)
