"""The grid of a table: its cells laid out, its head, its thin rules."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

from kkpd.core.money import Rupiah
from kkpd.engines.paper import Column, Table
from kkpd.engines.paper.parts import Row, Sel, display
from kkpd.engines.paper.pdf import file as pdf
from kkpd.engines.paper.pdf.writer import Element, actual_text, header_cell
from kkpd.engines.paper.sheet import style
from kkpd.engines.paper.sheet.flow import Flow, aligned, wrap

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


class _Box(NamedTuple):
    """A header cell: text over columns [first, last], in head lines [line, line + rows)."""

    lines: list[str]
    first: int
    last: int
    line: int
    rows: int


class TableHead:
    """Measured once; `draw` draws it with tags, `repeat` without."""

    def __init__(self, flow: Flow, kolom: tuple[Column, ...], edges: list[int]) -> None:
        self.flow, self.edges = flow, edges
        self.deep = any(k.grup for k in kolom)
        self.boxes = self._groups(kolom) if self.deep else []
        for i, k in enumerate(kolom):
            line = 1 if k.grup else 0
            rows = 1 if k.grup or not self.deep else 2
            self.boxes.append(_Box(self._lines(k.judul, i, i), i, i, line, rows))
        self.heights = self._heights()

    @property
    def height(self) -> int:
        """The height of the whole head."""
        return sum(self.heights)

    def _groups(self, kolom: tuple[Column, ...]) -> list[_Box]:
        found: list[_Box] = []
        first = 0
        for i, k in enumerate(kolom):
            if i + 1 < len(kolom) and kolom[i + 1].grup == k.grup:
                continue
            if k.grup:
                found.append(_Box(self._lines(k.grup, first, i), first, i, 0, 1))
            first = i + 1
        return found

    def _lines(self, text: str, first: int, last: int) -> list[str]:
        room = self.edges[last + 1] - self.edges[first] - style.PAD_SIDE
        return wrap(self.flow.letters("B"), text, style.HEAD, room)

    def _heights(self) -> list[int]:
        """The height of each head line, so that every cell fits."""
        found = [0, 0] if self.deep else [0]
        for box in self.boxes:
            if box.rows == 1:
                found[box.line] = max(found[box.line], _box_height(box))
        for box in self.boxes:
            if box.rows == 2:
                found[-1] += max(0, _box_height(box) - sum(found))
        return found

    def draw(self, table: Element) -> None:
        """The head as the table's THead."""
        tags = self.flow.file.tags
        head = tags.open("THead", table)
        for line in range(len(self.heights)):
            row = tags.open("TR", head)
            for box in sorted((b for b in self.boxes if b.line == line), key=lambda b: b.first):
                spans = header_cell("Column", box.last - box.first + 1, box.rows)
                cell = tags.open("TH", row, spans)
                self.flow.file.begin(cell)
                self._show(box)
                self.flow.file.end()
                tags.close(cell)
            tags.close(row)
        tags.close(head)
        self._ground()

    def repeat(self) -> None:
        """The head on a continued page."""
        self.flow.file.begin_furniture(pdf.REPEATED)
        for box in self.boxes:
            self._show(box)
        self.flow.file.end()
        self._ground()

    def _show(self, box: _Box) -> None:
        letters = self.flow.letters("B")
        left, right = self.edges[box.first], self.edges[box.last + 1]
        height = sum(self.heights[box.line : box.line + box.rows])
        top = self.flow.y - sum(self.heights[: box.line])
        y = top - (height - len(box.lines) * style.HEAD_LEADING) // 2 - style.HEAD + 60
        for line in box.lines:
            run = letters.run(line)
            x = left + (right - left - run.width * style.HEAD // 1000) // 2
            self.flow.file.show(x, y, run, "B", style.HEAD)
            y -= style.HEAD_LEADING

    def _ground(self) -> None:
        """Background and rules of the head; moves the flow below it."""
        flow, file = self.flow, self.flow.file
        file.fill(flow.left, flow.y - self.height, flow.width, self.height, style.HEAD_FILL)
        file.page.shapes.append(f"{style.GRID} {style.RULE} w")
        for box in self.boxes:
            left, right = self.edges[box.first], self.edges[box.last + 1]
            top = flow.y - sum(self.heights[: box.line])
            height = sum(self.heights[box.line : box.line + box.rows])
            file.page.shapes.append(f"{left} {top - height} {right - left} {height} re S")
        flow.y -= self.height


def _box_height(box: _Box) -> int:
    return len(box.lines) * style.HEAD_LEADING + 2 * style.PAD


class Rules:
    """The rules of one table on the present page."""

    def __init__(self, flow: Flow, edges: Sequence[int]) -> None:
        self.flow, self.edges = flow, edges
        self._from = flow.y
        self._paths: list[str] = []

    def begin(self) -> None:
        """Vertical rules begin here: below a head, or below a band."""
        self._from = self.flow.y

    def down(self, height: int) -> None:
        """A row is complete: move below it and draw its rule."""
        self.flow.y -= height
        y = self.flow.y
        self._paths.append(f"{self.flow.left} {y} m {self.flow.right} {y} l")

    def band(self, height: int, edges: Sequence[int]) -> None:
        """Draw the rule of a row with vertical rules of its own, below plain rows."""
        self._rows()
        self._upright((self.edges[0], *edges, self.edges[-1]), self.flow.y, self.flow.y - height)
        self.down(height)
        self.begin()

    def stroke(self) -> None:
        """Draw all rules of this page."""
        self._rows()
        paths = "\n".join(self._paths)
        self.flow.file.page.shapes.append(f"{style.GRID} {style.HAIR} w\n{paths} S")
        self._paths = []

    def _rows(self) -> None:
        """The vertical rules of the plain rows since the last band."""
        if self._from != self.flow.y:
            self._upright(self.edges, self._from, self.flow.y)
            self.begin()

    def _upright(self, places: Sequence[int], top: int, bottom: int) -> None:
        self._paths += [f"{x} {top} m {x} {bottom} l" for x in places]
