"""Which format a file is in, told by its bytes, never by its name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from kkpd.domain.errors import Unreadable
from kkpd.ingest import camt, mt940, ofx
from kkpd.ingest.batch import Batch
from kkpd.ingest.notes import Notes
from kkpd.ingest.profile import Profile
from kkpd.ingest.sheet import Sheet
from kkpd.ingest.text import decode

Reader = Callable[[bytes, Profile, Notes], Iterator[Batch]]

_HEAD = 65_536
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_XML = re.compile(rb"^(?:\xef\xbb\xbf)?\s*<(?:\?xml|[A-Za-z])|^\xff\xfe<\x00|^\xfe\xff\x00<")
_HTML = re.compile(rb"<\s*(?:html|table|!doctype\s+html)\b", re.IGNORECASE)
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"II*\x00", b"MM\x00*", b"BM")
_READERS: dict[str, Reader] = {"mt940": mt940.read, "camt": camt.read, "ofx": ofx.read}


def format_of(data: bytes) -> str:
    """`csv`, `xlsx`, `xls`, `html`, `pdf`, `mt940`, `camt` or `ofx`.

    Raises Unreadable for pictures and archives; anything textual that is nothing else is `csv`.
    """
    head = data[:_HEAD]
    if head.startswith(b"PK"):
        return "xlsx"
    if head.startswith(_OLE):
        return "xls"
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if head.startswith(_PICTURES):
        raise Unreadable(
            "Ini gambar, bukan tagihan. Unggah CSV, XLS, XLSX, PDF, MT940, CAMT atau OFX dari bank."
        )
    return _text_format(data, head)


def _text_format(data: bytes, head: bytes) -> str:
    plain = head.replace(b"\x00", b"")
    if ofx.recognise(plain):
        return "ofx"
    if _HTML.search(plain[:4096]):
        return "html"
    if _XML.match(head):
        return "camt"
    return "mt940" if mt940.recognise(decode(data[:_HEAD])) else "csv"


def reader(kind: str) -> Reader | None:
    """The reader of a format that is no table, None for tables."""
    return _READERS.get(kind)


def sheets(kind: str, data: bytes) -> list[Sheet]:
    """The tables of a file in a table format; only the reader that is needed is imported."""
    match kind:
        case "xlsx" | "xls":
            from kkpd.ingest.workbook import sheets as read
        case "pdf":
            from kkpd.ingest.pdf import sheets as read
        case "html":
            from kkpd.ingest.htmltable import sheets as read
        case _:
            from kkpd.ingest.csvtable import sheets as read
    return read(data)
