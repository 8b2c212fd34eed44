"""The end of a form: place and date, whole signature blocks, and the proof of issue."""

from __future__ import annotations

from datetime import timezone
from itertools import zip_longest
from typing import NamedTuple

import segno

from kkpd.core import moments
from kkpd.core.proof.events import LogEvent, Proof
from kkpd.engines.paper import SignatureBlock
from kkpd.engines.paper.pdf.file import points
from kkpd.engines.paper.pdf.writer import Element, alternative
from kkpd.engines.paper.sheet import style
from kkpd.engines.paper.sheet.flow import Flow, wrap

_SPACE = 4400
_QR = 6600
_INDENT = _QR + style.GAP
#: The width that the proof needs beside signatures.
_LEAST = 26000

_Line = tuple[str, str]


class _Place(NamedTuple):
    """A place for the proof: distance from the left margin, and width."""

    start: int
    width: int


def height(flow: Flow, bukti: Proof | None) -> int:
    """The smallest height of signatures and proof together."""
    pairs, free = _pairs(flow), _free(flow)
    signatures = sum(_pair_height(flow, *pair) for pair in pairs) + (style.GAP if pairs else 0)
    if bukti is None:
        return signatures
    if free is not None:
        return max(signatures, _proof_height(flow, bukti, free) + style.GAP)
    return signatures + _proof_height(flow, bukti, _foot(flow))


def draw(flow: Flow, bukti: Proof | None) -> None:
    """Signatures, two beside each other, then the proof: at the foot, or beside the signatures if
    the foot would need another page.
    """
    flow.y -= style.GAP
    pairs, place = _pairs(flow), _foot(flow)
    for pair in pairs[:-1]:
        _pair(flow, *pair)
    if pairs and bukti is not None:
        place = _need(flow, bukti, _pair_height(flow, *pairs[-1]))
    for pair in pairs[-1:]:
        _pair(flow, *pair)
    if bukti is not None:
        _proof(flow, bukti, place)


def _need(flow: Flow, bukti: Proof, signatures: int) -> _Place:
    """Make room for the last signatures and the proof on one page; the place of the proof."""
    foot, free = _foot(flow), _free(flow)
    whole = signatures + _proof_height(flow, bukti, foot)
    if free is None:
        flow.need(whole)
        return foot
    flow.need(max(signatures, _proof_height(flow, bukti, free)))
    return foot if flow.room >= whole else free


def _foot(flow: Flow) -> _Place:
    """The full width."""
    return _Place(0, flow.width)


def _free(flow: Flow) -> _Place | None:
    """The room beside a signature alone on the right, or between two on a wide page."""
    sides, room = sorted(s.sisi for s in flow.dokumen.tanda_tangan), _room(flow) + style.GAP
    if sides == ["kanan"]:
        return _Place(0, flow.width - room)
    if sides == ["kanan", "kiri"] and flow.width - 2 * room >= _LEAST:
        return _Place(room, flow.width - 2 * room)
    return None


def _pair(flow: Flow, left: SignatureBlock | None, right: SignatureBlock | None) -> None:
    flow.need(_pair_height(flow, left, right))
    top, upper = flow.y, _upper_count(flow, left, right)
    lowest = top
    for side, signature in enumerate((left, right)):
        if signature is not None:
            flow.y = top
            _signature(flow, signature, side, upper)
            lowest = min(lowest, flow.y)
    flow.y = lowest


def _pairs(flow: Flow) -> list[tuple[SignatureBlock | None, SignatureBlock | None]]:
    signatures = flow.dokumen.tanda_tangan
    left = [signature for signature in signatures if signature.sisi == "kiri"]
    right = [signature for signature in signatures if signature.sisi == "kanan"]
    return list(zip_longest(left, right))


def _dated(flow: Flow, signature: SignatureBlock) -> str:
    """Place and date, above the first block on the right (or the first of all)."""
    document = flow.dokumen
    right = [s for s in document.tanda_tangan if s.sisi == "kanan"] or document.tanda_tangan
    if signature is not right[0] or not document.tempat:
        return ""
    return f"{document.tempat}, {moments.long(document.tanggal)}"


def _upper(flow: Flow, signature: SignatureBlock) -> list[str]:
    """The lines above the space. Place and date are level with "Mengetahui," on the left, so that
    the capacities are level too.
    """
    room, letters = _room(flow), flow.letters("R")
    dated = _dated(flow, signature)
    first, second = (dated, signature.pembuka) if dated else (signature.pembuka, "")
    lines = [first, *([second] if second else []), signature.selaku]
    return [line for part in lines for line in wrap(letters, part, style.BODY, room)]


def _lower(flow: Flow, signature: SignatureBlock) -> list[_Line]:
    """The lines below the space, with their face."""
    person, room = signature.orang, _room(flow)
    name = wrap(flow.letters("B"), person.nama or "." * 40, style.BODY, room)
    rest = [person.pangkat, f"NIP {person.nip}" if person.nip else ""]
    lines = [
        line for part in rest if part for line in wrap(flow.letters("R"), part, style.BODY, room)
    ]
    return [*((line, "B") for line in name), *((line, "R") for line in lines)]


def _room(flow: Flow) -> int:
    return min(22000, flow.width * 45 // 100)


def _pair_height(flow: Flow, left: SignatureBlock | None, right: SignatureBlock | None) -> int:
    lower = max(len(_lower(flow, one)) for one in (left, right) if one is not None)
    return (_upper_count(flow, left, right) + lower) * style.BODY_LEADING + _SPACE


def _upper_count(flow: Flow, *signatures: SignatureBlock | None) -> int:
    """How many lines are above the space, so that names beside each other are level."""
    return max(len(_upper(flow, one)) for one in signatures if one is not None)


def _signature(flow: Flow, signature: SignatureBlock, side: int, upper: int) -> None:
    """One block, its lines centred under each other, the name underlined."""
    room = _room(flow)
    x = flow.right - room if side else flow.left
    block = flow.file.tags.open("Sect", flow.root)
    lines = _upper(flow, signature)
    for line in lines:
        _centred(flow, line, "R", x, room, block)
    flow.y -= _SPACE + (upper - len(lines)) * style.BODY_LEADING
    for line, key in _lower(flow, signature):
        width = _centred(flow, line, key, x, room, block)
        if key == "B":
            start = x + (room - width) // 2
            flow.file.page.shapes.append("0 G")
            flow.file.line(start, flow.y + 230, start + width, flow.y + 230, 50)
    flow.file.tags.close(block)


def _centred(flow: Flow, line: str, key: str, x: int, room: int, block: Element) -> int:
    """One line as a paragraph of the block; gives its width."""
    width = 0
    if line:
        element = flow.open("P", line, key, block)
        run = flow.letters(key).run(line)
        flow.file.begin(element)
        width = run.width * style.BODY // 1000
        y = flow.y - style.BODY - (style.BODY_LEADING - style.BODY) // 4
        flow.file.show(x + (room - width) // 2, y, run, key, style.BODY)
        flow.file.end()
        flow.file.tags.close(element)
    flow.y -= style.BODY_LEADING
    return width


def _proof_height(flow: Flow, bukti: Proof, place: _Place) -> int:
    """The height of the proof at this place, including the gap above it."""
    room, letters = place.width - _INDENT, flow.letters("R")
    said = proof_lines(bukti, *_address(flow), flow.look.zone)
    lines = sum(len(wrap(letters, line, style.SMALL, room)) for line in said)
    return max(_QR, lines * style.SMALL_LEADING) + style.GAP


def _address(flow: Flow) -> tuple[str, str]:
    """The address for checking, and the hash."""
    digest = flow.dokumen.sidik()
    return flow.dokumen.alamat_periksa + digest, digest


def _proof(flow: Flow, bukti: Proof, place: _Place) -> None:
    """The proof at the foot of the last page: QR with address and hash, and its explanation."""
    wanted, (address, digest) = _proof_height(flow, bukti, place), _address(flow)
    if not place.start and place.width == flow.width:
        flow.need(wanted)
    flow.y = flow.bottom + wanted - style.GAP
    _code(flow, address, flow.left + place.start, flow.y)
    for line in proof_lines(bukti, address, digest, flow.look.zone):
        flow.text(
            "P",
            line,
            size=style.SMALL,
            leading=style.SMALL_LEADING,
            indent=place.start + _INDENT,
            spare=flow.width - place.start - place.width,
        )


def proof_lines(bukti: Proof, address: str, digest: str, zone: timezone) -> list[str]:
    """The text of the proof on the last page."""
    event = LogEvent.from_bytes(bukti.event)
    return [
        "Berkas ini membawa data dan bukti penerbitannya sendiri.",
        f"Periksa: {address}" if address != digest else "Periksa tanpa jaringan: kkpd verify",
        f"Sidik data (SHA-256): {digest}",
        f"Peristiwa no. {event.seq} pada rantai {event.chain}, "
        f"{event.at.astimezone(zone):%d-%m-%Y %H:%M %Z}; titik periksa {bukti.checkpoint_name}",
        f"Akar titik periksa: {bukti.point.root}",
    ]


def _code(flow: Flow, content: str, left: int, top: int) -> None:
    """The QR code as filled rectangles, one for each run of dark modules in a row."""
    code = segno.make_qr(content, error="m", boost_error=False)
    rows = [bytes(row) for row in code.matrix]
    unit = _QR // len(rows)
    shapes = []
    for number, row in enumerate(rows):
        for start, length in _dark_runs(row):
            x, y = left + start * unit, top - (number + 1) * unit
            shapes.append(f"{x} {y} {length * unit} {unit} re")
    size = unit * len(rows)
    box = " ".join(map(points, (left, top - size, left + size, top)))
    figure = flow.file.tags.open(
        "Figure",
        flow.root,
        alternative(f"Kode QR: {content}") + f"/A<</O/Layout/BBox[{box}]/Placement/Block>>",
    )
    flow.file.figure(figure, "0 g " + " ".join(shapes) + " f")
    flow.file.tags.close(figure)


def _dark_runs(row: bytes) -> list[tuple[int, int]]:
    found, start = [], None
    for at, module in enumerate((*row, 0)):
        if module and start is None:
            start = at
        elif not module and start is not None:
            found.append((start, at - start))
            start = None
    return found
