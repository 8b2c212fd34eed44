"""The text of our own files, read from their content streams alone: no library, no layout guess."""

from __future__ import annotations

import hashlib
import re

from kkpd.engines.paper.pdf import reader as pdf_reader

_PAIR = re.compile(rb"<([0-9A-F]{4})><([0-9A-F]+)>")
_FONT = re.compile(rb"/FontDescriptor (\d+) 0 R|/ToUnicode (\d+) 0 R")
_PAGE = re.compile(rb"/Type/Page/.*?/Contents\[(\d+) 0 R (\d+) 0 R\]")
_SHOWN = re.compile(rb"/([RB]) \d+ Tf|<([0-9A-F]+)>Tj|^(EMC)$", re.MULTILINE)


def pages(data: bytes) -> list[list[str]]:
    """For each page its texts in the order drawn, shared furniture first, one for each mark."""
    parsed = pdf_reader.parse(data)
    streams = {part.number: part.content for part in parsed.parts}
    objects = b"\n".join(p.content for p in parsed.parts if p.entries.startswith(b"/Type/ObjStm"))
    fonts = [_letters(p.content) for p in parsed.parts if b"begincmap" in p.content[:200]]
    letters = dict(zip((b"R", b"B"), fonts, strict=True))
    return [
        [line for number in found for line in _texts(streams[int(number)], letters)]
        for found in _PAGE.findall(objects)
    ]


def text(data: bytes) -> str:
    """All pages, form feeds between them."""
    return "\f\n".join("\n".join(lines) + "\n" for lines in pages(data))


def fingerprint(data: bytes) -> str:
    """A hash over every object after decoding: the same for every build of zlib."""
    digest = hashlib.sha256()
    for part in pdf_reader.parse(data).parts:
        if not part.entries.startswith(b"/Type/XRef"):
            digest.update(b"%d %s %d\n" % (part.number, part.entries, len(part.content)))
            digest.update(part.content)
    return digest.hexdigest()


def _letters(cmap: bytes) -> dict[bytes, str]:
    pairs = _PAIR.findall(cmap.partition(b"beginbfchar")[2])
    return {glyph: bytes.fromhex(code.decode()).decode("utf-16-be") for glyph, code in pairs}


def _texts(content: bytes, letters: dict[bytes, dict[bytes, str]]) -> list[str]:
    found, line, font = [], [], b"R"
    for face, glyphs, end in _SHOWN.findall(content):
        if face:
            font = face
        elif glyphs:
            codes = [glyphs[at : at + 4] for at in range(0, len(glyphs), 4)]
            line.append("".join(letters[font][code] for code in codes))
        elif end and line:
            found.append("".join(line))
            line = []
    return found
