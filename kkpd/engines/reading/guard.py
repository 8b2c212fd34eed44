"""Bytes before a parser sees them: hostile sizes and structures are refused, text is decoded."""

from __future__ import annotations

import codecs
import io
import re
import struct
import zipfile
import zlib
from collections import Counter

from kkpd.core import endings
from kkpd.core.errors import TooLarge, Unreadable

#: The largest file taken in at once.
MAX_BYTES = 250 * 1024 * 1024
#: The largest file of a format other than CSV.
MAX_WHOLE = 60 * 1024 * 1024
#: The largest a workbook may become when unpacked.
MAX_UNPACKED = 400 * 1024 * 1024
#: Cells a sheet may span, from its first to its last, empty ones included.
MAX_CELLS = 12_000_000
#: Bytes that repeated long texts may become in memory.
MAX_REPEATED = 200 * 1024 * 1024

_RATIO, _SMALL = 200, 8 * 1024 * 1024
_LONG_TEXT = 8_192
_STEP = 1 << 20
_STORED, _DEFLATED = 0, 8
_DAMAGED = "Berkas XLSX rusak atau terpotong. Unduh ulang dari bank lalu unggah lagi."
_NOT_A_BOOK = (
    "Arsip ini bukan lembar kerja XLSX. Keluarkan berkas bank dari arsip ZIP, atau simpan ulang "
    "sebagai XLSX, lalu unggah lagi."
)
_SHEET_PART = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
_CELL = re.compile(rb'\sr="([A-Z]{1,3})(\d{1,7})"')
#: A cell beyond column Z or row 399,999: sheets without one span few enough cells.
_FAR = re.compile(rb'r="[A-Z](?:[A-Z]|[4-9]\d{5}|\d{7})')
_NEAR_ROWS = 399_999
_ITEM = re.compile(rb"<si\b.*?</si>", re.DOTALL)
_NO_VALUE = re.compile(
    rb'<c r="([A-Z]{1,3})\d{1,7}"[^<>]*>\s*<f[^<>]*(?:/>|>[^<>]*</f>)\s*(?:<v\s*/>|<v></v>)?\s*</c>'
)
_ROW_TAG = re.compile(rb"<row\b")


def refuse_sizes(data: bytes) -> None:
    """Refuse an empty file and one beyond `MAX_BYTES`, the most that any format may have."""
    if not data.strip(b"\x00 \t\r\n\xef\xbb\xbf\xfe\xff"):
        raise Unreadable("Berkas kosong. Unduh ulang tagihan dari bank lalu unggah lagi.")
    if len(data) > MAX_BYTES:
        raise TooLarge(
            f"Berkas lebih besar dari {MAX_BYTES // 1024 // 1024} MB. Bagi tagihan per bulan."
        )


def refuse_large(data: bytes) -> None:
    """Refuse what formats that are held whole in memory cannot take."""
    if len(data) > MAX_WHOLE:
        raise TooLarge(
            f"Berkas lebih besar dari {MAX_WHOLE // 1024 // 1024} MB. Bagi tagihan per bulan."
        )


def refuse_entities(data: bytes) -> None:
    """Refuse XML that declares entities or a document type, in any encoding of two bytes too."""
    plain = data if b"\x00" not in data[:256] else data.replace(b"\x00", b"")
    if b"<!ENTITY" in plain or b"<!DOCTYPE" in plain:
        raise Unreadable(
            "Berkas ini memuat entitas atau acuan luar, dan karena itu ditolak. "
            "Berkas dari bank tidak memerlukannya."
        )


def refuse_workbook(data: bytes) -> None:
    """Unpack a workbook once to count bytes, cells and texts: Unreadable or TooLarge."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            if not any(_SHEET_PART.fullmatch(name) for name in names):
                raise Unreadable(_NOT_A_BOOK)
            if len(names) > 5_000:
                raise TooLarge("Berkas XLSX memuat terlalu banyak bagian.")
            _refuse_parts(data, archive.infolist())
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, ValueError) as wrong:
        raise Unreadable(_DAMAGED) from wrong
    except (NotImplementedError, RuntimeError) as wrong:
        raise Unreadable(
            "Berkas XLSX dikunci atau dimampatkan dengan cara yang tidak biasa."
        ) from wrong


def _refuse_parts(data: bytes, members: list[zipfile.ZipInfo]) -> None:
    unpacked, texts, sheets = 0, b"", []
    for member in members:
        sheet = member.filename.startswith("xl/worksheets/")
        keep = sheet or member.filename.endswith("sharedStrings.xml")
        size, part = _unpack(data, member, MAX_UNPACKED - unpacked, keep)
        unpacked += size
        if not endings.part_agrees(member.filename, part):
            raise Unreadable(
                f"Bagian “{member.filename[:60]}” dari berkas XLSX berisi hal lain daripada yang "
                "dikatakan namanya. Simpan ulang di Excel atau LibreOffice, lalu unggah lagi."
            )
        if sheet:
            _refuse_span(part)
            _refuse_unsaved(part)
            sheets.append(part)
        elif keep:
            texts = part
    _refuse_repeats(texts, sheets)


def _unpack(data: bytes, member: zipfile.ZipInfo, limit: int, keep: bool) -> tuple[int, bytes]:
    """The real size and bytes of a member, whatever its header claims; of one that is not kept the
    first bytes.
    """
    start = member.header_offset
    name_size, extra_size = struct.unpack("<HH", data[start + 26 : start + 30])
    begin = start + 30 + name_size + extra_size
    packed = data[begin : begin + member.compress_size]
    if member.flag_bits & 1:
        raise RuntimeError("encrypted")
    if member.compress_type == _STORED:
        return len(packed), packed
    if member.compress_type != _DEFLATED:
        raise NotImplementedError(member.compress_type)
    size = 0
    parts: list[bytes] = []
    unpacker = zlib.decompressobj(-15)
    while packed and not unpacker.eof:
        part = unpacker.decompress(packed, _STEP)
        packed = unpacker.unconsumed_tail
        size += len(part)
        if size > limit or (size > _SMALL and size > _RATIO * max(member.compress_size, 1)):
            raise TooLarge(
                f"Bagian “{member.filename[:60]}” dari berkas XLSX mengembang tidak wajar. "
                "Ini bukan berkas dari bank."
            )
        if keep or not parts:  # of the others the beginning
            parts.append(part if keep else part[:256])
    return size, b"".join(parts)


def _refuse_span(sheet: bytes) -> None:
    """A cell in the last row and one in the last column would make billions of empty ones."""
    tags = len(_ROW_TAG.findall(sheet))
    if tags <= _NEAR_ROWS and not _FAR.search(sheet):
        return  # 26 columns at most; looking at every cell would take as long as reading them
    found = _CELL.findall(sheet)
    rows = max(tags, max((int(row) for _, row in found), default=0))
    width = max(map(_column_number, {column for column, _ in found}), default=0)
    if rows * width > MAX_CELLS:
        raise TooLarge(
            f"Satu lembar membentang {rows} baris dan {width} kolom. "
            "Hapus isi di luar tabel atau unduh ulang dari bank."
        )


def _refuse_unsaved(sheet: bytes) -> None:
    """Refuse a column of formulas without values: another would be read in its place."""
    if b"<f" not in sheet:
        return
    columns = Counter(found[1] for found in _NO_VALUE.finditer(sheet))
    if columns and 2 * max(columns.values()) > len(_ROW_TAG.findall(sheet)):
        letters = max(columns, key=columns.__getitem__).decode()
        raise Unreadable(
            f"Kolom {letters} berisi rumus yang hasilnya tidak tersimpan di berkas. Buka di Excel "
            "atau LibreOffice, simpan ulang, lalu unggah lagi."
        )


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _refuse_repeats(texts: bytes, sheets: list[bytes]) -> None:
    """A long shared text used by very many cells is small in the file and huge in memory."""
    if len(texts) < _LONG_TEXT:
        return
    grown = 0
    for index, item in enumerate(_ITEM.finditer(texts)):
        size = item.end() - item.start()
        if size > _LONG_TEXT:
            used = sum(sheet.count(b"<v>%d</v>" % index) for sheet in sheets)
            grown += used * size
            if grown > MAX_REPEATED:
                raise TooLarge("Teks panjang diulang tidak wajar di berkas XLSX ini.")


#: No bank writes a line of this many bytes; a hostile file does.
MAX_LINE = 1 << 20

_CHUNK = 1 << 20
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def encoding_of(data: bytes) -> str:
    """The encoding by mark, by zero bytes (UTF-16), else UTF-8 where it is valid, else cp1252."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return name
    head = data[:4096]
    if head.count(0) > len(head) // 4:
        even, odd = head[0::2].count(0), head[1::2].count(0)
        return "utf-16-le" if odd > even else "utf-16-be"
    return "utf-8" if _is_utf8(data) else "cp1252"


def decode(data: bytes) -> str:
    """The whole text; bytes that cp1252 does not know become U+FFFD, never an error."""
    name = encoding_of(data)
    text = data.decode(name, "replace")
    return text.removeprefix("\ufeff")


def refuse_long_lines(data: bytes) -> None:
    """A TooLarge for a line beyond `MAX_LINE` bytes, found in steps without reading every byte."""
    start = 0
    while len(data) - start > MAX_LINE:
        end = max(
            data.rfind(b"\n", start, start + MAX_LINE), data.rfind(b"\r", start, start + MAX_LINE)
        )
        if end < 0:
            raise TooLarge(
                f"Ada satu baris yang lebih panjang dari {MAX_LINE // 1024} KB. "
                "Ini bukan tabel dari bank; unduh ulang berkasnya."
            )
        start = end + 1


def refuse_binary(data: bytes) -> None:
    """An Unreadable for bytes that are no text in any encoding banks use."""
    head = data[:65536]
    if encoding_of(data).startswith(("utf-16", "utf-32")):
        return
    odd = sum(head.count(bytes([code])) for code in (0, 1, 2, 3, 4, 5, 6, 7, 8, 14, 15, 16, 127))
    if odd > max(8, len(head) // 100):
        raise Unreadable(
            "Berkas ini bukan tagihan yang dikenal. Unggah CSV, XLS, XLSX, PDF, MT940, "
            "CAMT atau OFX dari bank."
        )


def _is_utf8(data: bytes) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    view = memoryview(data)
    try:
        for start in range(0, len(data), _CHUNK):
            decoder.decode(view[start : start + _CHUNK])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
