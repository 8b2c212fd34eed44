"""Which format a file is in, told by its bytes, never by its name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice

from kkpd.core.errors import Unreadable
from kkpd.engines.reading.batch import Batch
from kkpd.engines.reading.formats import camt, mt940, ofx, xmltable
from kkpd.engines.reading.notes import Notes
from kkpd.engines.reading.profile import Profile, get_profile
from kkpd.engines.reading.sheet import Sheet
from kkpd.engines.reading.text import decode

Reader = Callable[[bytes, Profile, Notes], Iterator[Batch]]

_HEAD = 65_536
_GAP = re.compile(r"\S {2,}\S|\S\t+\S")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_XML = re.compile(rb"^(?:\xef\xbb\xbf)?\s*<(?:\?xml|[A-Za-z])|^\xff\xfe<\x00|^\xfe\xff\x00<")
_HTML = re.compile(rb"<\s*(?:html|table|!doctype\s+html)\b", re.IGNORECASE)
_QIF = re.compile(rb"(?:\xef\xbb\xbf)?\s*!(?:Type|Account|Option)\b", re.IGNORECASE)
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"II*\x00", b"MM\x00*")
_READERS: dict[str, Reader] = {"mt940": mt940.read, "camt": camt.read, "ofx": ofx.read}


def format_of(data: bytes) -> str:
    """`csv`, `xlsx`, `xls`, `xml`, `html`, `pdf`, `mt940`, `camt` or `ofx`.

    Raises Unreadable for pictures and archives; anything textual that is nothing else is `csv`.
    """
    head = data[:_HEAD]
    if head.startswith(b"PK"):
        return "xlsx"
    if head.startswith(_OLE):
        return "xls"
    if b"%PDF-" in head[:1024]:
        return "pdf"
    bitmap = head.startswith(b"BM") and b"\x00" in head[:16]
    if bitmap or head.startswith(_PICTURES):
        raise Unreadable(
            "Ini gambar, bukan tagihan. Unggah CSV, XLS, XLSX, PDF, MT940, CAMT atau OFX dari bank."
        )
    return _text_format(data, head)


def _text_format(data: bytes, head: bytes) -> str:
    plain = head.replace(b"\x00", b"")
    if _QIF.match(plain):
        raise Unreadable("Berkas QIF belum dibaca. Unduh OFX, CSV, XLSX atau MT940 dari bank.")
    if ofx.recognise(plain):
        return "ofx"
    if xmltable.MARK in plain[:4096] and _XML.match(head):
        return "xml"
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
            from kkpd.engines.reading.formats.workbook import sheets as read
        case "pdf":
            from kkpd.engines.reading.pdf.reader import sheets as read
        case "xml":
            read = xmltable.sheets
        case "html":
            from kkpd.engines.reading.formats.htmltable import sheets as read
        case _:
            return _text_sheets(data)
    return read(data)


def _text_sheets(data: bytes) -> list[Sheet]:
    """Separated values; text laid out by blanks only where that finds the table."""
    from kkpd.engines.reading.formats.csvtable import sheets as separated

    found = separated(data)
    if _laid_out(data) and not _has_table(found):
        from kkpd.engines.reading.pdf.fixedtable import sheets as laid_out

        placed = laid_out(data)
        if _has_table(placed):
            return placed
    return found


def _laid_out(data: bytes) -> bool:
    """Whether half of the first lines have blanks that part columns."""
    lines = [line for line in decode(data[:_HEAD]).splitlines()[:200] if line.strip()]
    return bool(lines) and 2 * sum(bool(_GAP.search(line)) for line in lines) >= len(lines)


def _has_table(found: list[Sheet]) -> bool:
    from kkpd.engines.reading.tables import layout

    general = get_profile("umum")
    heads = (list(islice(sheet.rows(), 200)) for sheet in found)
    return any(layout.find(head, general) is not None for head in heads)
