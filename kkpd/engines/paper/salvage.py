"""What can be read of a file that is not spelt as it was issued.

Mail programs add line breaks, FTP in text mode changes line ends, viewers save a file again. None
of this forges anything, and people should hear it as what it is. Nothing found here is trusted: the
proof is followed from the data, and pages count only where they equal the data drawn again.
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Iterator
from typing import Any

from kkpd.core.proof.events import Proof
from kkpd.engines.paper import FrozenDocument
from kkpd.engines.paper.pdf import reader as pdf_reader
from kkpd.engines.paper.pdf.reader import Misspelt, unpack
from kkpd.engines.paper.sheet import draw
from kkpd.engines.paper.sign.revisions import foreign_revisions

_MARKS = (
    b"<pdf:Producer>KKPD</pdf:Producer>",
    b"<xmp:CreatorTool>KKPD</xmp:CreatorTool>",
    b"/Type/EmbeddedFile/Subtype/application#2Fjson/Params<</Size ",
)
_NAMES = ("data.json", "data.csv", "bukti.json")
_ATTACHED = re.compile(rb"<</Type/EmbeddedFile[^\n]*/Filter/FlateDecode/Length \d+>>\nstream\n")
#: The most bytes that a file or one of its attachments may hold.
MAX_UNPACKED = 64 * 1024 * 1024


def looks_like_ours(data: bytes) -> bool:
    """Whether the file has our marks, however damaged it is."""
    return any(mark in data for mark in _MARKS)


def as_issued(data: bytes) -> bytes | None:
    """The file as it was before line ends were changed or blank lines added; None if it cannot be
    told.
    """
    plain = data.replace(b"\r\n", b"\n")
    for found in (*_trimmed(data), *_trimmed(plain), *_drawn_from(plain)):
        if found != data and _is_whole(found):
            return found
    return None


def _trimmed(data: bytes) -> Iterator[bytes]:
    text = data.rstrip(b"\r\n\t ")
    yield from (text + end for end in (b"\n", b"", b"\r\n"))


def _drawn_from(plain: bytes) -> Iterator[bytes]:
    """The drawing of the data inside, where the file differs from it in line ends alone."""
    attached = [_inflated(plain[found.end() :]) for found in _ATTACHED.finditer(plain)]
    if len(attached) != len(_NAMES):
        return
    try:
        again = draw(FrozenDocument.from_json(attached[0]), Proof.from_json(attached[2]))
    except ValueError:
        return
    if again.replace(b"\r\n", b"\n") == plain:
        yield again


def _inflated(data: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(data, MAX_UNPACKED)
    except zlib.error:
        return b""


def _is_whole(data: bytes) -> bool:
    try:
        return not foreign_revisions(data, pdf_reader.parse(data).end)
    except Misspelt:
        return False


def salvaged(data: bytes) -> list[bytes]:
    """Our attachments of a PDF in any spelling, in our order, up to the first that is missing."""
    import pikepdf

    if b"%PDF-" not in data[:1024] or len(data) > MAX_UNPACKED:
        return []
    found = []
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            for name in _NAMES:
                if name not in pdf.attachments:
                    break
                found.append(_content(pdf.attachments[name].get_file().obj))
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, RuntimeError):
        return found
    return found if found and found[0].startswith(b'{"alamat_periksa":') else []


def _content(stream: Any) -> bytes:
    """The content of a stream, compressed as we do or not at all; ValueError otherwise or if too
    large.
    """
    if stream is None:
        raise ValueError("the stream is not there")
    kind, raw = stream.get("/Filter"), bytes(stream.read_raw_bytes())
    if kind is None:
        return raw
    if kind != "/FlateDecode":
        raise ValueError(f"packed by {kind}")
    return unpack(raw, MAX_UNPACKED)


#: How bytes are packed, and metadata, which every program that saves a file writes anew.
_OF_THE_SAVING = {"/Length", "/Filter", "/DecodeParms", "/Metadata", "/Version", "/Extensions"}


def same_document(data: bytes, drawn: bytes) -> bool:
    """Whether a PDF in any spelling has the objects of the drawing from its root on: pages, fonts,
    attachments, structure, and nothing else.
    """
    import pikepdf

    try:
        with (
            pikepdf.open(io.BytesIO(data)) as given,
            pikepdf.open(io.BytesIO(drawn)) as ours,
        ):
            return _same_graph(given.Root, ours.Root)
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, RuntimeError, AttributeError):
        return False


def _same_graph(given: Any, ours: Any) -> bool:
    waiting, seen = [(given, ours)], set[tuple[Any, Any]]()
    while waiting:
        a, b = waiting.pop()
        if type(a) is not type(b):
            return False
        if not hasattr(a, "objgen"):  # a plain number or truth
            if a != b:
                return False
            continue
        pair = (a.objgen, b.objgen)
        if a.is_indirect and pair in seen:
            continue
        seen.add(pair)
        parts = _parts(a, b)
        if parts is None:
            return False
        waiting += parts
    return True


def _parts(a: Any, b: Any) -> list[tuple[Any, Any]] | None:
    """What is inside two objects, in pairs; None where they differ."""
    import pikepdf

    if isinstance(a, pikepdf.Array):
        return list(zip(a, b, strict=True)) if len(a) == len(b) else None
    if not isinstance(a, pikepdf.Dictionary | pikepdf.Stream):
        return [] if a == b else None
    names = {*a.keys()} - _OF_THE_SAVING
    if names != {*b.keys()} - _OF_THE_SAVING:
        return None
    if isinstance(a, pikepdf.Stream) and _content(a) != _content(b):
        return None
    return [(a[name], b[name]) for name in names]
