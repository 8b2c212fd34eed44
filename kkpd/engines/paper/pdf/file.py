"""One PDF file under construction: pages of marked content, fonts, attachments, the end.

All lengths are whole hundredths of a point (`u`): content is scaled by 0.01 once, so no float is
ever formatted (law 14). The origin is the lower left corner.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from importlib import resources

from kkpd.engines.paper.pdf import writer
from kkpd.engines.paper.pdf.fonts import BOLD, REGULAR, Letters, Run
from kkpd.engines.paper.pdf.writer import Element, Tags, Writer, text

#: Marks of text that belongs to the page and not to the content.
HEADER = "/Artifact<</Type/Pagination/Subtype/Header>>BDC"
FOOTER = "/Artifact<</Type/Pagination/Subtype/Footer>>BDC"
REPEATED = "/Artifact<</Type/Pagination>>BDC"


def points(u: int) -> str:
    """Hundredths of a point as PDF writes points: `59528` is `595.28`."""
    return f"{u // 100}.{u % 100:02d}"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file inside the file. `relation` is its AFRelationship (Data, Alternative, Supplement)."""

    name: str
    mime: str
    about: str
    relation: str
    data: bytes


class Page:
    """The content of one page so far."""

    __slots__ = ("figures", "font", "number", "owners", "shapes", "texts")

    def __init__(self, number: int) -> None:
        self.number = number
        self.font = ""
        self.shapes: list[str] = []
        self.figures: list[str] = []
        self.texts: list[str] = []
        self.owners: list[int] = []

    def content(self) -> bytes:
        """Shapes, then figures, then text, as one content stream."""
        shapes = f"/Artifact BMC\n{chr(10).join(self.shapes)}\nEMC\n" if self.shapes else ""
        figures = "\n".join(self.figures) + "\n" if self.figures else ""
        texts = "0 g\nBT\n" + "\n".join(self.texts) + "\nET\n" if self.texts else ""
        return f"q\n.01 0 0 .01 0 0 cm\n{shapes}{figures}{texts}Q\n".encode("ascii")


class File:
    """The file; `page` is the one being drawn on."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.writer = Writer()
        self.tags = Tags(self.writer)
        self.letters = {"R": Letters(REGULAR), "B": Letters(BOLD)}
        self._tree, self._resources, self._shared = (self.writer.reserve() for _ in range(3))
        self._fonts = {key: self.writer.reserve() for key in self.letters}
        self._images: list[str] = []
        self._pages: list[int] = []
        self.page = self._open_page()

    def _open_page(self) -> Page:
        self._pages.append(self.writer.reserve())
        return Page(self._pages[-1])

    @property
    def page_count(self) -> int:
        """The number of pages, including the current one."""
        return len(self._pages)

    def next_page(self) -> None:
        """Write the current page and begin another."""
        self._close_page()
        self.page = self._open_page()

    def _close_page(self) -> None:
        page, content = self.page, self.writer.reserve()
        self.writer.stream(content, "", page.content())
        key = self.tags.page_done(page.owners)
        self.writer.put(
            page.number,
            f"<</Type/Page/Parent {self._tree} 0 R/Resources {self._resources} 0 R"
            f"/MediaBox[0 0 {points(self.width)} {points(self.height)}]"
            f"/Contents[{self._shared} 0 R {content} 0 R]/StructParents {key}/Tabs/S>>",
        )

    def mark(self, element: Element) -> int:
        """The mark (MCID) for the content of `element` that is drawn next."""
        number = len(self.page.owners)
        self.page.owners.append(element.number)
        if element.page in (0, self.page.number):
            element.page = self.page.number
            element.kids.append(str(number))
        else:
            element.kids.append(f"<</Type/MCR/Pg {self.page.number} 0 R/MCID {number}>>")
        return number

    def begin(self, element: Element) -> None:
        """Text up to `end` belongs to this element."""
        self.page.texts.append(f"/{element.kind}<</MCID {self.mark(element)}>>BDC")

    def begin_furniture(self, kind: str) -> None:
        """Text up to `end` belongs to the page: HEADER, FOOTER or REPEATED."""
        self.page.texts.append(kind)

    def end(self) -> None:
        """The marked text is complete."""
        self.page.texts.append("EMC")

    def use(self, key: str, size: int) -> None:
        """Use this face and size from here on."""
        font = f"/{key} {size} Tf"
        if font != self.page.font:
            self.page.font = font
            self.page.texts.append(font)

    def show(self, x: int, y: int, run: Run, key: str, size: int) -> None:
        """Show a run with its baseline beginning at (x, y)."""
        self.use(key, size)
        self.page.texts.append(f"1 0 0 1 {x} {y} Tm<{run.glyphs}>Tj")

    def fill(self, x: int, y: int, width: int, height: int, colour: str) -> None:
        """A filled rectangle; `colour` as in `.93 .95 .94 rg`."""
        self.page.shapes.append(f"{colour} {x} {y} {width} {height} re f")

    def line(self, x: int, y: int, to_x: int, to_y: int, width: int) -> None:
        """A line of this width."""
        self.page.shapes.append(f"{width} w {x} {y} m {to_x} {to_y} l S")

    def figure(self, element: Element, operators: str) -> None:
        """A drawing with a meaning; `element` is its Figure."""
        self.page.figures.append(f"/Figure<</MCID {self.mark(element)}>>BDC q {operators} Q EMC")

    def image(self, width: int, height: int, pixels: bytes) -> str:
        """Add an RGB image with 8 bits a channel; returns its name for `Do`."""
        number = self.writer.reserve()
        self.writer.stream(
            number,
            f"/Type/XObject/Subtype/Image/Width {width}/Height {height}"
            "/ColorSpace/DeviceRGB/BitsPerComponent 8",
            pixels,
        )
        name = f"I{len(self._images)}"
        self._images.append(f"/{name} {number} 0 R")
        return f"/{name}"

    def finish(
        self,
        *,
        title: str,
        author: str,
        day: date,
        identity: bytes,
        shared: Page,
        attachments: list[Attachment],
    ) -> bytes:
        """The whole file. `shared` lies under every page; `identity` is 16 bytes."""
        self._close_page()
        self.writer.stream(self._shared, "", shared.content())
        self._write_resources()
        kids = " ".join(f"{number} 0 R" for number in self._pages)
        self.writer.put(self._tree, f"<</Type/Pages/Count {len(self._pages)}/Kids[{kids}]>>")
        specs = [self._attach(attachment, day) for attachment in attachments]
        data = writer.xmp(title, author, day)
        meta = self.writer.reserve()
        self.writer.stream(meta, "/Type/Metadata/Subtype/XML", data, packed=False)
        root = self.writer.add(self._catalog(meta, attachments, specs))
        info = self.writer.add(writer.info(title, author, day))
        return self.writer.finish(root, info, identity)

    def _write_resources(self) -> None:
        for key, number in self._fonts.items():
            self.letters[key].embed(self.writer, number)
        fonts = "".join(f"/{key} {number} 0 R" for key, number in self._fonts.items())
        images = f"/XObject<<{''.join(self._images)}>>" if self._images else ""
        self.writer.put(self._resources, f"<</Font<<{fonts}>>{images}>>")

    def _attach(self, file: Attachment, day: date) -> int:
        number = self.writer.reserve()
        kind = file.mime.replace("/", "#2F")
        self.writer.stream(
            number,
            f"/Type/EmbeddedFile/Subtype/{kind}"
            f"/Params<</Size {len(file.data)}/ModDate(D:{day:%Y%m%d}000000Z)>>",
            file.data,
        )
        return self.writer.add(
            f"<</Type/Filespec/F({file.name})/UF{text(file.name)}/Desc{text(file.about)}"
            f"/AFRelationship/{file.relation}/EF<</F {number} 0 R/UF {number} 0 R>>>>"
        )

    def _catalog(self, meta: int, attachments: list[Attachment], specs: list[int]) -> str:
        profile = self.writer.reserve()
        data = (resources.files("kkpd") / "data" / "reports" / "srgb.icc").read_bytes()
        self.writer.stream(profile, "/N 3", data)
        intent = self.writer.add(
            "<</Type/OutputIntent/S/GTS_PDFA1/OutputConditionIdentifier(sRGB)"
            f"/DestOutputProfile {profile} 0 R>>"
        )
        form = self.writer.add("<</Fields[]/SigFlags 3>>")  # signatures are entered here later
        refs = [f"{number} 0 R" for number in specs]
        names = sorted(zip((a.name for a in attachments), refs, strict=True))
        tree = "".join(f"({name}){ref}" for name, ref in names)
        return (
            f"<</Type/Catalog/Version/1.7/Pages {self._tree} 0 R/Lang(id-ID)"
            f"/StructTreeRoot {self.tags.finish()} 0 R/MarkInfo<</Marked true>>"
            f"/ViewerPreferences<</DisplayDocTitle true>>/Metadata {meta} 0 R"
            f"/AcroForm {form} 0 R/OutputIntents[{intent} 0 R]/AF[{' '.join(refs)}]"
            f"/Names<</EmbeddedFiles<</Names[{tree}]>>>>>>"
        )
