"""Which format a file is in, told by its bytes, and which bank profile fits it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import islice

from kkpd.core.errors import Unreadable
from kkpd.engines.reading.formats import camt, csvtable, markup, mt940, ofx, workbook
from kkpd.engines.reading.guard import decode
from kkpd.engines.reading.pdf.reader import sheets as pdf_sheets
from kkpd.engines.reading.pdf.table import laid_out
from kkpd.engines.reading.profile import (
    DAYS,
    MONEY,
    Profile,
    get_profile,
    load_profiles,
    lost_titles,
)
from kkpd.engines.reading.statement import Line, Notes, Row, Sheet, row_text, text_of
from kkpd.engines.reading.tables import layout

Reader = Callable[[bytes, Profile, Notes], Iterable[Line]]

_HEAD_BYTES, _HEAD = 65_536, 200
_GAP = re.compile(r"\S {2,}\S|\S\t+\S")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_XML = re.compile(rb"^(?:\xef\xbb\xbf)?\s*<(?:\?xml|[A-Za-z])|^\xff\xfe<\x00|^\xfe\xff\x00<")
_HTML = re.compile(rb"<\s*(?:html|table|!doctype\s+html)\b", re.IGNORECASE)
_OFX = re.compile(rb"<\s*OFX\b|OFXHEADER", re.IGNORECASE)
_QIF = re.compile(rb"(?:\xef\xbb\xbf)?\s*!(?:Type|Account|Option)\b", re.IGNORECASE)
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"II*\x00", b"MM\x00*")
_READERS: dict[str, Reader] = {"mt940": mt940.read, "camt": camt.read, "ofx": ofx.read}
_TABLES: dict[str, Callable[[bytes], list[Sheet]]] = {
    "xlsx": workbook.sheets,
    "xls": workbook.sheets,
    "pdf": pdf_sheets,
    "xml": markup.xml_sheets,
    "html": markup.html_sheets,
}


def format_of(data: bytes) -> str:
    """`csv`, `xlsx`, `xls`, `xml`, `html`, `pdf`, `mt940`, `camt` or `ofx`.

    Raises Unreadable for pictures and archives; anything textual that is nothing else is `csv`.
    """
    head = data[:_HEAD_BYTES]
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
    if _OFX.search(plain):
        return "ofx"
    if markup.XML_MARK in plain[:4096] and _XML.match(head):
        return "xml"
    if _HTML.search(plain[:4096]):
        return "html"
    if _XML.match(head):
        return "camt"
    lines = mt940.BREAK.split(decode(data[:_HEAD_BYTES]))[:200]
    return "mt940" if any(map(mt940.AT_START.match, lines)) else "csv"


def reader(kind: str) -> Reader | None:
    """The reader of a format that is no table, None for tables."""
    return _READERS.get(kind)


def sheets(kind: str, data: bytes) -> list[Sheet]:
    """The tables of a file; text by separators, or by blanks where only they show the table."""
    if kind != "csv":
        return _TABLES[kind](data)
    found = csvtable.sheets(data)
    if _laid_out(data) and not _has_table(found):
        placed = laid_out(data)
        if _has_table(placed):
            return placed
    return found


def _laid_out(data: bytes) -> bool:
    """Whether half of the first lines have blanks that part columns."""
    lines = [line for line in decode(data[:_HEAD_BYTES]).splitlines()[:200] if line.strip()]
    return bool(lines) and 2 * sum(bool(_GAP.search(line)) for line in lines) >= len(lines)


def _has_table(found: list[Sheet]) -> bool:
    general = get_profile("umum")
    heads = (list(islice(sheet.rows(), _HEAD)) for sheet in found)
    return any(layout.find(head, general) is not None for head in heads)


def choose(sheets: Sequence[Sheet]) -> Profile:
    """The shipped profile whose marks and columns the file shows, else `umum`."""
    profiles = load_profiles()
    for sheet in sheets:
        head = list(islice(sheet.rows(), _HEAD))
        text = " ".join(map(row_text, head)).casefold()
        for profile in profiles.values():
            marked = any(mark.casefold() in text for mark in profile.marks)
            if marked and layout.find(head, profile) is not None:
                return profile
    return profiles["umum"]


def fitting(data: bytes, profiles: Iterable[Profile]) -> list[Profile]:
    """The kept profiles that read the file, losing no day or money; the best named first."""
    found = []
    heads = _heads(data)
    for profile in profiles:
        read = [one for head in heads if (one := layout.find(head, profile)) is not None]
        lost = [lost_titles(one.titles, profile) for one in read]
        if any({*DAYS, *MONEY, "sign"}.isdisjoint(one) for one in lost):
            found.append((min(map(len, lost)) - len(profile.columns), profile))
    return [profile for _, profile in sorted(found, key=lambda one: one[0])]


def nearly(data: bytes, profiles: Iterable[Profile]) -> tuple[Profile, tuple[str, ...]] | None:
    """The kept profile most of whose titles stand in one row of the file, and those that do not."""
    heads = _heads(data)
    best: tuple[int, Profile, tuple[str, ...]] | None = None
    for profile in profiles:
        rows = (row for head in heads for row in head[: layout.HEADER_WITHIN])
        lost = min((lost_titles(map(text_of, row), profile) for row in rows), key=len, default={})
        there = len(profile.columns) - len(lost)
        if lost and 2 <= there > len(lost) - 1 and (best is None or there > best[0]):
            best = there, profile, tuple(lost.values())
    return best and best[1:]


def _heads(data: bytes) -> list[list[Row]]:
    """The first rows of each table; none for formats without columns."""
    kind = format_of(data)
    if reader(kind) is not None:
        return []
    return [list(islice(sheet.rows(), _HEAD)) for sheet in sheets(kind, data)]
