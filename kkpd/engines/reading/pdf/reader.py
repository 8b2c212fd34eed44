"""PDF bills with a text layer: letters of each page, then all lines under the titles of a table."""

from __future__ import annotations

import io
import math
import re
import struct
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kkpd.core.errors import Finding, TooLarge, Unreadable
from kkpd.core.pan import silence
from kkpd.engines.reading.cells.evidence import tells
from kkpd.engines.reading.pdf.table import under_titles
from kkpd.engines.reading.pdf.titles import unfolded
from kkpd.engines.reading.pdf.words import Box, TextLine, beside, framed
from kkpd.engines.reading.statement import Sheet

if TYPE_CHECKING:
    from pdfminer.converter import PDFPageAggregator
    from pdfminer.layout import LTChar, LTComponent, LTItem, LTPage

#: Letters and lines that one page may hold; a page full of small print has 8,000.
MAX_DRAWN = 40_000
#: As pdfplumber's functions want it.
Letter = dict[str, Any]

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


#: Longer documents are no card bill.
MAX_PAGES = 400
#: The largest that all compressed parts of a document may become.
MAX_UNPACKED = 200 * 1024 * 1024
#: Below every page.
_FAR = 1e6
#: Points from a page's top below which a text that repeats itself is a foot.
_FOOT = 400
_STREAM = re.compile(rb"stream\r?\n")
#: A document of which such a share of letters says nothing cannot be trusted in the rest.
_SENSELESS = 0.1
_DAMAGED = "PDF rusak atau terpotong. Unduh ulang dari bank lalu unggah lagi."
_LOCKED = "PDF dikunci kata sandi. Simpan ulang tanpa kata sandi lalu unggah lagi."
_NO_LETTERS = (
    "Huruf di PDF ini tidak bisa dibaca (fontnya tidak menyimpan arti hurufnya). Minta XLSX atau "
    "CSV dari bank."
)
_SCANNED = (
    "PDF ini hasil pindai: tidak ada teks di dalamnya. Minta berkas asli dari bank "
    "(PDF teks, XLSX atau CSV)."
)


def sheets(data: bytes) -> list[Sheet]:
    """The whole document as one table. Raises Unreadable for scans and damaged files."""
    refuse_bombs(data)
    found, scans = _read(data)
    if not any(line.cells for line in found):
        raise Unreadable(_SCANNED)
    found = unfolded(found)
    table = under_titles(found)
    pages = [f"hal. {line.page}" for line in found]
    remarks = [_scanned(scans)] if scans else []
    telling = [number for number, line in enumerate(found, start=1) if tells(line.texts)]
    repeated = _repeated(found)
    return [
        Sheet(None, lambda: iter(table), pages, remarks=remarks, repeated=repeated, telling=telling)
    ]


def _repeated(found: list[TextLine]) -> set[int]:
    """Rows that repeat on a later page: heads after the first, and every foot."""
    seen: dict[tuple[tuple[str, ...], int], tuple[int, int]] = {}
    again = set()
    for number, line in enumerate(found, start=1):
        place = tuple(line.texts), round(min(line.top, _FAR))
        page, first = seen.setdefault(place, (line.page, number))
        if page != line.page:
            again.add(number)
            again |= {first} if line.top > _FOOT else set()
    return again


def _scanned(scans: list[int]) -> Finding:
    numbers = ", ".join(map(str, scans))
    return Finding(
        "halaman_gambar",
        f"Halaman {numbers} hanya gambar tanpa teks dan tidak terbaca. Bila memuat transaksi, "
        "minta berkas asli dari bank.",
    )


def refuse_bombs(data: bytes) -> None:
    """Unpack every compressed part once, only to count it."""
    unpacked = 0
    for found in _STREAM.finditer(data):
        unpacker = zlib.decompressobj()
        part = memoryview(data)[found.end() :]
        try:
            size = len(unpacker.decompress(part, MAX_UNPACKED - unpacked + 1))
        except zlib.error:
            continue  # not deflated, so it cannot grow
        unpacked += size
        if unpacked > MAX_UNPACKED:
            raise TooLarge("Isi PDF mengembang tidak wajar. Ini bukan berkas dari bank.")


def _read(data: bytes) -> tuple[list[TextLine], list[int]]:
    """The lines of all pages, and which pages are pictures only."""
    from pdfminer.pdfdocument import PDFPasswordIncorrect
    from pdfminer.psexceptions import PSException

    try:
        return _lines(data)
    except PDFPasswordIncorrect as wrong:
        raise Unreadable(_LOCKED) from wrong
    except (
        *(PSException, struct.error, zlib.error),
        *(ValueError, TypeError, LookupError, AttributeError, AssertionError, ArithmeticError),
        *(RecursionError, EOFError, OSError, StopIteration, NotImplementedError),
    ) as wrong:  # what pdfminer raises on damaged files, found by fuzzing
        raise Unreadable(_DAMAGED) from wrong


def _lines(data: bytes) -> tuple[list[TextLine], list[int]]:
    from pdfplumber.utils.text import extract_words

    found: list[TextLine] = []
    scans: list[int] = []
    wrong = count = 0
    for page in pages(data):
        if page.number > MAX_PAGES:
            raise TooLarge(f"PDF lebih dari {MAX_PAGES} halaman. Bagi tagihan per bulan.")
        senseless, letters = unreadable(page.letters)
        wrong, count = wrong + senseless, count + letters
        if page.is_scan:
            scans.append(page.number)
        else:
            words = extract_words(page.letters, x_tolerance=2)
            found += framed(page.number, words, page.rules)
            found += [beside(page.number, text) for text in page.aside]
    if wrong > _SENSELESS * count:
        raise Unreadable(_NO_LETTERS)
    return found, scans
