"""PDF bills with a text layer: the lines of all pages laid under the titles of one table."""

from __future__ import annotations

import io
import re
import struct
import zlib
from collections.abc import Iterator

from kkpd.domain.errors import TooLarge, Unreadable
from kkpd.ingest.pdftable import under_titles
from kkpd.ingest.pdfwords import Line, lines
from kkpd.ingest.sheet import Row, Sheet

#: Longer documents are no card bill.
MAX_PAGES = 400
#: The largest that all compressed parts of a document may become.
MAX_UNPACKED = 200 * 1024 * 1024
_STREAM = re.compile(rb"stream\r?\n")
_DAMAGED = "PDF rusak atau terkunci. Unduh ulang dari bank lalu unggah lagi."
_SCANNED = (
    "PDF ini hasil pindai: tidak ada teks di dalamnya. Minta berkas asli dari bank "
    "(PDF teks, XLSX atau CSV)."
)


def sheets(data: bytes) -> list[Sheet]:
    """The whole document as one table. Raises Unreadable for scans and damaged files."""
    refuse_bombs(data)
    found = _read(data)
    if not any(line.cells for line in found):
        raise Unreadable(_SCANNED)
    table = under_titles(found)
    pages = [f"hal. {line.page}" for line in found]

    def rows() -> Iterator[Row]:
        return iter(table)

    return [Sheet(None, rows, pages)]


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


def _read(data: bytes) -> list[Line]:
    import pdfplumber
    from pdfminer.psexceptions import PSException
    from pdfplumber.utils.exceptions import MalformedPDFException, PdfminerException

    try:
        with pdfplumber.open(io.BytesIO(data)) as document:
            if len(document.pages) > MAX_PAGES:
                raise TooLarge(f"PDF lebih dari {MAX_PAGES} halaman. Bagi tagihan per bulan.")
            found: list[Line] = []
            for number, page in enumerate(document.pages, start=1):
                found += lines(number, page.extract_words(x_tolerance=2))
                page.close()
            return found
    except (
        *(PSException, PdfminerException, MalformedPDFException, struct.error, zlib.error),
        *(ValueError, TypeError, LookupError, AttributeError, AssertionError, ArithmeticError),
        *(RecursionError, EOFError, OSError, StopIteration, NotImplementedError),
    ) as wrong:  # what pdfminer raises on damaged files, found by fuzzing
        raise Unreadable(_DAMAGED) from wrong
