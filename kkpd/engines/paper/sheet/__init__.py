"""A frozen document as a tagged PDF (PDF/UA-1, PDF/A-3a) with its data and proof.

The same document, proof and look always give the same content: a look never changes once documents
were issued with it. A new look is another line of `LOOKS`; none is ever removed. This file draws
the head of government, the title and the parts; `closing` draws signatures and proof.
"""

from __future__ import annotations

import base64
import binascii
import io
from collections.abc import Callable, Sequence
from typing import Final

from PIL import Image

from kkpd.core.document_kinds import KINDS
from kkpd.core.proof.events import Proof
from kkpd.engines.paper import Entries, FrozenDocument, Letterhead, Paragraph, Table, Terbilang, csv
from kkpd.engines.paper.parts import Piece
from kkpd.engines.paper.pdf import file as pdf
from kkpd.engines.paper.pdf.file import points
from kkpd.engines.paper.pdf.writer import Element, alternative
from kkpd.engines.paper.sheet import closing, style
from kkpd.engines.paper.sheet.flow import Flow, page_total_width, wrap
from kkpd.engines.paper.sheet.style import FIRST, SECOND
from kkpd.engines.paper.sheet.table import TableDrawing

#: The look of each version of a form; titles and columns come with the data.
LOOKS: Final = {1: FIRST, 2: SECOND}
_FORMS: Final = {kind.drawing for kind in KINDS.values() if kind.drawing}
#: The slot for the coat of arms; free on both sides so that the text is centred.
_SLOT_WIDTH, _SLOT_HEIGHT = 5000, 6000
DRAFT = "RANCANGAN – belum diterbitkan"
_NUMBER_INDENT = 1800
_LABEL_GAP = 500


def draw(
    dokumen: FrozenDocument,
    bukti: Proof | None = None,
    each_page: Callable[[], None] | None = None,
) -> bytes:
    """The document as a PDF by the drawing of its form and version.

    `each_page` is called between pages; it can cancel long work by raising. ValueError for a form
    or version that was never drawn, a draft with proof, or an issued document without one.
    """
    look = LOOKS.get(dokumen.versi)
    if look is None or dokumen.formulir not in _FORMS:
        raise ValueError(
            f"no drawing {dokumen.versi} of {dokumen.formulir!r}: it needs a newer program"
        )
    if dokumen.rancangan != (bukti is None):
        raise ValueError("a draft has no proof, an issued document has one")
    flow = Flow(look, dokumen, each_page)
    _opening(flow)
    _parts(flow, dokumen.isi, closing.height(flow, bukti))
    closing.draw(flow, bukti)
    data = dokumen.to_json()
    title = " ".join(part for part in (dokumen.judul, dokumen.nomor) if part)
    return flow.file.finish(
        title=f"{DRAFT}: {title}" if dokumen.rancangan else title,
        author=dokumen.kop.opd or dokumen.kop.pemerintah,
        day=dokumen.tanggal,
        identity=bytes.fromhex(dokumen.sidik())[:16],
        shared=_shared(flow, bukti),
        attachments=_attachments(dokumen, data, bukti),
    )


def _attachments(dokumen: FrozenDocument, data: bytes, bukti: Proof | None) -> list[pdf.Attachment]:
    found = [
        pdf.Attachment("data.json", "application/json", "Data dokumen (RFC 8785)", "Source", data),
        pdf.Attachment("data.csv", "text/csv", "Tabel dokumen", "Alternative", csv.write(dokumen)),
    ]
    if bukti is not None:
        about = "Bukti penerbitan: peristiwa, jalur, titik periksa, tanda tangan"
        proof = bukti.to_json()
        found.append(pdf.Attachment("bukti.json", "application/json", about, "Supplement", proof))
    return found


def _shared(flow: Flow, bukti: Proof | None) -> pdf.Page:
    """The background of every page: number of pages, fingerprint or draft mark."""
    file = flow.file
    last, file.page = file.page, pdf.Page(0)
    letters, y = flow.letters("R"), style.MARGIN_BOTTOM - 2000
    file.begin_furniture(pdf.FOOTER)
    total = letters.run(f" dari {file.page_count}")
    file.show(flow.right - page_total_width(flow), y, total, "R", style.SMALL)
    file.show(flow.left, y, letters.run(_mark(flow, bukti)), "R", style.SMALL)
    file.end()
    if bukti is None:
        _watermark(flow, file.page)
    shared, file.page = file.page, last
    return shared


def _mark(flow: Flow, bukti: Proof | None) -> str:
    if bukti is None:
        return DRAFT
    return f"Sidik {flow.dokumen.sidik()[:16]}… · titik periksa {bukti.checkpoint_name}"


def _watermark(flow: Flow, page: pdf.Page) -> None:
    """RANCANGAN across the page, from lower left to upper right."""
    run = flow.letters("B").run("RANCANGAN")
    size = 9000
    half = run.width * size // 2000
    centre_x, centre_y = flow.file.width // 2, flow.file.height // 2
    # text matrix with cos and sin of 45 degrees; starts 0.7071 of half the length before the middle
    x, y = centre_x - half * 7071 // 10000, centre_y - half * 7071 // 10000
    page.texts += [
        pdf.REPEATED,
        style.WATERMARK,
        f"/B {size} Tf .7071 .7071 -.7071 .7071 {x} {y} Tm<{run.glyphs}>Tj",
        "EMC",
    ]


def _opening(flow: Flow) -> None:
    """Head, rule, draft mark, title, number."""
    document = flow.dokumen
    top = flow.y
    has_arms = bool(document.kop.lambang)
    if has_arms:
        _coat_of_arms(flow, document.kop, top)
    _letterhead(flow, document.kop, _SLOT_WIDTH if has_arms else 0)
    flow.y = min(flow.y, top - _SLOT_HEIGHT) if has_arms else flow.y
    flow.y -= 350
    flow.file.page.shapes.append("0 G")
    flow.file.line(flow.left, flow.y, flow.right, flow.y, style.THICK)
    flow.file.line(flow.left, flow.y - 230, flow.right, flow.y - 230, style.RULE)
    flow.y -= 1300
    _heading(flow)


def _letterhead(flow: Flow, kop: Letterhead, slot: int) -> None:
    for value, key, size, leading in (
        (kop.pemerintah.upper(), "R", 1150, 1500),
        (kop.opd.upper(), "B", 1350, 1700),
        (kop.alamat, "R", 850, 1150),
    ):
        for line in wrap(flow.letters(key), value, size, flow.width - 2 * slot) if value else []:
            flow.text("P", line, key=key, size=size, leading=leading, align="center")


def _heading(flow: Flow) -> None:
    document = flow.dokumen
    flow.text(
        "H1",
        document.judul.upper(),
        key="B",
        size=style.TITLE,
        leading=style.TITLE_LEADING,
        align="center",
    )
    for line in document.subjudul:
        flow.text("P", line, size=style.SECTION, leading=style.SECTION_LEADING, align="center")
    if document.nomor:
        flow.text("P", f"Nomor: {document.nomor}", align="center")
    if document.rancangan:
        flow.text("P", DRAFT, key="B", size=900, leading=1300, align="center")
    flow.y -= style.GAP


def _coat_of_arms(flow: Flow, kop: Letterhead, top: int) -> None:
    """The image in its slot, as large as fits; ValueError if it is not a small PNG."""
    width, height, pixels = _pixels(kop.lambang)
    scale = max(width * 1000 // _SLOT_WIDTH, height * 1000 // _SLOT_HEIGHT, 1)
    shown_width, shown_height = width * 1000 // scale, height * 1000 // scale
    x, y = flow.left, top - shown_height
    box = " ".join(map(points, (x, y, x + shown_width, top)))
    figure = flow.file.tags.open(
        "Figure",
        flow.root,
        alternative(f"Lambang {kop.pemerintah}") + f"/A<</O/Layout/BBox[{box}]/Placement/Block>>",
    )
    name = flow.file.image(width, height, pixels)
    flow.file.figure(figure, f"{shown_width} 0 0 {shown_height} {x} {y} cm {name} Do")
    flow.file.tags.close(figure)


def _pixels(encoded: str) -> tuple[int, int, bytes]:
    """Width, height and RGB bytes of a base64 PNG on white."""
    try:
        image = Image.open(io.BytesIO(base64.b64decode(encoded, validate=True)), formats=["PNG"])
        if image.width * image.height > 1_000_000:
            raise ValueError("the coat of arms has more than a million pixels")
        colours = image.convert("RGBA")
    except (binascii.Error, OSError, SyntaxError) as error:
        raise ValueError(f"the coat of arms is no PNG: {error}") from None
    ground = Image.new("RGBA", colours.size, "white")
    ground.alpha_composite(colours)
    return colours.width, colours.height, ground.convert("RGB").tobytes()


def _parts(flow: Flow, parts: Sequence[Piece], closing: int) -> None:
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
            _draw_table(flow, part, tail, ahead or _ahead(flow, part, tail))
            ahead = None
            continue
        following = parts[at + 1] if at + 1 < len(parts) else None
        if isinstance(following, Table):
            ahead = _ahead(flow, following, _tail(flow, parts[at + 2 :], closing))
            if ahead is not None:
                flow.need(part_height(flow, part) + ahead.stay.beginning(_title_height(following)))
        _part(flow, part, listed)
    if listed is not None:
        flow.file.tags.close(listed)


def _ahead(flow: Flow, part: Table, tail: int) -> TableDrawing | None:
    """The table that follows, if the look keeps its title with it."""
    return TableDrawing(flow, part, tail) if flow.look.heads_stay else None


def _title_height(part: Table) -> int:
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
            element,
            lines,
            x=at + _LABEL_GAP,
            key="R",
            size=style.BODY,
            leading=style.BODY_LEADING,
        )
        flow.file.tags.close(element)
    flow.y -= style.GAP


def _draw_table(flow: Flow, part: Table, tail: int, ahead: TableDrawing | None) -> None:
    if ahead is not None:
        flow.need(ahead.stay.beginning(_title_height(part)))
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
