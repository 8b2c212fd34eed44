"""Both sides as columns in one canonical order, so that no result depends on the order of rows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from kkpd.engines.matching.shapes import BankLine, Belanja

I64 = npt.NDArray[np.int64]
F64 = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
#: Stands for a missing date.
NO_DAY = -1


@dataclass(frozen=True, slots=True)
class Side:
    """One side ordered by card, amount and day; row i is row `asal[i]` of the list given.

    `day` is the transaction day (the typed day of a purchase), `posting` the posting day and
    `acuan` the first of them that is known, as ordinals or NO_DAY; `nilai` is in sen; `kartu`,
    `amount_code` and `nama` are codes, the last one into `name_list`.
    """

    asal: list[int]
    id: list[str]
    name_list: list[str]
    kartu: I64
    reference: I64
    day: I64
    posting: I64
    nilai: I64
    amount_code: I64
    nama: I64

    def __len__(self) -> int:
        return len(self.id)


@dataclass(frozen=True, slots=True)
class BothSides:
    """Both sides with common codes for cards (`card_count`) and amounts (`amount_count`)."""

    bank: Side
    catatan: Side
    card_count: int
    amount_count: int


def compose(
    baris: Sequence[BankLine],
    belanja: Sequence[Belanja],
    lines_excluded: Collection[int] = (),
    purchases_excluded: Collection[int] = (),
) -> BothSides:
    """Both sides, without the rows at the excluded places."""
    bank = [
        _row(i, row, row.tanggal_transaksi, row.tanggal_posting)
        for i, row in enumerate(baris)
        if i not in lines_excluded
    ]
    catatan = [
        _row(i, row, row.tanggal, row.tanggal)
        for i, row in enumerate(belanja)
        if i not in purchases_excluded
    ]
    cards = {kartu: n for n, kartu in enumerate(sorted({row[0] for row in (*bank, *catatan)}))}
    amounts = {sen: n for n, sen in enumerate(sorted({row[1] for row in (*bank, *catatan)}))}
    return BothSides(
        _side(bank, cards, amounts), _side(catatan, cards, amounts), len(cards), len(amounts)
    )


def codes(*columns: I64) -> I64:
    """A code for each row of these columns, the same for equal rows."""
    if len(columns[0]) == 0:
        return np.empty(0, dtype=np.int64)
    kode = columns[0]
    for column in columns[1:]:
        kode = np.unique(kode, return_inverse=True)[1]
        kode = kode * (int(column.max()) + 2) + column + 1
    return np.unique(kode, return_inverse=True)[1].astype(np.int64)


# a row is (card, sen, reference day, day, posting, merchant, id, place): its order is canonical
_Row = tuple[str, int, int, int, int, str, str, int]


def _row(i: int, row: BankLine | Belanja, day: date | None, posting: date | None) -> _Row:
    a, b = (one_day.toordinal() if one_day else NO_DAY for one_day in (day, posting))
    reference = b if a == NO_DAY else a
    return row.kartu, row.nilai.sen, reference, a, b, row.merchant, row.id, i


def _side(rows: list[_Row], cards: dict[str, int], amounts: dict[int, int]) -> Side:
    rows.sort()
    names = {nama: kode for kode, nama in enumerate(dict.fromkeys(row[5] for row in rows))}
    columns = (
        [cards[row[0]] for row in rows],
        *([row[k] for row in rows] for k in (2, 3, 4, 1)),
        [amounts[row[1]] for row in rows],
        [names[row[5]] for row in rows],
    )
    return Side(
        [row[7] for row in rows],
        [row[6] for row in rows],
        list(names),
        *(np.array(column, dtype=np.int64) for column in columns),
    )
