"""The letters of a PDF's pages, turned the way they are read; what is a picture, what no text."""

from __future__ import annotations

import io
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kkpd.core.errors import TooLarge
from kkpd.core.pan import silence

if TYPE_CHECKING:
    from pdfminer.converter import PDFPageAggregator
    from pdfminer.layout import LTChar, LTComponent, LTItem, LTPage

#: Letters and lines that one page may hold; a page full of small print has 8,000.
MAX_DRAWN = 40_000
#: As pdfplumber's functions want it.
Letter = dict[str, Any]
#: Left, right, top and bottom as the page is read, in points.
Box = tuple[float, float, float, float]

#: A picture that covers so much of a page may hold its text; so few words beside it are a stamp.
_COVERS, _STAMP = 0.5, 12
#: A letter drawn again within so many points is the same one, made bold.
_AGAIN = 1.0
#: A shape of at most so many points in height or width is a line.
_THIN = 2.5
#: Degrees by which writing may be off its quarter turn; anything more is a mark across the page.
_ASKEW = 5.0


@dataclass(frozen=True, slots=True)
class PdfPage:
    """The letters of a page from its top, what runs another way (`aside`) and thin lines."""

    number: int
    letters: list[Letter]
    aside: Sequence[str]
    pictured: bool
    rules: Sequence[Box] = ()

    @property
    def is_scan(self) -> bool:
        """A picture of a page, with no more text than a stamp."""
        text = "".join(str(letter["text"]) for letter in self.letters)
        return self.pictured and len(text.split()) < _STAMP and len(text) < 10 * _STAMP


def pages(data: bytes) -> Iterator[PdfPage]:
    """Each page in turn; raises what pdfminer raises on damaged files."""
    from pdfminer.converter import PDFPageAggregator
    from pdfminer.pdfdocument import PDFDocument
    from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager
    from pdfminer.pdfpage import PDFPage
    from pdfminer.pdfparser import PDFParser

    silence()
    resources = PDFResourceManager()
    device = _bounded(PDFPageAggregator)(resources, laparams=None)
    interpreter = PDFPageInterpreter(resources, device)
    document = PDFDocument(PDFParser(io.BytesIO(data)))
    for number, page in enumerate(PDFPage.create_pages(document), start=1):
        interpreter.process_page(page)
        yield _page(number, device.get_result())


def _bounded(aggregator: type[PDFPageAggregator]) -> type[PDFPageAggregator]:
    """Gathers a page; gives up while drawing one that holds more than any bill prints."""

    class Bounded(aggregator):  # type: ignore[misc, valid-type]  # its base is loaded when asked for
        def begin_page(self, page: Any, ctm: Any) -> None:
            self.drawn = 0
            super().begin_page(page, ctm)

        def render_char(self, *args: Any, **kwargs: Any) -> float:
            self.more()
            return float(super().render_char(*args, **kwargs))

        def paint_path(self, *args: Any, **kwargs: Any) -> None:
            self.more()
            super().paint_path(*args, **kwargs)

        def more(self) -> None:
            self.drawn += 1
            if self.drawn > MAX_DRAWN:
                raise TooLarge(
                    "Satu halaman PDF memuat lebih banyak huruf dan garis daripada tagihan mana "
                    "pun. Unduh ulang dari bank, atau minta XLSX atau CSV."
                )

    return Bounded


def unreadable(letters: Iterable[Letter]) -> tuple[int, int]:
    """How many letters have no meaning (a font without a table of its signs), and of how many."""
    count = wrong = 0
    for letter in letters:
        text = str(letter["text"])
        count += 1
        wrong += text.startswith("(cid:") or not text.isprintable() or "\ue000" <= text <= "\uf8ff"
    return wrong, count


def _page(number: int, laid: LTPage) -> PdfPage:
    from pdfminer.layout import LTChar, LTCurve, LTImage

    drawn: list[LTChar] = []
    shapes: list[LTCurve] = []
    pictured = 0.0
    for item in _items(laid):
        if isinstance(item, LTChar):
            drawn.append(item)
        elif isinstance(item, LTImage):
            pictured = max(pictured, item.width * item.height)
        elif isinstance(item, LTCurve):
            shapes.append(item)
    turns = [_turn(item) for item in drawn]
    usual = Counter(turn for turn in turns if turn is not None).most_common(1)
    main = usual[0][0] if usual else 0
    letters = [
        _letter(item, main, laid) for item, turn in zip(drawn, turns, strict=True) if turn == main
    ]
    other = [item for item, turn in zip(drawn, turns, strict=True) if turn != main]
    covered = pictured >= _COVERS * laid.width * laid.height
    rules = [box for item in shapes for box in _rules(_box(item, main, laid), item.stroke)]
    return PdfPage(number, _once(letters), _aside(other), covered, rules)


def _rules(box: Box, stroked: bool) -> Iterator[Box]:
    """A thin shape is a line; a drawn frame has four, a filled stripe one above and one below."""
    left, right, top, bottom = box
    if right - left <= _THIN or bottom - top <= _THIN:
        yield box
    else:
        yield from ((left, right, top, top), (left, right, bottom, bottom))
    if stroked and bottom - top > _THIN < right - left:
        yield from ((left, left, top, bottom), (right, right, top, bottom))


def _items(container: Iterable[LTItem]) -> Iterator[LTItem]:
    from pdfminer.layout import LTFigure

    for item in container:
        if isinstance(item, LTFigure):
            yield from _items(item)
        else:
            yield item


def _turn(item: LTChar) -> int | None:
    """Quarter turns against the clock, None for writing across the page."""
    degrees = math.degrees(math.atan2(item.matrix[1], item.matrix[0]))
    quarter = round(degrees / 90)
    return quarter % 4 if abs(degrees - 90 * quarter) <= _ASKEW else None


def _letter(item: LTChar, turn: int, page: LTPage) -> Letter:
    x0, x1, top, bottom = _box(item, turn, page)
    return {
        "text": item.get_text(), "x0": x0, "x1": x1, "top": top, "bottom": bottom, "doctop": top,
        "width": x1 - x0, "height": bottom - top, "size": bottom - top, "upright": True,
    }  # fmt: skip


def _box(item: LTComponent, turn: int, page: LTPage) -> Box:
    """Where something stands on the page when it is turned so that its text is level."""
    left, right = item.x0 - page.x0, item.x1 - page.x0
    low, high = item.y0 - page.y0, item.y1 - page.y0
    if turn == 0:
        return left, right, page.height - high, page.height - low
    if turn == 1:
        return low, high, left, right
    if turn == 2:
        return page.width - right, page.width - left, low, high
    return page.height - high, page.height - low, page.width - right, page.width - left


def _once(letters: list[Letter]) -> list[Letter]:
    """Letters drawn twice on nearly the same place count once."""
    seen: dict[tuple[object, int, int], Letter] = {}
    kept = []
    for letter in letters:
        text, x0, top = letter["text"], float(letter["x0"]), float(letter["top"])
        column, row = int(x0), int(top)
        near = (
            seen.get((text, column + right, row + below))
            for right in (0, -1, 1)
            for below in (0, -1, 1)
        )
        if any(_same(letter, other) for other in near if other is not None):
            continue
        seen[text, column, row] = letter
        kept.append(letter)
    return kept


def _same(one: Letter, other: Letter) -> bool:
    return all(abs(float(one[side]) - float(other[side])) < _AGAIN for side in ("x0", "top"))


def _aside(drawn: Sequence[LTChar]) -> list[str]:
    """Margin notes and marks across the page, each run of letters with one turn as a text."""
    texts: list[str] = []
    before: int | None = -1
    for item in drawn:
        turn = _turn(item)
        if turn != before:
            texts.append("")
        texts[-1] += item.get_text()
        before = turn
    return [text.strip() for text in texts if text.strip()]
