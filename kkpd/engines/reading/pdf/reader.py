"""PDF bills with a text layer: the lines of all pages laid under the titles of one table."""

from __future__ import annotations

import re
import struct
import zlib

from kkpd.core.errors import Finding, TooLarge, Unreadable
from kkpd.engines.reading.cells.evidence import tells
from kkpd.engines.reading.pdf import pages as pdfpages
from kkpd.engines.reading.pdf.grid import framed
from kkpd.engines.reading.pdf.table import under_titles
from kkpd.engines.reading.pdf.titles import unfolded
from kkpd.engines.reading.pdf.words import TextLine, beside
from kkpd.engines.reading.sheet import Sheet

#: Longer documents are no card bill.
MAX_PAGES = 400
#: The largest that all compressed parts of a document may become.
MAX_UNPACKED = 200 * 1024 * 1024
#: Below every page.
_FAR = 1e6
#: Points from a page's top below which a text that repeats itself is a foot.
_FOOT = 400
_STREAM = re.compile(rb"stream\r?\n")
#: A document of which such a share of letters says nothing cannot be trusted in the rest.
_SENSELESS = 0.1
_DAMAGED = "PDF rusak atau terpotong. Unduh ulang dari bank lalu unggah lagi."
_LOCKED = "PDF dikunci kata sandi. Simpan ulang tanpa kata sandi lalu unggah lagi."
_NO_LETTERS = (
    "Huruf di PDF ini tidak bisa dibaca (fontnya tidak menyimpan arti hurufnya). Minta XLSX atau "
    "CSV dari bank."
)
_SCANNED = (
    "PDF ini hasil pindai: tidak ada teks di dalamnya. Minta berkas asli dari bank "
    "(PDF teks, XLSX atau CSV)."
)


def sheets(data: bytes) -> list[Sheet]:
    """The whole document as one table. Raises Unreadable for scans and damaged files."""
    refuse_bombs(data)
    found, scans = _read(data)
    if not any(line.cells for line in found):
        raise Unreadable(_SCANNED)
    found = unfolded(found)
    table = under_titles(found)
    pages = [f"hal. {line.page}" for line in found]
    remarks = [_scanned(scans)] if scans else []
    telling = [number for number, line in enumerate(found, start=1) if tells(line.texts)]
    repeated = _repeated(found)
    return [
        Sheet(None, lambda: iter(table), pages, remarks=remarks, repeated=repeated, telling=telling)
    ]


def _repeated(found: list[TextLine]) -> set[int]:
    """Rows that repeat on a later page: heads after the first, and every foot."""
    seen: dict[tuple[tuple[str, ...], int], tuple[int, int]] = {}
    again = set()
    for number, line in enumerate(found, start=1):
        place = tuple(line.texts), round(min(line.top, _FAR))
        page, first = seen.setdefault(place, (line.page, number))
        if page != line.page:
            again.add(number)
            again |= {first} if line.top > _FOOT else set()
    return again


def _scanned(scans: list[int]) -> Finding:
    numbers = ", ".join(map(str, scans))
    return Finding(
        "halaman_gambar",
        f"Halaman {numbers} hanya gambar tanpa teks dan tidak terbaca. Bila memuat transaksi, "
        "minta berkas asli dari bank.",
    )


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


def _read(data: bytes) -> tuple[list[TextLine], list[int]]:
    """The lines of all pages, and which pages are pictures only."""
    from pdfminer.pdfdocument import PDFPasswordIncorrect
    from pdfminer.psexceptions import PSException

    try:
        return _lines(data)
    except PDFPasswordIncorrect as wrong:
        raise Unreadable(_LOCKED) from wrong
    except (
        *(PSException, struct.error, zlib.error),
        *(ValueError, TypeError, LookupError, AttributeError, AssertionError, ArithmeticError),
        *(RecursionError, EOFError, OSError, StopIteration, NotImplementedError),
    ) as wrong:  # what pdfminer raises on damaged files, found by fuzzing
        raise Unreadable(_DAMAGED) from wrong


def _lines(data: bytes) -> tuple[list[TextLine], list[int]]:
    from pdfplumber.utils.text import extract_words

    found: list[TextLine] = []
    scans: list[int] = []
    wrong = count = 0
    for page in pdfpages.pages(data):
        if page.number > MAX_PAGES:
            raise TooLarge(f"PDF lebih dari {MAX_PAGES} halaman. Bagi tagihan per bulan.")
        senseless, letters = pdfpages.unreadable(page.letters)
        wrong, count = wrong + senseless, count + letters
        if page.is_scan:
            scans.append(page.number)
        else:
            words = extract_words(page.letters, x_tolerance=2)
            found += framed(page.number, words, page.rules)
            found += [beside(page.number, text) for text in page.aside]
    if wrong > _SENSELESS * count:
        raise Unreadable(_NO_LETTERS)
    return found, scans
