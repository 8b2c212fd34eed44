"""The head of a table: one or two lines of header cells, drawn once as structure, then repeated."""

from __future__ import annotations

from typing import NamedTuple

from kkpd.engines.paper import Column
from kkpd.engines.paper.pdf import file as pdf
from kkpd.engines.paper.pdf.tags import Element, header_cell
from kkpd.engines.paper.sheet import style
from kkpd.engines.paper.sheet.flow import Flow
from kkpd.engines.paper.sheet.wrap import wrap


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
