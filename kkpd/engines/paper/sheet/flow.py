"""The position of the next element: pages with header and footer, wrapped text below text."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kkpd.engines.paper import FrozenDocument
from kkpd.engines.paper.pdf import file as pdf
from kkpd.engines.paper.pdf.fonts import Letters
from kkpd.engines.paper.pdf.writer import Element, actual_text
from kkpd.engines.paper.sheet import style
from kkpd.engines.paper.sheet.style import Look

#: A long word is broken after one of these rather than between two letters.
_SEAMS = "/-._,;:&@)"


def wrap(letters: Letters, text: str, size: int, room: int) -> list[str]:
    """The lines of `text` at this size, none wider than `room` (except a single wide character).

    A line broken at a space keeps the space, so the joined lines equal the text.
    """
    most = room * 1000 // size
    if letters.width(text) <= most:
        return [text]
    space = letters.space()
    lines: list[str] = []
    line, used = "", 0
    for word in text.split(" "):
        for number, piece in enumerate(_pieces(letters, word, most)):
            width = letters.width(piece)
            if line and number == 0 and used + space + width <= most:
                line, used = f"{line} {piece}", used + space + width
                continue
            if line:
                lines.append(line if number else f"{line} ")
            line, used = piece, width
    return [*lines, line]


def _pieces(letters: Letters, word: str, most: int) -> list[str]:
    """The whole word, or its parts that fit."""
    if letters.width(word) <= most:
        return [word]
    pieces = []
    while word:
        cut = _fitting(letters, word, most)
        pieces.append(word[:cut])
        word = word[cut:]
    return pieces


def _fitting(letters: Letters, word: str, most: int) -> int:
    """How many characters of the word fit a line, ending at a good break if one is near."""
    widths, used, cut = letters.glyphs.widths, 0, 0
    for char in word:
        used += widths[char]
        if used > most and cut:
            break
        cut += 1
    if cut == len(word):
        return cut
    seam = max(word.rfind(mark, cut // 2, cut) for mark in _SEAMS) + 1
    return seam or cut


class Flow:
    """The current position in a document. `y` is the upper edge of the free space.

    `each_page` is called before every page except the first; an exception ends the drawing.
    """

    def __init__(
        self, look: Look, dokumen: FrozenDocument, each_page: Callable[[], None] | None = None
    ) -> None:
        width, height = style.PAPER[dokumen.kertas]
        if dokumen.arah == "mendatar":
            width, height = height, width
        self.look, self.dokumen, self.each_page = look, dokumen, each_page
        self.file = pdf.File(width, height)
        self.left, self.right = style.MARGIN_SIDE, width - style.MARGIN_SIDE
        self.bottom = style.MARGIN_BOTTOM
        self.y = height - style.MARGIN_TOP
        self.root = self.file.tags.document
        self.tables = 0
        self.page_number()

    @property
    def width(self) -> int:
        """The width between the margins."""
        return self.right - self.left

    @property
    def full_height(self) -> int:
        """The free height of an empty continued page."""
        return self.file.height - style.CONTINUED_TOP - self.bottom

    @property
    def room(self) -> int:
        """The height still free on this page."""
        return self.y - self.bottom

    def letters(self, key: str) -> Letters:
        """The face of this key, R or B."""
        return self.file.letters[key]

    def next_page(self) -> None:
        """Begin another page under its running head."""
        if self.each_page is not None:
            self.each_page()
        self.file.next_page()
        self.y = self.file.height - style.CONTINUED_TOP
        self.running_head()
        self.page_number()

    def need(self, height: int) -> None:
        """Begin another page unless this height is free, or is more than a page."""
        if self.room < height <= self.full_height:
            self.next_page()

    def running_head(self) -> None:
        """The text on every page: office and document."""
        document = self.dokumen
        said = " · ".join(
            part for part in (document.judul, document.nomor, document.kop.opd) if part
        )
        letters = self.letters("R")
        line = wrap(letters, said, style.SMALL, self.width)[0]
        self.file.begin_furniture(pdf.HEADER)
        y = self.file.height - style.MARGIN_TOP
        self.file.show(self.left, y, letters.run(line), "R", style.SMALL)
        self.file.end()
        self.file.page.shapes.append(style.GRID)
        self.file.line(self.left, y - 400, self.right, y - 400, style.HAIR)

    def page_number(self) -> None:
        """`Halaman i`; the background adds `dari n`."""
        run = self.letters("R").run(f"Halaman {self.file.page_count}")
        x = self.right - page_total_width(self) - run.width * style.SMALL // 1000
        self.file.begin_furniture(pdf.FOOTER)
        self.file.show(x, style.MARGIN_BOTTOM - 2000, run, "R", style.SMALL)
        self.file.end()

    def lines(
        self,
        element: Element,
        lines: Sequence[str],
        *,
        x: int,
        key: str,
        size: int,
        leading: int,
        align: str = "left",
        room: int = 0,
    ) -> None:
        """Show lines below each other as content of `element`, over several pages if needed."""
        letters = self.letters(key)
        shown = 0
        while shown < len(lines):
            fitting = max(1, self.room // leading)
            if self.room < leading:
                self.next_page()
                continue
            self.file.begin(element)
            for line in lines[shown : shown + fitting]:
                run = letters.run(line)
                self.file.show(
                    x + aligned(run.width * size // 1000, room, align),
                    self.y - size - (leading - size) // 4,
                    run,
                    key,
                    size,
                )
                self.y -= leading
            self.file.end()
            shown += fitting

    def text(
        self,
        kind: str,
        value: str,
        *,
        key: str = "R",
        size: int = style.BODY,
        leading: int = style.BODY_LEADING,
        align: str = "left",
        indent: int = 0,
        spare: int = 0,
        parent: Element | None = None,
    ) -> None:
        """One wrapped paragraph or heading between the margins; `spare` stays free on the right."""
        room = self.width - indent - spare
        lines = wrap(self.letters(key), value, size, room)
        element = self.open(kind, value, key, parent)
        self.lines(
            element,
            lines,
            x=self.left + indent,
            key=key,
            size=size,
            leading=leading,
            align=align,
            room=room,
        )
        self.file.tags.close(element)

    def open(self, kind: str, value: str, key: str, parent: Element | None = None) -> Element:
        """An element for this text, with the original text if boxes are drawn."""
        replaced = self.letters(key).run(value).replaced
        attributes = actual_text(value) if replaced else ""
        return self.file.tags.open(kind, parent or self.root, attributes)

    def text_height(
        self,
        value: str,
        *,
        key: str = "R",
        size: int = style.BODY,
        leading: int = style.BODY_LEADING,
        indent: int = 0,
    ) -> int:
        """The height of `text`."""
        return leading * len(wrap(self.letters(key), value, size, self.width - indent))


def aligned(width: int, room: int, align: str) -> int:
    """The left edge for something of this width."""
    return {"left": 0, "center": (room - width) // 2, "right": room - width}[align]


def page_total_width(flow: Flow) -> int:
    """The width reserved for `dari n`, enough for two digits (more extend into the margin)."""
    return flow.letters("R").width(" dari 00") * style.SMALL // 1000
