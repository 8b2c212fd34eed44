"""Reading back exactly what `kkpd.engines.paper.pdf.writer` writes, and comparing two such files.

This is deliberately not a PDF parser: a file is either, byte for byte, a sequence of our streams
with a correct cross-reference table, or it is not ours as we made it. No spelling is accepted that
two viewers could read differently. Only compressed bytes may differ (builds of zlib do), but not
their content.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest

from kkpd.engines.paper.pdf.writer import HEADER

#: The most bytes of all unpacked streams of a file; more cannot be one of our reports.
MAX_UNPACKED = 512 * 1024 * 1024
_HEAD = re.compile(rb"([1-9]\d*) 0 obj\n<<([^\n]*?)/Length (0|[1-9]\d*)>>\nstream\n")
_TAIL = b"\nendstream\nendobj\n"
_END = re.compile(rb"startxref\n([1-9]\d*)\n%%EOF\n")
_PACKED = b"/Filter/FlateDecode"
_PAGE = re.compile(rb"/Type/Page/.*?/Contents\[(\d+) 0 R (\d+) 0 R\]")
_ROW = struct.Struct(">BBIH")


class Misspelt(ValueError):
    """Not spelt as the writer does; `at` is the byte where reading stopped."""

    def __init__(self, at: int, said: str) -> None:
        super().__init__(f"byte {at}: {said}")
        self.at = at


@dataclass(frozen=True, slots=True)
class PdfPart:
    """One stream: its number, its position, its dictionary without the length, its content.

    `packed` is the content as in the file.
    """

    number: int
    start: int
    entries: bytes
    content: bytes
    packed: bytes


@dataclass(frozen=True, slots=True)
class Parsed:
    """A file's streams in order, and the end of its first revision."""

    parts: tuple[PdfPart, ...]
    end: int


def parse(data: bytes) -> Parsed:
    """The first revision of a file; Misspelt if it is not exactly our spelling."""
    if not data.startswith(HEADER):
        raise Misspelt(0, "the header is not ours")
    parts, at, room = [], len(HEADER), MAX_UNPACKED
    while (found := _END.match(data, at)) is None:
        part, at = _part(data, at, room)
        parts.append(part)
        room -= len(part.content)
    if not parts or b"/Type/XRef" not in parts[-1].entries or int(found[1]) != parts[-1].start:
        raise Misspelt(at, "startxref does not point at the cross-references")
    _check_places(parts)
    return Parsed(tuple(parts), found.end())


def _part(data: bytes, at: int, room: int) -> tuple[PdfPart, int]:
    head = _HEAD.match(data, at)
    if head is None:
        raise Misspelt(at, "expected an object")
    start, end = head.end(), head.end() + int(head[3])
    if data[end : end + len(_TAIL)] != _TAIL:
        raise Misspelt(end, "expected the end of an object")
    packed = data[start:end]
    content = _unpack(packed, start, room) if head[2].endswith(_PACKED) else packed
    return PdfPart(int(head[1]), at, head[2], content, packed), end + len(_TAIL)


def _unpack(content: bytes, at: int, room: int) -> bytes:
    try:
        return unpack(content, room)
    except ValueError as error:
        raise Misspelt(at, str(error)) from None


def unpack(content: bytes, room: int) -> bytes:
    """The content of a deflated stream; ValueError if it is broken, followed by more bytes, or
    larger than `room`.
    """
    inflater = zlib.decompressobj()
    try:
        found = inflater.decompress(content, room + 1)
    except zlib.error as error:
        raise ValueError(str(error)) from None
    if len(found) > room or not inflater.eof or inflater.unused_data:
        raise ValueError("a compressed stream does not end where it should")
    return found


def _check_places(parts: list[PdfPart]) -> None:
    """Check that the cross-references list every stream at its position, and no other."""
    places = {part.number: part.start for part in parts}
    table = parts[-1].content
    if len(table) % _ROW.size or len(places) != len(parts):
        raise Misspelt(parts[-1].start, "the cross-references are not a table")
    told = {
        number: (high << 32) + low
        for number, (kind, high, low, _) in enumerate(_ROW.iter_unpack(table))
        if kind == 1
    }
    if told != places:
        raise Misspelt(parts[-1].start, "the cross-references point elsewhere")


def attachments(parsed: Parsed) -> list[bytes]:
    """The contents of the attached files, in the order in which they were attached."""
    return [p.content for p in parsed.parts if p.entries.startswith(b"/Type/EmbeddedFile")]


def differences(drawn: Parsed, given: Parsed) -> Iterator[str]:
    """The differences of two files, in words for people."""
    names = _names(drawn)
    for ours, theirs in zip_longest(drawn.parts, given.parts):
        if ours is None:
            yield f"objek {theirs.number} tidak ada dalam gambar ulang"
        elif theirs is None:
            yield f"{names.get(ours.number, _name(ours))} tidak ada dalam berkas"
        elif not _same(ours, theirs):
            yield f"{names.get(ours.number, _name(ours))} berbeda"


def _same(ours: PdfPart, theirs: PdfPart) -> bool:
    if ours.number != theirs.number or ours.entries != theirs.entries:
        return False
    if ours.content == theirs.content:
        return ours.packed == theirs.packed or _by_another_build(ours.packed, theirs.packed)
    # positions in the cross-references may differ because of lengths before them; they were checked
    # separately
    return ours.entries.startswith(b"/Type/XRef") and (
        _without_places(ours.content) == _without_places(theirs.content)
    )


def _by_another_build(ours: bytes, theirs: bytes) -> bool:
    """Whether these bytes can differ because another build of zlib wrote them.

    Builds search differently, so most of a stream differs, but never its first two bytes. A few
    changed bytes that unpack to the same content (in unused bits) are not another build.
    """
    if ours[:2] != theirs[:2]:
        return False
    return len(ours) != len(theirs) or sum(a != b for a, b in zip(ours, theirs, strict=True)) > 4


def _without_places(table: bytes) -> list[tuple[int, ...]]:
    return [(k,) if k == 1 else (k, h, w, i) for k, h, w, i in _ROW.iter_unpack(table)]


def _names(drawn: Parsed) -> dict[int, str]:
    """The page whose content a stream is."""
    found, page = {}, 0
    for part in drawn.parts:
        if not part.entries.startswith(b"/Type/ObjStm"):
            continue
        for shared, content in _PAGE.findall(part.content):
            page += 1
            found[int(shared)] = "isi bersama semua halaman"
            found[int(content)] = f"isi halaman {page}"
    return found


def _name(part: PdfPart) -> str:
    for mark, said in _KINDS.items():
        if mark in part.entries:
            return f"{said} (objek {part.number})"
    return f"objek {part.number}"


_KINDS = {
    b"/Type/EmbeddedFile": "lampiran",
    b"/Type/Metadata": "metadata",
    b"/Type/ObjStm": "susunan dokumen",
    b"/Type/XRef": "daftar objek",
    b"/Length1": "huruf",
    b"/Subtype/Image": "gambar",
}
