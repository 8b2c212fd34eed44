"""Bytes to text: which encoding a text file is in, and lines that are too long to be a table."""

from __future__ import annotations

import codecs

from kkpd.core.errors import TooLarge, Unreadable

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
