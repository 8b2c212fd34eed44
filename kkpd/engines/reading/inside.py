"""What a file says beside what its readers show: properties, comments, notes, hidden parts.

Card numbers are looked for in these texts (law 8), so they are as whole as can be had: everything
that is packed is unpacked. Sizes are bounded by `guard` and by the process that opens the file.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from html import unescape
from typing import Final

from kkpd.core import pan
from kkpd.core.errors import TooLarge
from kkpd.core.pan import silence

#: Places in a paper that are no page.
PROPERTIES: Final = "keterangan"
ATTACHED: Final = "lampiran"

#: Unpacked bytes of one file, all parts together.
_MOST: Final = 256 * 1024 * 1024
_DEPTH: Final = 3
_TAG: Final = re.compile(r"<[^>]*>")
_SPACE: Final = re.compile(r"\s+")
_VALUE: Final = re.compile(r"<v>[^<]*</v>")
_PACKED: Final = re.compile(rb"\x1f\x8b\x08|\x78[\x01\x5e\x9c\xda]")
_STREAM: Final = re.compile(rb"stream\r?\n")
_WORDS: Final = re.compile(rb"\((?:[^()\\]|\\[\s\S])*+\)|<([0-9A-Fa-f\s]*+)>|[\[\]]")
_ESCAPED: Final = re.compile(rb"\\([0-7]{1,3}|[\s\S])")
#: In a drawing, rows of numbers are places on the page: only what stands together counts.
_PLAIN_NUMBER: Final = re.compile(
    r"(?<![\d.])(?:\d{13,19}|\d{4}([ -])\d{4}\1\d{4}\1\d{1,7})(?![\d.])"
)


def texts(data: bytes) -> Iterator[str]:
    """The texts of any file that is no PDF: its bytes as letters, and those of its packed parts."""
    for part in _parts(data, _DEPTH, [_MOST]):
        yield from _letters(part)


def _parts(data: bytes, depth: int, left: list[int]) -> Iterator[bytes]:
    """The bytes, and what is packed in them: a ZIP's members, gzip and zlib streams."""
    left[0] -= len(data)
    if left[0] < 0:
        raise TooLarge(
            "Isi berkas ini terlalu besar sesudah dibuka. Kirim berkas yang lebih kecil."
        )
    yield data
    if depth == 0:
        return
    if data.startswith(b"PK"):
        yield from _members(data, depth, left)
        return
    for found in _PACKED.finditer(data):
        yield from _parts(_unpacked(data, found.start(), left[0]), depth - 1, left)


def _members(data: bytes, depth: int, left: list[int]) -> Iterator[bytes]:
    """The members of a ZIP, with their names and remarks."""
    broken = zipfile.BadZipFile, NotImplementedError, RuntimeError, zlib.error
    with suppress(*broken), zipfile.ZipFile(io.BytesIO(data)) as archive:
        for member in archive.infolist():
            yield member.filename.encode() + b"\n" + member.comment
            yield from _parts(archive.read(member), depth - 1, left)


def _unpacked(data: bytes, start: int, most: int) -> bytes:
    """What a gzip or zlib stream that begins here holds; nothing where it is none."""
    maker = zlib.decompressobj(31 if data[start : start + 2] == b"\x1f\x8b" else 15)
    with suppress(zlib.error):
        return maker.decompress(data[start : start + _MOST], most + 1)
    return b""


def _letters(part: bytes) -> Iterator[str]:
    """Bytes as text: as UTF-8 or single letters, as two bytes a letter, without tags."""
    text = part.decode("utf-8", "replace") if part[:1] == b"<" else part.decode("latin-1")
    if part.lstrip()[:1] == b"<":
        text = _VALUE.sub("", text)
        yield _SPACE.sub(" ", unescape(_TAG.sub(pan.CELL, text)))
        yield unescape(_TAG.sub("", text)) if "<r>" in text or ":span" in text else ""
    yield text
    if b"\x00" in part:
        yield part.replace(b"\x00", b"").decode("latin-1")


def paper(data: bytes) -> Iterator[tuple[int | str, str]]:
    """What a PDF says, with its place: page number, PROPERTIES, or ATTACHED for a file inside it.

    Notes, form fields and stamps are drawn into their pages first; properties, bookmarks, labels
    and layers are among the words of all objects, those of an older state of the file too.
    Raises pikepdf's errors for a damaged or locked file.
    """
    import pikepdf

    silence()
    flat, drawn = io.BytesIO(), io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        pdf.save(
            flat,
            compress_streams=False,
            stream_decode_level=pikepdf.StreamDecodeLevel.specialized,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
        )
        if b"/EF" in flat.getvalue() or b"/EmbeddedFile" in flat.getvalue():
            yield ATTACHED, ""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # odd forms do not matter here
            with suppress(pikepdf.PdfError):
                pdf.generate_appearance_streams()
            with suppress(pikepdf.PdfError):
                pdf.flatten_annotations("all")
            pdf.save(drawn)
    yield from enumerate(_pages(drawn.getvalue()), 1)
    left = _MOST
    for found in _STREAM.finditer(data):
        part = _unpacked(data, found.end(), left)
        left = max(0, left - len(part))
        yield from ((PROPERTIES, text) for text in _said(part))
    for part in (data, flat.getvalue(), *_streams(flat.getvalue())):
        yield from ((PROPERTIES, text) for text in _said(part))


def _pages(data: bytes) -> Iterator[str]:
    """The text of each page; its lines are cells, so that columns of numbers are not joined."""
    import pypdfium2  # type: ignore[import-untyped]  # ships no types

    with pypdfium2.PdfDocument(data) as document:
        for page in document:
            yield page.get_textpage().get_text_range().replace("\r\n", pan.CELL)


def _streams(flat: bytes) -> Iterator[bytes]:
    """The streams that hold XML: properties and forms."""
    for found in _STREAM.finditer(flat):
        end = flat.find(b"endstream", found.end())
        if flat[found.end() : end].lstrip()[:1] == b"<":
            yield flat[found.end() : end]


def _said(part: bytes) -> Iterator[str]:
    """The texts in a piece of a PDF: its words, what is XML, and numbers that stand together."""
    if part.lstrip()[:1] == b"<":
        yield from _letters(part)
    yield "".join(_words(part))
    plain = part.replace(b"\x00", b"").decode("latin-1")
    yield pan.CELL.join(found[0] for found in _PLAIN_NUMBER.finditer(plain))


def _words(part: bytes) -> Iterator[str]:
    """The strings of a piece of a PDF; those of one row of letters together."""
    between = pan.CELL
    for found in _WORDS.finditer(part):
        if found[0] in b"[]":
            between = "" if found[0] == b"[" else pan.CELL
            yield pan.CELL
            continue
        if found[1] is None:
            text = _ESCAPED.sub(_unescaped, found[0][1:-1])
        else:
            even = b"".join(found[1].split())
            text = bytes.fromhex((even + b"0" * (len(even) % 2)).decode())
        yield text.replace(b"\x00", b"").decode("latin-1") + between


def _unescaped(found: re.Match[bytes]) -> bytes:
    code = found[1]
    return bytes([int(code, 8) & 255]) if code[:1].isdigit() and code[:1] < b"8" else code
