"""What can still be read of a file that is not spelt as ours, for a better verdict.

Nothing found here is trusted: such a file has failed already.
"""

from __future__ import annotations

import io
from typing import Any

from kkpd.engines.paper.pdf.reader import unpack

_MARKS = (
    b"<pdf:Producer>KKPD</pdf:Producer>",
    b"<xmp:CreatorTool>KKPD</xmp:CreatorTool>",
    b"/Type/EmbeddedFile/Subtype/application#2Fjson/Params<</Size ",
)
_NAMES = ("data.json", "data.csv", "bukti.json")
_MAX = 64 * 1024 * 1024
#: The most bytes that one attachment may hold when unpacked.
MAX_UNPACKED = _MAX


def looks_like_ours(data: bytes) -> bool:
    """Whether the file has our marks, however damaged it is."""
    return any(mark in data for mark in _MARKS)


def attachments(data: bytes) -> list[bytes]:
    """Our attachments of a PDF in any spelling, in our order, up to the first that is missing."""
    import pikepdf

    if b"%PDF-" not in data[:1024] or len(data) > _MAX:
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
    """The content of an attachment, compressed as we do or not at all; ValueError otherwise or if
    too large.
    """
    if stream is None:
        raise ValueError("the stream is not there")
    kind, raw = stream.get("/Filter"), bytes(stream.read_raw_bytes())
    if kind is None:
        return raw
    if kind != "/FlateDecode":
        raise ValueError(f"packed by {kind}")
    return unpack(raw, MAX_UNPACKED)
