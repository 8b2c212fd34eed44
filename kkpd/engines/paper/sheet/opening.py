"""The beginning of a form: the head of government with its coat of arms, title, number."""

from __future__ import annotations

import base64
import binascii
import io

from PIL import Image

from kkpd.engines.paper import Letterhead
from kkpd.engines.paper.pdf.file import points
from kkpd.engines.paper.pdf.tags import alternative
from kkpd.engines.paper.sheet import style
from kkpd.engines.paper.sheet.flow import Flow
from kkpd.engines.paper.sheet.wrap import wrap

#: The slot for the coat of arms; free on both sides so that the text is centred.
_SLOT_WIDTH, _SLOT_HEIGHT = 5000, 6000
DRAFT = "RANCANGAN – belum diterbitkan"


def draw(flow: Flow) -> None:
    """Head, rule, draft mark, title, number."""
    document = flow.dokumen
    top = flow.y
    has_arms = bool(document.kop.lambang)
    if has_arms:
        _coat_of_arms(flow, document.kop, top)
    _lines(flow, document.kop, _SLOT_WIDTH if has_arms else 0)
    flow.y = min(flow.y, top - _SLOT_HEIGHT) if has_arms else flow.y
    flow.y -= 350
    flow.file.page.shapes.append("0 G")
    flow.file.line(flow.left, flow.y, flow.right, flow.y, style.THICK)
    flow.file.line(flow.left, flow.y - 230, flow.right, flow.y - 230, style.RULE)
    flow.y -= 1300
    _title(flow)


def _lines(flow: Flow, kop: Letterhead, slot: int) -> None:
    for value, key, size, leading in (
        (kop.pemerintah.upper(), "R", 1150, 1500),
        (kop.opd.upper(), "B", 1350, 1700),
        (kop.alamat, "R", 850, 1150),
    ):
        for line in wrap(flow.letters(key), value, size, flow.width - 2 * slot) if value else []:
            flow.text("P", line, key=key, size=size, leading=leading, align="center")


def _title(flow: Flow) -> None:
    document = flow.dokumen
    flow.text(
        "H1", document.judul.upper(), key="B", size=style.TITLE, leading=style.TITLE_LEADING,
        align="center",
    )  # fmt: skip
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
