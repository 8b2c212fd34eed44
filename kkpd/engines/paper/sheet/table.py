"""Which parts of a table stay together on a page: the height that must be free before a row.

The one table of a drawing: repeated head, groups, carried-forward amounts, subtotals, total.

Rows are kept whole; only a row taller than a page is cut. The last two rows stay with the total and
with short content after the table, so that no signature is alone on a page: `stay` computes what
they need.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from kkpd.core.money import Rupiah
from kkpd.engines.paper import RowGroup, Table
from kkpd.engines.paper.parts import Row, display
from kkpd.engines.paper.pdf import file as pdf
from kkpd.engines.paper.pdf.writer import Element, actual_text, header_cell, spanning
from kkpd.engines.paper.sheet import style
from kkpd.engines.paper.sheet.flow import Flow, wrap
from kkpd.engines.paper.sheet.grid import Cells, DrawnCell, Rules, TableHead, height

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
        for least in under:
            if above + self.head + least <= self.flow.full_height:
                return above + self.head + least
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


CARRIED, BROUGHT = "Jumlah dipindahkan", "Jumlah pindahan"


class TableDrawing:
    """One table drawn into a flow; `tail` is the height of what must stay with it."""

    def __init__(self, flow: Flow, data_table: Table, tail: int) -> None:
        self.flow, self.file, self.data_table = flow, flow.file, data_table
        self.cells = Cells(flow, data_table)
        self.edges = self.cells.edges
        self.head = TableHead(flow, data_table.kolom, self.edges)
        self.rules = Rules(flow, self.edges)
        rule = WholeStay if flow.look.heads_stay else Stay
        self.stay = rule(flow, data_table, self.cells, self.head.height, tail)
        self.totalled = data_table.dijumlah
        self.label_span = self.totalled[0] if self.totalled else len(data_table.kolom)
        self.running = [0] * len(self.totalled)

    def draw(self) -> None:
        """Draw the whole table, from where `stay.beginning` found room."""
        flow, tags = self.flow, self.file.tags
        table = tags.open("Table", flow.root)
        self.head.draw(table)
        self.rules.begin()
        body = tags.open("TBody", table)
        for group in self.stay.groups:
            self._group(group, body, led=self.stay.led and group is self.stay.groups[0])
        if not self.stay.groups:
            self._band(body, self.data_table.kosong, "R", kind="TD")
        tags.close(body)
        if self.totalled:
            foot = tags.open("TFoot", table)
            self._totals(foot, self.data_table.label_jumlah, self.data_table.jumlah)
            tags.close(foot)
        self.rules.stroke()
        tags.close(table)
        flow.tables += 1

    def _group(self, group: RowGroup, body: Element, *, led: bool) -> None:
        """Heading, rows, subtotal; `led`: room was checked together with what is above."""
        stay = self.stay
        if group.judul:
            if not led:
                self._room(*stay.heading(group))
            self._band(body, group.judul, "B", kind="TH")
            led = stay.led
        closing = stay.closing(group)
        for at, row in enumerate(group.baris):
            self._row(row, body, None if led and not at else stay.row(group, at, closing))
        if group.judul and self.totalled:
            self._totals(body, f"Jumlah {group.judul}", group.jumlah)

    # ---- rows -------------------------------------------------------------------------------

    def _row(self, row: Row, body: Element, closing: int | None) -> None:
        """One row; `closing` is the height of what must stay with it, None if room was checked."""
        cells = self.cells.of(row)
        wanted = height(cells)
        if closing is not None:
            self._room(wanted, closing)
        if wanted > self.flow.room - self.stay.reserve:
            self._cut_row(cells, body)
        else:
            self._whole_row(cells, wanted, body)
        for place, column in enumerate(self.totalled):
            value = row[column]
            if isinstance(value, Rupiah):
                self.running[place] += value.sen

    def _whole_row(self, cells: list[DrawnCell], wanted: int, body: Element) -> None:
        """The fast path: a row on one page, its elements written at once."""
        writer, page = self.file.writer, self.file.page
        row = writer.reserve(len(cells) + 1)
        self.file.use("R", style.CELL)
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
        self.rules.down(wanted)

    def _cut_row(self, cells: list[DrawnCell], body: Element) -> None:
        """A row taller than a page: as many lines as fit, then the next page."""
        tags = self.file.tags
        row = tags.open("TR", body)
        elements = [tags.open("TD", row, cell.attribute) for cell in cells]
        done, count = 0, max(len(cell.lines) for cell in cells)
        while done < count:
            fitting = (self.flow.room - self.stay.reserve - 2 * style.PAD) // style.CELL_LEADING
            fitting = max(1, fitting)
            for cell, element in zip(cells, elements, strict=True):
                self._some_lines(element, cell.lines[done : done + fitting])
            self.rules.down(min(fitting, count - done) * style.CELL_LEADING + 2 * style.PAD)
            done += fitting
            if done < count:
                self._break()
        for element in (*elements, row):
            tags.close(element)

    def _some_lines(self, element: Element, lines: Sequence[tuple[int, str]]) -> None:
        if not lines:
            return
        self.file.begin(element)
        self.file.use("R", style.CELL)
        y = self.flow.y - style.PAD - style.CELL
        for x, glyphs in lines:
            self.file.page.texts.append(f"1 0 0 1 {x} {y} Tm<{glyphs}>Tj")
            y -= style.CELL_LEADING
        self.file.end()

    # ---- bands: headings of groups, subtotals, totals ---------------------------------------

    def _band(self, body: Element, text: str, key: str, *, kind: str) -> None:
        """A row with a single cell over all columns."""
        letters, columns, tags = self.flow.letters(key), len(self.data_table.kolom), self.file.tags
        lines = wrap(letters, text, style.CELL, self.flow.width - 2 * style.PAD_SIDE)
        wanted = len(lines) * style.CELL_LEADING + 2 * style.PAD
        self._room(wanted)
        attribute = header_cell("Row", columns) if kind == "TH" else spanning(columns)
        replaced = actual_text(text) if letters.run(text).replaced else ""
        row = tags.open("TR", body)
        cell = tags.open(kind, row, attribute + replaced)
        self.file.begin(cell)
        y = self.flow.y - style.PAD - style.CELL
        for line in lines:
            self.file.show(self.flow.left + style.PAD_SIDE, y, letters.run(line), key, style.CELL)
            y -= style.CELL_LEADING
        self.file.end()
        tags.close(cell)
        tags.close(row)
        self._rule_band(wanted, style.TOTAL_FILL if kind == "TH" else "", ())

    def _totals(self, body: Element, label: str, amounts: Sequence[Rupiah]) -> None:
        """A subtotal or total row: a label over the first columns, then amounts."""
        tags, lines = self.file.tags, self.cells.label(label, "B")
        wanted = max(1, len(lines)) * style.CELL_LEADING + 2 * style.PAD
        self._room(wanted)
        row = tags.open("TR", body)
        if lines:
            cell = tags.open("TH", row, header_cell("Row", self.label_span))
            self.file.begin(cell)
            self._show_label(lines, "B")
            self.file.end()
            tags.close(cell)
        shares = self.data_table.percent(amounts)
        for column in range(self.label_span, len(self.data_table.kolom)):
            cell = tags.open("TD", row)
            if column in self.totalled:
                self.file.begin(cell)
                self._show_amount(column, amounts[self.totalled.index(column)], "B")
                self.file.end()
            elif shares.get(column) is not None:
                self.file.begin(cell)
                self._show_figure(column, display("persen", shares[column]), "B")
                self.file.end()
            tags.close(cell)
        tags.close(row)
        self._rule_band(wanted, style.TOTAL_FILL, self.edges[max(1, self.label_span) : -1])

    def _carry(self, label: str) -> None:
        """The running totals, outside the tagged content."""
        lines = self.cells.label(label, "R")
        self.file.begin_furniture(pdf.REPEATED)
        self._show_label(lines[:1], "R")
        for place, column in enumerate(self.totalled):
            self._show_amount(column, Rupiah(self.running[place]), "R")
        self.file.end()
        self._rule_band(BAND, "", self.edges[max(1, self.label_span) : -1])

    def _rule_band(self, wanted: int, colour: str, edges: Sequence[int]) -> None:
        flow = self.flow
        if colour:
            self.file.fill(flow.left, flow.y - wanted, flow.width, wanted, colour)
        self.rules.band(wanted, edges)

    def _show_label(self, lines: Sequence[str], key: str) -> None:
        letters, y = self.flow.letters(key), self.flow.y - style.PAD - style.CELL
        right = self.edges[self.label_span] - style.PAD_SIDE
        for line in lines:
            run = letters.run(line)
            self.file.show(right - run.width * style.CELL // 1000, y, run, key, style.CELL)
            y -= style.CELL_LEADING

    def _show_amount(self, column: int, amount: Rupiah, key: str) -> None:
        """An amount in its column."""
        self._show_figure(column, self.cells.amount(column, amount), key)

    def _show_figure(self, column: int, text: str, key: str) -> None:
        """Figures aligned right in their column, smaller if they would not fit."""
        run = self.flow.letters(key).run(text)
        room = self.edges[column + 1] - self.edges[column] - 2 * style.PAD_SIDE
        size = min(style.CELL, room * 1000 // max(1, run.width))
        x = self.edges[column + 1] - style.PAD_SIDE - run.width * size // 1000
        self.file.show(x, self.flow.y - style.PAD - style.CELL, run, key, size)

    # ---- pages ------------------------------------------------------------------------------

    @property
    def _fresh(self) -> int:
        """The free height of a new page below the repeated head and the amounts brought forward."""
        return self.flow.full_height - self.head.height - self.stay.reserve

    def _room(self, wanted: int, closing: int = 0) -> None:
        """Break the page unless this height fits above what belongs at its foot."""
        whole = wanted + max(self.stay.reserve, closing)
        if whole > self._fresh:
            whole = wanted + self.stay.reserve
        if self.flow.room < whole and self.flow.room < self._fresh:
            self._break()

    def _break(self) -> None:
        if self.totalled:
            self._carry(CARRIED)
        self.rules.stroke()
        self.flow.next_page()
        self.head.repeat()
        self.rules.begin()
        if self.totalled:
            self._carry(BROUGHT)
