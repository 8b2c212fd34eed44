"""What rows have beside their cells: dates merged with the row above, cells beyond the titles."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from kkpd.engines.reading.cells.columns import WRONG, Day
from kkpd.engines.reading.notes import Notes
from kkpd.engines.reading.sheet import Block, Row, text_of
from kkpd.engines.reading.tables.layout import Layout

_CUT = re.compile(r"\D{0,4}\d{1,3}")
_CUT_OFF = re.compile(r"\d{3}(?:\.\d*)?")

#: The date columns of a batch, transaction date first; None where a table has no such column.
Dates = Sequence[list[Day] | None]


class Merged:
    """The dates of the last dated row, for rows below it whose date cells are merged with its."""

    def __init__(self) -> None:
        self._above: tuple[Day, ...] = ()
        self._count = 0

    @property
    def known(self) -> bool:
        """Whether there is a dated row above."""
        return any(isinstance(day, date) for day in self._above)

    def remember(self, position: int, written: Dates) -> None:
        """The row at this position of the batch has dates of its own."""
        self._above = tuple(None if column is None else column[position] for column in written)

    def forget(self) -> None:
        """An empty row: nothing is merged across it."""
        self._above = ()

    def take(self, position: int, written: Dates) -> None:
        """Give the row at this position the dates from above where it has none."""
        self._count += 1
        for column, day in zip(written, self._above, strict=True):
            if column is not None and not isinstance(column[position], date):
                column[position] = day

    def say(self, notes: Notes) -> None:
        """Tell the person how many rows were dated so."""
        if self._count:
            notes.find(
                "tanggal_digabung",
                f"{self._count} baris tanpa tanggal sendiri memakai tanggal baris di atasnya, "
                "sebagaimana sel yang digabung.",
                "info",
            )


class Wide:
    """Rows with more cells than there are titles: a comma without quotes may have cut an amount."""

    def __init__(self, layout: Layout, notes: Notes) -> None:
        self._layout, self._notes = layout, notes
        self._said = False

    def look(self, number: int, block: Block) -> set[int]:
        """Rows whose amount was cut; the first of the block is row `number` of the file."""
        width = len(self._layout.titles)
        if not width or len(block.columns) <= width:
            return set()
        wide = [
            (number + position, row)
            for position, row in enumerate(block.rows)
            if any(text_of(cell).strip() for cell in row[width:])
        ]
        return {at for at, row in wide if self._one(at, row)}

    def _one(self, number: int, row: Row) -> bool:
        index = self._layout.columns.get("amount", len(row))
        amount, cut = (text_of(cell).strip() for cell in (*row[index : index + 2], "", "")[:2])
        if _CUT_OFF.fullmatch(cut) and _CUT.fullmatch(amount):
            return True
        if not self._said:
            self._said = True
            self._notes.find(
                "kolom_berlebih",
                f"Baris {number} mempunyai lebih banyak kolom daripada judulnya.",
                row=number,
            )
        return False


class HalfDated:
    """Says once that one of two dates cannot be read; the row is dated by the other."""

    def __init__(self, notes: Notes) -> None:
        self._notes, self._said = notes, False

    def look(self, number: int, days: Dates) -> None:
        """The date columns of a batch whose first row is row `number` of the file."""
        first, second = days
        if self._said or first is None or second is None:
            return
        if WRONG not in first and WRONG not in second:
            return
        for position, pair in enumerate(zip(first, second, strict=True)):
            if WRONG in pair and any(isinstance(day, date) for day in pair):
                self._said = True
                self._notes.find(
                    "tanggal_tidak_terbaca",
                    f"Baris {number + position}: satu dari dua tanggalnya tidak terbaca, "
                    "baris memakai tanggal yang lain.",
                    row=number + position,
                )
                return
