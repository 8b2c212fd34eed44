"""The one table of drawing 1: repeated head, groups, carried-forward amounts, subtotals, total.

Rows are kept whole; only a row taller than a page is cut. The last two rows stay with the total and
with what follows the table where that is short, so that no signature stands on a page alone.
"""

from __future__ import annotations

from typing import NamedTuple

from kkpd.domain.documents import Kelompok, Kolom, Tabel
from kkpd.domain.documents.parts import Baris, Sel
from kkpd.domain.documents.tampil import tampil
from kkpd.domain.money import Rupiah
from kkpd.reports.lembar_v1 import style
from kkpd.reports.lembar_v1.flow import Flow, aligned
from kkpd.reports.lembar_v1.head import TableHead
from kkpd.reports.lembar_v1.wrap import wrap
from kkpd.reports.pdf import file as pdf
from kkpd.reports.pdf.tags import Element, actual_text, header_cell, spanning

_CACHED = 20_000
_RIGHT = frozenset({"uang", "persen", "angka"})
_BAND = style.CELL_LEADING + 2 * style.PAD
_ALIGN = {"kiri": "left", "tengah": "center", "kanan": "right"}
CARRIED, BROUGHT = "Jumlah dipindahkan", "Jumlah pindahan"


class Cell(NamedTuple):
    """A cell ready to be shown: where each line begins, its glyphs, and replacement text."""

    lines: tuple[tuple[int, str], ...]
    attribute: str


class TableDrawing:
    """One table going down the pages of a flow."""

    def __init__(self, flow: Flow, tabel: Tabel, tail: int) -> None:
        self.flow, self.file, self.tabel, self.tail = flow, flow.file, tabel, tail
        self.edges = edges(tabel.kolom, flow.left, flow.width)
        self.head = TableHead(flow, tabel.kolom, self.edges)
        self.align = [_align(kolom) for kolom in tabel.kolom]
        self.sen = [_has_sen(tabel, i) for i in range(len(tabel.kolom))]
        self.cached: list[dict[Sel, Cell]] = [{} for _ in tabel.kolom]
        self.totalled = tabel.dijumlah
        self.label_span = self.totalled[0] if self.totalled else len(tabel.kolom)
        self.running = [0] * len(self.totalled)
        self.rules_from = 0
        self.pending: list[str] = []

    def draw(self) -> None:
        """The whole table."""
        flow, tags = self.flow, self.file.tags
        flow.need(self.head.height + self._first_height())
        table = tags.open("Table", flow.root)
        self.head.draw(table)
        self.rules_from = flow.y
        body = tags.open("TBody", table)
        groups = [group for group in self.tabel.kelompok if group.baris or group.judul]
        for group in groups:
            self._group(group, body, last=group is groups[-1])
        if not groups:
            self._band(body, self.tabel.kosong, "R", kind="TD")
        tags.close(body)
        if self.totalled:
            foot = tags.open("TFoot", table)
            self._totals(foot, self.tabel.label_jumlah, self.tabel.jumlah)
            tags.close(foot)
        self._end_segment()
        tags.close(table)

    def _first_height(self) -> int:
        """What must fit under the first head: heading and first row, or a short table whole."""
        heading = 2 * _BAND if any(group.judul for group in self.tabel.kelompok) else 0
        first = next(iter(self.tabel.baris), None)
        row = self._height(self._cells(first)) if first else _BAND
        return heading + row + 2 * _BAND

    def _group(self, group: Kelompok, body: Element, *, last: bool) -> None:
        if group.judul:
            first = self._height(self._cells(group.baris[0])) if group.baris else 0
            self._room(_BAND + first)
            self._band(body, group.judul, "B", kind="TH")
        subtotal = bool(group.judul and self.totalled)
        closing = _BAND if subtotal else 0
        if last:
            closing += (_BAND if self.totalled else 0) + self.tail
        for row in group.baris[:-2]:
            self._row(row, body, 0)
        for at, row in enumerate(group.baris[-2:], max(0, len(group.baris) - 2)):
            rest = group.baris[at + 1 :]
            self._row(row, body, closing + sum(self._height(self._cells(r)) for r in rest))
        if subtotal:
            self._totals(body, f"Jumlah {group.judul}", group.jumlah)

    # ---- rows -------------------------------------------------------------------------------

    def _cells(self, row: Baris) -> list[Cell]:
        found = []
        for column, (cached, value) in enumerate(zip(self.cached, row, strict=True)):
            cell = cached.get(value)
            if cell is None:
                cell = self._lay(column, value)
                if len(cached) >= _CACHED:
                    cached.clear()
                cached[value] = cell
            found.append(cell)
        return found

    def _lay(self, column: int, value: Sel) -> Cell:
        """A cell's lines at their places."""
        text = tampil(self.tabel.kolom[column].jenis, value, sen=self.sen[column])
        if not text:
            return Cell((), "")
        letters, left = self.flow.letters("R"), self.edges[column] + style.PAD_SIDE
        room = self.edges[column + 1] - style.PAD_SIDE - left
        runs = [letters.run(line) for line in wrap(letters, text, style.CELL, room)]
        lines = tuple(
            (left + aligned(run.width * style.CELL // 1000, room, self.align[column]), run.glyphs)
            for run in runs
        )
        replaced = any(run.replaced for run in runs)
        return Cell(lines, actual_text(text) if replaced else "")

    @staticmethod
    def _height(cells: list[Cell]) -> int:
        lines = max(len(cell.lines) for cell in cells) or 1
        return lines * style.CELL_LEADING + 2 * style.PAD

    def _row(self, row: Baris, body: Element, closing: int) -> None:
        """One row; `closing` is the height of what must stay with it."""
        cells = self._cells(row)
        height = self._height(cells)
        self._room(height, closing)
        if height > self.flow.room:
            self._cut_row(cells, body)
        else:
            self._whole_row(cells, height, body)
        for place, column in enumerate(self.totalled):
            value = row[column]
            if isinstance(value, Rupiah):
                self.running[place] += value.sen

    def _whole_row(self, cells: list[Cell], height: int, body: Element) -> None:
        """The fast way: a row on one page, its elements written at once."""
        writer, page = self.file.writer, self.file.page
        row = writer.reserve(len(cells) + 1)
        font = f"/R {style.CELL} Tf"
        if page.font != font:
            page.font = font
            page.texts.append(font)
        base = self.flow.y - style.PAD - style.CELL
        texts, owners = page.texts, page.owners
        for number, (lines, attribute) in enumerate(cells, row + 1):
            if not lines:
                writer.put(number, f"<</S/TD/P {row} 0 R>>")
                continue
            mark = len(owners)
            owners.append(number)
            y = base
            texts.append(f"/TD<</MCID {mark}>>BDC")
            for x, glyphs in lines:
                texts.append(f"1 0 0 1 {x} {y} Tm<{glyphs}>Tj")
                y -= style.CELL_LEADING
            texts.append("EMC")
            writer.put(number, f"<</S/TD/P {row} 0 R/Pg {page.number} 0 R{attribute}/K {mark}>>")
        kids = " ".join([f"{number} 0 R" for number in range(row + 1, row + 1 + len(cells))])
        writer.put(row, f"<</S/TR/P {body.number} 0 R/K[{kids}]>>")
        body.kids.append(f"{row} 0 R")
        self._advance(height)

    def _cut_row(self, cells: list[Cell], body: Element) -> None:
        """A row taller than a page: as many lines as fit, then on."""
        tags = self.file.tags
        row = tags.open("TR", body)
        elements = [tags.open("TD", row, cell.attribute) for cell in cells]
        done, count = 0, max(len(cell.lines) for cell in cells)
        while done < count:
            fitting = max(1, (self.flow.room - self._reserve - 2 * style.PAD) // style.CELL_LEADING)
            for cell, element in zip(cells, elements, strict=True):
                self._lines(element, cell.lines[done : done + fitting])
            self._advance(min(fitting, count - done) * style.CELL_LEADING + 2 * style.PAD)
            done += fitting
            if done < count:
                self._break()
        for element in (*elements, row):
            tags.close(element)

    def _lines(self, element: Element, lines: tuple[tuple[int, str], ...]) -> None:
        if not lines:
            return
        self.file.begin(element)
        y = self.flow.y - style.PAD - style.CELL
        self.file.page.texts.append(f"/R {style.CELL} Tf")
        self.file.page.font = f"/R {style.CELL} Tf"
        for x, glyphs in lines:
            self.file.page.texts.append(f"1 0 0 1 {x} {y} Tm<{glyphs}>Tj")
            y -= style.CELL_LEADING
        self.file.end()

    # ---- bands: headings of groups, subtotals, totals ---------------------------------------

    def _band(self, body: Element, text: str, key: str, *, kind: str) -> None:
        """A row that one cell takes whole."""
        letters, columns = self.flow.letters(key), len(self.tabel.kolom)
        room = self.flow.width - 2 * style.PAD_SIDE
        lines = wrap(letters, text, style.CELL, room)
        height = len(lines) * style.CELL_LEADING + 2 * style.PAD
        self._room(height)
        self._rules()
        attribute = header_cell("Row", columns) if kind == "TH" else spanning(columns)
        row = self.file.tags.open("TR", body)
        replaced = actual_text(text) if letters.run(text).replaced else ""
        cell = self.file.tags.open(kind, row, attribute + replaced)
        if kind == "TH":
            top = self.flow.y
            self.file.fill(self.flow.left, top - height, self.flow.width, height, style.TOTAL_FILL)
        self.file.begin(cell)
        y = self.flow.y - style.PAD - style.CELL
        for line in lines:
            self.file.show(self.flow.left + style.PAD_SIDE, y, letters.run(line), key, style.CELL)
            y -= style.CELL_LEADING
        self.file.end()
        self.file.tags.close(cell)
        self.file.tags.close(row)
        self._outer(height)
        self._advance(height)
        self.rules_from = self.flow.y

    def _totals(self, body: Element, label: str, amounts: tuple[Rupiah, ...]) -> None:
        """A subtotal or total row: a label over the first columns, then amounts."""
        lines = self._label_lines(label, "B")
        height = len(lines) * style.CELL_LEADING + 2 * style.PAD
        self._room(height)
        tags, row = self.file.tags, self.file.tags.open("TR", body)
        if lines:
            cell = tags.open("TH", row, header_cell("Row", self.label_span))
            self.file.begin(cell)
            self._show_label(lines, "B")
            self.file.end()
            tags.close(cell)
        for column in range(self.label_span, len(self.tabel.kolom)):
            cell = tags.open("TD", row)
            if column in self.totalled:
                self.file.begin(cell)
                self._show_amount(column, amounts[self.totalled.index(column)], "B")
                self.file.end()
            tags.close(cell)
        tags.close(row)
        self._close_band(height, style.TOTAL_FILL)

    def _carry(self, label: str) -> None:
        """The running totals as page furniture."""
        lines = self._label_lines(label, "R")
        self.file.begin_furniture(pdf.REPEATED)
        self._show_label(lines, "R")
        for place, column in enumerate(self.totalled):
            self._show_amount(column, Rupiah(self.running[place]), "R")
        self.file.end()
        self._close_band(max(1, len(lines)) * style.CELL_LEADING + 2 * style.PAD, "")

    def _close_band(self, height: int, colour: str) -> None:
        """The rules and the ground of a row with a label over its first columns."""
        flow = self.flow
        self._rules()
        if colour:
            self.file.fill(flow.left, flow.y - height, flow.width, height, colour)
        self._outer(height)
        top = flow.y
        self._verticals(self.edges[max(1, self.label_span) : -1], top, top - height)
        self._advance(height)
        self.rules_from = flow.y

    def _label_lines(self, label: str, key: str) -> list[str]:
        room = self.edges[self.label_span] - self.flow.left - 2 * style.PAD_SIDE
        return wrap(self.flow.letters(key), label, style.CELL, room) if room > 0 else []

    def _show_label(self, lines: list[str], key: str) -> None:
        letters, y = self.flow.letters(key), self.flow.y - style.PAD - style.CELL
        right = self.edges[self.label_span] - style.PAD_SIDE
        for line in lines:
            run = letters.run(line)
            self.file.show(right - run.width * style.CELL // 1000, y, run, key, style.CELL)
            y -= style.CELL_LEADING

    def _show_amount(self, column: int, amount: Rupiah, key: str) -> None:
        """An amount in its column, smaller where it would not fit."""
        run = self.flow.letters(key).run(tampil("uang", amount, sen=self.sen[column]))
        room = self.edges[column + 1] - self.edges[column] - 2 * style.PAD_SIDE
        size = min(style.CELL, room * 1000 // max(1, run.width))
        x = self.edges[column + 1] - style.PAD_SIDE - run.width * size // 1000
        self.file.show(x, self.flow.y - style.PAD - style.CELL, run, key, size)

    # ---- pages and rules --------------------------------------------------------------------

    @property
    def _reserve(self) -> int:
        """The height kept at the foot of a page for the amounts carried forward."""
        return _BAND if self.totalled else 0

    def _room(self, height: int, closing: int = 0) -> None:
        """Break the page unless this height fits above what must stand at its foot."""
        wanted = height + max(self._reserve, closing)
        if wanted > self._fresh:
            wanted = height + self._reserve
        if self.flow.room < wanted and self.flow.room < self._fresh:
            self._break()

    @property
    def _fresh(self) -> int:
        """The height that a new page offers under the repeated head."""
        return self.flow.full_height - self.head.height - self._reserve

    def _break(self) -> None:
        if self.totalled:
            self._carry(CARRIED)
        self._end_segment()
        self.flow.next_page()
        self.head.repeat()
        self.rules_from = self.flow.y
        if self.totalled:
            self._carry(BROUGHT)

    def _advance(self, height: int) -> None:
        self.flow.y -= height
        y = self.flow.y
        self.pending.append(f"{self.flow.left} {y} m {self.flow.right} {y} l")

    def _rules(self) -> None:
        """The upright rules of the rows since the last band."""
        if self.rules_from != self.flow.y:
            self._verticals(self.edges, self.rules_from, self.flow.y)

    def _outer(self, height: int) -> None:
        self._verticals((self.edges[0], self.edges[-1]), self.flow.y, self.flow.y - height)

    def _verticals(self, places: list[int] | tuple[int, ...], top: int, bottom: int) -> None:
        self.pending += [f"{x} {top} m {x} {bottom} l" for x in places]

    def _end_segment(self) -> None:
        """Stroke all rules of this page at once, above the grounds."""
        self._rules()
        paths = "\n".join(self.pending)
        self.file.page.shapes.append(f"{style.GRID} {style.HAIR} w\n{paths} S")
        self.pending = []


def edges(kolom: tuple[Kolom, ...], left: int, width: int) -> list[int]:
    """The upright edges of the columns: their shares of the width."""
    whole, at, found = sum(k.lebar for k in kolom), 0, [left]
    for k in kolom:
        at += k.lebar
        found.append(left + width * at // whole)
    return found


def _align(kolom: Kolom) -> str:
    return _ALIGN.get(kolom.rata) or ("right" if kolom.jenis in _RIGHT else "left")


def _has_sen(tabel: Tabel, column: int) -> bool:
    """Whether an amount of this column has sen, so that all show them."""
    if tabel.kolom[column].jenis != "uang":
        return False
    cells = (row[column] for row in tabel.baris)
    return any(isinstance(cell, Rupiah) and cell.sen % 100 for cell in cells)
