"""The parts between title and signatures: label rows, paragraphs, amounts in words, tables."""

from __future__ import annotations

from collections.abc import Sequence

from kkpd.engines.paper import Entries, Paragraph, Table, Terbilang
from kkpd.engines.paper.parts import Piece
from kkpd.engines.paper.pdf.tags import Element
from kkpd.engines.paper.sheet import style
from kkpd.engines.paper.sheet.flow import Flow
from kkpd.engines.paper.sheet.table import TableDrawing
from kkpd.engines.paper.sheet.wrap import wrap

_NUMBER_INDENT = 1800
_LABEL_GAP = 500


def draw(flow: Flow, parts: Sequence[Piece], closing: int) -> None:
    """All parts in order; `closing` is the height of signatures and proof after them."""
    listed: Element | None = None
    ahead: TableDrawing | None = None
    for at, part in enumerate(parts):
        numbered = isinstance(part, Paragraph) and bool(part.nomor)
        if listed is not None and not numbered:
            flow.file.tags.close(listed)
            listed = None
        if numbered and listed is None:
            listed = flow.file.tags.open("L", flow.root, "/A<</O/List/ListNumbering/Decimal>>")
        if at == len(parts) - 1 and not isinstance(part, Table):
            flow.need(part_height(flow, part) + style.GAP + closing)  # no signature alone
        tail = _tail(flow, parts[at + 1 :], closing)
        if isinstance(part, Table):
            _table(flow, part, tail, ahead or _ahead(flow, part, tail))
            ahead = None
            continue
        following = parts[at + 1] if at + 1 < len(parts) else None
        if isinstance(following, Table):
            ahead = _ahead(flow, following, _tail(flow, parts[at + 2 :], closing))
            if ahead is not None:
                flow.need(part_height(flow, part) + ahead.stay.beginning(_title(following)))
        _part(flow, part, listed)
    if listed is not None:
        flow.file.tags.close(listed)


def _ahead(flow: Flow, part: Table, tail: int) -> TableDrawing | None:
    """The table that follows, if the look keeps its title with it."""
    return TableDrawing(flow, part, tail) if flow.look.heads_stay else None


def _title(part: Table) -> int:
    return style.SECTION_LEADING + 200 if part.judul else 0


def _part(flow: Flow, part: Entries | Paragraph | Terbilang, listed: Element | None) -> None:
    if isinstance(part, Entries):
        _details(flow, part)
    elif isinstance(part, Paragraph):
        _paragraph(flow, part, listed)
    else:
        _words(flow, part)


def _tail(flow: Flow, rest: Sequence[Piece], closing: int) -> int:
    """The height of what follows, if it is short enough to stay with the last row, else 0."""
    if any(isinstance(part, Table) for part in rest):
        return 0
    height = closing + style.GAP + sum(part_height(flow, part) for part in rest)
    if flow.look.heads_stay and not rest:
        return height
    return height if height <= flow.full_height * 6 // 10 else 0


def part_height(flow: Flow, part: Piece) -> int:
    """The height of a part that is not a table."""
    if isinstance(part, Paragraph):
        indent = _NUMBER_INDENT if part.nomor else 0
        key = "B" if part.tebal else "R"
        return flow.text_height(part.teks, key=key, indent=indent) + 350
    if isinstance(part, Terbilang):
        return flow.text_height(_said(part)) + 350
    if isinstance(part, Entries):
        return sum(len(lines) for _, lines in _detail_lines(flow, part)) * 1380 + style.GAP
    return 0


def _paragraph(flow: Flow, part: Paragraph, listed: Element | None) -> None:
    key = "B" if part.tebal else "R"
    flow.need(2 * style.BODY_LEADING)
    if listed is None:
        flow.text("P", part.teks, key=key)
    else:
        item = flow.file.tags.open("LI", listed)
        top, page = flow.y, flow.file.page
        flow.text("Lbl", part.nomor, key=key, parent=item)
        if flow.file.page is page:
            flow.y = top
        flow.text("LBody", part.teks, key=key, indent=_NUMBER_INDENT, parent=item)
        flow.file.tags.close(item)
    flow.y -= 350


def _said(part: Terbilang) -> str:
    return f"{part.label}: {part.kata}"


def _words(flow: Flow, part: Terbilang) -> None:
    flow.need(style.BODY_LEADING)
    flow.text("P", _said(part))
    flow.y -= 350


def _detail_lines(flow: Flow, part: Entries) -> list[tuple[str, list[str]]]:
    room = flow.width - _label_width(flow, part) - 2 * _LABEL_GAP
    letters = flow.letters("R")
    return [(b.label, wrap(letters, b.isi, style.BODY, room)) for b in part.butir]


def _label_width(flow: Flow, part: Entries) -> int:
    """The widest label, at most two fifths of the page."""
    letters = flow.letters("R")
    widest = max((letters.width(b.label) for b in part.butir), default=0)
    return min(widest * style.BODY // 1000, flow.width * 2 // 5)


def _details(flow: Flow, part: Entries) -> None:
    """Label, colon, value; one paragraph a row."""
    at = flow.left + _label_width(flow, part) + _LABEL_GAP
    letters = flow.letters("R")
    for label, lines in _detail_lines(flow, part):
        flow.need(min(len(lines), 3) * style.BODY_LEADING)
        element = flow.open("P", f"{label}: {''.join(lines)}", "R")
        flow.file.begin(element)
        y = flow.y - style.BODY - (style.BODY_LEADING - style.BODY) // 4
        room = at - flow.left - _LABEL_GAP // 2
        shown = wrap(letters, label, style.BODY, room)[0]
        flow.file.show(flow.left, y, letters.run(shown), "R", style.BODY)
        flow.file.show(at, y, letters.run(":"), "R", style.BODY)
        flow.file.end()
        flow.lines(
            element, lines, x=at + _LABEL_GAP, key="R", size=style.BODY,
            leading=style.BODY_LEADING,
        )  # fmt: skip
        flow.file.tags.close(element)
    flow.y -= style.GAP


def _table(flow: Flow, part: Table, tail: int, ahead: TableDrawing | None) -> None:
    if ahead is not None:
        flow.need(ahead.stay.beginning(_title(part)))
    if part.judul:
        if ahead is None:
            flow.need(style.SECTION_LEADING + 8000)
        flow.text("H2", part.judul, key="B", size=style.SECTION, leading=style.SECTION_LEADING)
        flow.y -= 200
    drawing = ahead
    if drawing is None:
        drawing = TableDrawing(flow, part, tail)
        flow.need(drawing.stay.beginning())
    drawing.draw()
    flow.y -= style.GAP
