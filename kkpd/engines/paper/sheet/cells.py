"""The cells of a table: broken into lines, positioned, measured once per value."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

from kkpd.core.money import Rupiah
from kkpd.engines.paper import Column, Table
from kkpd.engines.paper.cell_text import display
from kkpd.engines.paper.parts import Row, Sel
from kkpd.engines.paper.pdf.tags import actual_text
from kkpd.engines.paper.sheet import style
from kkpd.engines.paper.sheet.flow import Flow, aligned
from kkpd.engines.paper.sheet.wrap import wrap

#: How many laid-out cells a column caches before the cache is cleared.
_CACHED = 20_000
_RIGHT = frozenset({"uang", "persen", "angka"})
_ALIGN = {"kiri": "left", "tengah": "center", "kanan": "right"}


class DrawnCell(NamedTuple):
    """A laid-out cell: position and glyphs of each line, and replacement text."""

    lines: tuple[tuple[int, str], ...]
    attribute: str


class Cells:
    """Lays out the cells of one table; `edges` are the vertical edges of its columns."""

    def __init__(self, flow: Flow, data_table: Table) -> None:
        self.flow, self.kolom, self._totalled = flow, data_table.kolom, data_table.dijumlah
        self._align = [_align(kolom) for kolom in data_table.kolom]
        self._sen = [_has_sen(data_table, column) for column in range(len(data_table.kolom))]
        self.edges = edges(data_table.kolom, flow.left, flow.width, self._needed(data_table))
        self._cached: list[dict[Sel, DrawnCell]] = [{} for _ in data_table.kolom]

    def of(self, row: Row) -> list[DrawnCell]:
        """The cells of a row."""
        found = []
        for column, (cached, value) in enumerate(zip(self._cached, row, strict=True)):
            cell = cached.get(value)
            if cell is None:
                cell = self._lay(column, value)
                if len(cached) >= _CACHED:
                    cached.clear()
                cached[value] = cell
            found.append(cell)
        return found

    def height(self, row: Row) -> int:
        """The height of a row."""
        return height(self.of(row))

    def amount(self, column: int, amount: Rupiah) -> str:
        """An amount as this column shows amounts."""
        return display("uang", amount, sen=self._sen[column])

    def label(self, text: str, key: str) -> list[str]:
        """The lines of a total's label over the columns before the first amount."""
        totalled = self._totalled
        span = self.edges[totalled[0] if totalled else -1]
        room = span - self.flow.left - 2 * style.PAD_SIDE
        return wrap(self.flow.letters(key), text, style.CELL, room) if room > 0 else []

    def _needed(self, data_table: Table) -> dict[int, int]:
        """The width that each column of amounts needs, so that no amount is broken."""
        totals, found = dict(zip(data_table.dijumlah, data_table.jumlah, strict=True)), {}
        for column, kolom in enumerate(data_table.kolom):
            if kolom.jenis != "uang":
                continue
            amounts = {cell for row in data_table.baris if isinstance(cell := row[column], Rupiah)}
            if column in totals:
                amounts.add(totals[column])
            ends = {min(amounts), max(amounts)} if amounts else set()
            letters = self.flow.letters("B")
            widest = max((letters.measure(self.amount(column, one)) for one in ends), default=0)
            found[column] = widest * style.CELL // 1000 + 2 * style.PAD_SIDE + 1
        return found

    def _lay(self, column: int, value: Sel) -> DrawnCell:
        text = display(self.kolom[column].jenis, value, sen=self._sen[column])
        if not text:
            return DrawnCell((), "")
        letters, left = self.flow.letters("R"), self.edges[column] + style.PAD_SIDE
        room = self.edges[column + 1] - style.PAD_SIDE - left
        align = self._align[column]
        runs = [letters.run(line) for line in wrap(letters, text, style.CELL, room)]
        lines = tuple(
            (left + aligned(run.width * style.CELL // 1000, room, align), run.glyphs)
            for run in runs
        )
        replaced = any(run.replaced for run in runs)
        return DrawnCell(lines, actual_text(text) if replaced else "")


def height(cells: Sequence[DrawnCell]) -> int:
    """The height of a row of these cells."""
    lines = max(len(cell.lines) for cell in cells) or 1
    return lines * style.CELL_LEADING + 2 * style.PAD


def edges(kolom: Sequence[Column], left: int, width: int, needed: dict[int, int]) -> list[int]:
    """The vertical edges of the columns, by their shares of the width.

    A column that needs more than its share (`needed`) takes it from columns that need nothing, down
    to half of theirs.
    """
    whole, at, found = sum(k.lebar for k in kolom), 0, [left]
    for k in kolom:
        at += k.lebar
        found.append(left + width * at // whole)
    widths = [right - before for before, right in pairwise(found)]
    more = {at: need - widths[at] for at, need in needed.items() if need > widths[at]}
    if not more:
        return found
    return list(accumulate(_shared_out(widths, more, needed), initial=left))


def _shared_out(widths: list[int], more: dict[int, int], needed: dict[int, int]) -> list[int]:
    """The widths after redistribution; their sum is unchanged."""
    givers = [at for at in range(len(widths)) if at not in needed]
    giving, asked = sum(widths[at] for at in givers), sum(more.values())
    given = min(asked, giving // 2)
    shared = list(widths)
    for at in givers:
        shared[at] -= -(-widths[at] * given // giving)  # rounded up, so that the need is met
    for at, need in more.items():
        shared[at] += need * given // asked
    shared[-1] += sum(widths) - sum(shared)
    return shared


def _align(kolom: Column) -> str:
    return _ALIGN.get(kolom.rata) or ("right" if kolom.jenis in _RIGHT else "left")


def _has_sen(data_table: Table, column: int) -> bool:
    """Whether an amount of this column has sen; then all show them."""
    if data_table.kolom[column].jenis != "uang":
        return False
    cells = (row[column] for row in data_table.baris)
    return any(isinstance(cell, Rupiah) and cell.sen % 100 for cell in cells)
