"""Which parts of a table stay together on a page: the height that must be free before a row."""

from __future__ import annotations

from itertools import islice

from kkpd.engines.paper import RowGroup, Table
from kkpd.engines.paper.sheet import style
from kkpd.engines.paper.sheet.cells import Cells
from kkpd.engines.paper.sheet.flow import Flow
from kkpd.engines.paper.sheet.wrap import wrap

#: A table with at most this many rows below another one stays on one page.
_FEW = 5
BAND = style.CELL_LEADING + 2 * style.PAD


class Stay:
    """The first drawing's rule: heads and totals count as one line each, whatever their text.

    `tail` is the height of what must stay with the last rows, `head` that of the table's head.
    """

    #: Whether the first row is drawn under its heading without checking for room again.
    led = False

    def __init__(self, flow: Flow, data_table: Table, cells: Cells, head: int, tail: int) -> None:
        self.flow, self.data_table, self.cells, self.head, self.tail = (
            flow,
            data_table,
            cells,
            head,
            tail,
        )
        self.groups = [group for group in data_table.kelompok if group.baris or group.judul]
        #: The height kept at the foot of a page for the amounts carried forward.
        self.reserve = BAND if data_table.dijumlah else 0

    def beginning(self, above: int = 0) -> int:
        """The free height needed to begin the table: head, heading, first row, more.

        For a table so short that its rows stay with the total and what follows: all of it, or the
        head would be left alone.
        """
        heading = 2 * BAND if any(group.judul for group in self.data_table.kelompok) else 0
        rows = list(islice(self.data_table.baris, 3))
        first = heading + (self.cells.height(rows[0]) if rows else BAND) + 2 * BAND
        whole = heading + sum(map(self.cells.height, rows)) + self.reserve + self.tail
        fits = self.head + whole <= self.flow.full_height
        return above + self.head + (max(first, whole) if 0 < len(rows) < 3 and fits else first)

    def heading(self, group: RowGroup) -> tuple[int, int]:
        """The free height needed for a heading and what stays with it."""
        return BAND + (self.cells.height(group.baris[0]) if group.baris else 0), 0

    def closing(self, group: RowGroup) -> int:
        """The height that stays with the last row of this group."""
        subtotal = BAND if group.judul and self.data_table.dijumlah else 0
        return subtotal + (self.reserve + self.tail if group is self.groups[-1] else 0)

    def row(self, group: RowGroup, at: int, closing: int) -> int:
        """The height that stays with the row at this position: the last two rows stay with the
        closing.
        """
        if at < len(group.baris) - 2:
            return 0
        return closing + sum(map(self.cells.height, group.baris[at + 1 :]))


class WholeStay(Stay):
    """The rule since the second drawing: no head and no total without a row."""

    led = True

    def __init__(self, flow: Flow, data_table: Table, cells: Cells, head: int, tail: int) -> None:
        super().__init__(flow, data_table, cells, head, tail)
        last = self.groups[-1] if self.groups else RowGroup("", (), ())
        rows = sum(map(cells.height, last.baris[-2:])) or BAND
        least = head + self._heading(last.judul) + rows + self.closing(last)
        if least + 2 * self.reserve > flow.full_height:
            self.tail = 0

    def beginning(self, above: int = 0) -> int:
        """The free height needed to begin the table: all of it if it has few rows below another
        table, else head, heading and first row, or less if no page can hold them.
        """
        under = [self._heading(self.data_table.kosong) + self._foot]
        if self.groups:
            wanted, closing = self.heading(self.groups[0])
            under = [wanted + max(self.reserve, closing), wanted + self.reserve]
            few = len(list(islice(self.data_table.baris, _FEW + 1))) <= _FEW
            if few and self.flow.tables:
                under.insert(0, sum(map(self._whole, self.groups)))
        for height in under:
            if above + self.head + height <= self.flow.full_height:
                return above + self.head + height
        heading = self._heading(self.groups[0].judul) if self.groups else 0
        return above + self.head + heading + 3 * BAND

    def heading(self, group: RowGroup) -> tuple[int, int]:
        """The heading with its first row and what stays with that row."""
        closing = self.closing(group)
        if not group.baris:
            return self._heading(group.judul), closing
        first = self.cells.height(group.baris[0])
        return self._heading(group.judul) + first, self.row(group, 0, closing)

    def closing(self, group: RowGroup) -> int:
        """Subtotal and total with their real height, and what stays below each of them."""
        subtotal = self._totals(f"Jumlah {group.judul}") if group.judul else 0
        last = bool(self.groups) and group is self.groups[-1]
        return subtotal + (self._foot if last else self.reserve)

    @property
    def _foot(self) -> int:
        return self._totals(self.data_table.label_jumlah) + max(self.reserve, self.tail)

    def _whole(self, group: RowGroup) -> int:
        """The height of a group with everything that stays with its last row."""
        rows = sum(map(self.cells.height, group.baris))
        return self._heading(group.judul) + rows + self.closing(group)

    def _totals(self, label: str) -> int:
        if not self.data_table.dijumlah:
            return 0
        return max(1, len(self.cells.label(label, "B"))) * style.CELL_LEADING + 2 * style.PAD

    def _heading(self, text: str) -> int:
        if not text:
            return 0
        room = self.flow.width - 2 * style.PAD_SIDE
        lines = wrap(self.flow.letters("B"), text, style.CELL, room)
        return len(lines) * style.CELL_LEADING + 2 * style.PAD
