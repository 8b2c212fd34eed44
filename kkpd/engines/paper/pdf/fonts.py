"""The two faces of every report: measuring, encoding as glyph numbers, and embedding what is used.

Figures are the font's tabular ones, so columns of amounts line up. A character that the font lacks
is drawn as a box, never dropped, and the caller is told, so that the original text can be added as
replacement text.

Fonts and the colour profile are part of the drawing and are in `kkpd/data/reports`: another version
of the font would be another drawing.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from functools import lru_cache
from importlib import resources
from typing import NamedTuple

from reportlab.pdfbase.ttfonts import TTFontFile, TTFontMaker

from kkpd.engines.paper.pdf.writer import Writer

REGULAR, BOLD = "FiraSans-Regular", "FiraSans-SemiBold"
#: Drawn for a character that the font does not have.
BOX = "\u25af"
#: In Fira Sans the tabular figures (feature tnum) follow 20 glyphs after the proportional ones.
_TABULAR = 20
_KEPT_TABLES = ("cvt ", "fpgm", "prep", "head", "hhea", "maxp")
_MORE, _WORDS, _SCALE, _XY, _TWO_BY_TWO = 32, 1, 8, 64, 128


class Run(NamedTuple):
    """Text as hex glyph numbers, its width in 1/1000 of the size, and whether it has boxes.

    Spaces at the end have no width: a broken line keeps its space for copying and screen readers.
    """

    glyphs: str
    width: int
    replaced: bool


class Face:
    """One font file, read once a process."""

    def __init__(self, name: str) -> None:
        path = resources.files("kkpd") / "data" / "reports" / f"{name}.ttf"
        self.name = name
        self.file = TTFontFile(str(path))
        self.glyph: dict[str, int] = {chr(c): g for c, g in self.file.charToGlyph.items()}
        for figure in "0123456789":
            self.glyph[figure] += _TABULAR
        self.outlines = self.table("glyf")
        widths = {self.advance(self.glyph[figure]) for figure in "0123456789"}
        if len(widths) != 1:
            raise ValueError(f"{name}: the tabular figures are not where they are expected")

    def table(self, tag: str) -> bytes:
        """A table of the font file as it is."""
        return bytes(self.file.get_table(tag))  # type: ignore[no-untyped-call]  # reportlab's

    def advance(self, glyph: int) -> int:
        """The width of a glyph in 1/1000 of the size."""
        return int(self.file.hmetrics[glyph][0])

    def subset(self, used: Iterable[int]) -> bytes:
        """A font file with only the outlines of these glyphs; every glyph keeps its number."""
        outlines = self._needed({0, *used})
        maker = TTFontMaker()
        for tag in _KEPT_TABLES:
            maker.add(tag, self.table(tag))
        count = len(self.file.glyphPos) - 1
        glyf, places, before = bytearray(), list[int](), -1
        for number in sorted(outlines):
            places += [len(glyf)] * (number - before)  # where glyph before + 1 ... number begin
            glyf += outlines[number]
            glyf += bytes(-len(glyf) % 4)
            before = number
        places += [len(glyf)] * (count - before)
        maker.add("glyf", bytes(glyf))
        maker.add("loca", struct.pack(f">{count + 1}L", *places))
        maker.add("hmtx", self._metrics(outlines, count))
        self._set(maker, "head", 50, 1)
        self._set(maker, "hhea", 34, count)
        return bytes(maker.makeStream())

    def _metrics(self, used: Iterable[int], count: int) -> bytes:
        table = bytearray(4 * count)
        for number in used:
            advance, bearing = self.file.hmetrics[number]
            struct.pack_into(">HH", table, 4 * number, advance, bearing & 0xFFFF)
        return bytes(table)

    @staticmethod
    def _set(maker: TTFontMaker, tag: str, at: int, value: int) -> None:
        table = maker.tables[tag]
        maker.tables[tag] = table[:at] + struct.pack(">H", value) + table[at + 2 :]

    def _needed(self, wanted: set[int]) -> dict[int, bytes]:
        """The outlines of these glyphs and of their components."""
        found: dict[int, bytes] = {}
        waiting = sorted(wanted)
        while waiting:
            number = waiting.pop()
            if number in found:
                continue
            start, end = self.file.glyphPos[number], self.file.glyphPos[number + 1]
            found[number] = self.outlines[start:end]
            waiting += _components(found[number])
        return found


def _components(outline: bytes) -> list[int]:
    """The glyphs that a composite glyph is made of."""
    if not outline or struct.unpack_from(">h", outline)[0] >= 0:
        return []
    parts, at, flags = [], 10, _MORE
    while flags & _MORE:
        flags, number = struct.unpack_from(">HH", outline, at)
        parts.append(number)
        at += 8 if flags & _WORDS else 6
        at += 2 if flags & _SCALE else 4 if flags & _XY else 8 if flags & _TWO_BY_TWO else 0
    return parts


@lru_cache
def face(name: str) -> Face:
    """The face of this name."""
    return Face(name)


class Glyphs(dict[str, str]):
    """Character -> hex glyph number, filled as characters occur; its keys are those used."""

    def __init__(self, source: Face) -> None:
        super().__init__()
        self.face = source
        self.widths: dict[str, int] = {}
        self.missing: set[str] = set()

    def __missing__(self, char: str) -> str:
        glyph = self.face.glyph.get(char)
        if glyph is None:
            glyph = self.face.glyph[BOX]
            self.missing.add(char)
        self.widths[char] = self.face.advance(glyph)
        self[char] = found = f"{glyph:04X}"
        return found


class Letters:
    """One face in one document."""

    def __init__(self, name: str) -> None:
        self.face = face(name)
        self.glyphs = Glyphs(self.face)
        self.runs: dict[str, Run] = {}

    def run(self, text: str) -> Run:
        """`text` ready to be shown."""
        found = self.runs.get(text)
        if found is None:
            found = self._encode(text)
            if len(self.runs) > 20_000:
                self.runs.clear()
            self.runs[text] = found
        return found

    def width(self, text: str) -> int:
        """The width of `text` in 1/1000 of the size, without spaces at its end."""
        return self.run(text).width

    def measure(self, text: str) -> int:
        """The width of a text that is perhaps not shown, so its glyphs are not embedded."""
        face = self.face
        return sum(face.advance(face.glyph.get(char, face.glyph[BOX])) for char in text)

    def space(self) -> int:
        """The width of a space."""
        return self.face.advance(self.face.glyph[" "])

    def _encode(self, text: str) -> Run:
        glyphs = self.glyphs
        shown = "".join([glyphs[char] for char in text])
        widths = glyphs.widths
        missing = glyphs.missing
        replaced = bool(missing) and not missing.isdisjoint(text)
        return Run(shown, sum([widths[char] for char in text.rstrip(" ")]), replaced)

    def embed(self, writer: Writer, number: int) -> None:
        """Write the font as object `number` with everything it needs."""
        used = {int(glyph, 16): char for char, glyph in reversed(self.glyphs.items())}
        for char in self.glyphs.missing:
            used[int(self.glyphs[char], 16)] = BOX
        name = f"{_subset_tag(used)}+{self.face.name}"
        program, unicode = writer.reserve(), writer.reserve()
        data = self.face.subset(used)
        writer.stream(program, f"/Length1 {len(data)}", data)
        writer.stream(unicode, "", _to_unicode(used))
        descriptor = writer.add(self._descriptor(name, program))
        widths = " ".join(f"{glyph}[{self.face.advance(glyph)}]" for glyph in sorted(used))
        descendant = writer.add(
            f"<</Type/Font/Subtype/CIDFontType2/BaseFont/{name}/CIDSystemInfo"
            f"<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/FontDescriptor {descriptor} 0 R"
            f"/DW 0/W[{widths}]/CIDToGIDMap/Identity>>"
        )
        writer.put(
            number,
            f"<</Type/Font/Subtype/Type0/BaseFont/{name}/Encoding/Identity-H"
            f"/DescendantFonts[{descendant} 0 R]/ToUnicode {unicode} 0 R>>",
        )

    def _descriptor(self, name: str, program: int) -> str:
        file = self.face.file
        box = " ".join(str(int(value)) for value in file.bbox)
        stem = 120 if self.face.name == BOLD else 84
        return (
            f"<</Type/FontDescriptor/FontName/{name}/Flags 4/FontBBox[{box}]/ItalicAngle 0"
            f"/Ascent {int(file.ascent)}/Descent {int(file.descent)}"
            f"/CapHeight {int(file.capHeight)}/StemV {stem}/FontFile2 {program} 0 R>>"
        )


def _subset_tag(used: Iterable[int]) -> str:
    """Six capitals that name the subset; equal glyphs give the same tag."""
    value = 0
    for glyph in sorted(used):
        value = (value * 31 + glyph) % 26**6
    return "".join(chr(65 + value // 26**place % 26) for place in range(6))


def _to_unicode(used: dict[int, str]) -> bytes:
    """The CMap that says which character each glyph stands for."""
    pairs = [f"<{g:04X}><{used[g].encode('utf-16-be').hex().upper()}>" for g in sorted(used)]
    blocks = [pairs[at : at + 100] for at in range(0, len(pairs), 100)]
    lines = [f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks]
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def\n"
        "/CMapName/Adobe-Identity-UCS def\n/CMapType 2 def\n"
        "1 begincodespacerange\n<0000><FFFF>\nendcodespacerange\n"
        + "\n".join(lines)
        + "\nendcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
    ).encode("ascii")
