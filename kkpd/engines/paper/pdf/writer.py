"""PDF 1.7 objects to bytes, one after the other, as soon as they are complete.

Everything that is not a stream goes into object streams, so a file is a sequence of streams and one
cross-reference stream, in exactly one spelling: `reader` reads only that one. Memory grows by 13
bytes an object and by the compressed output.


The structure tree: what is a heading, a table, a header cell, in reading order (PDF/UA-1).

An element is written as soon as it is complete. Content of an element is marked with a number
(MCID) on its page; the page stores the owner of each number.


The file's metadata: XMP with PDF/A-3a and PDF/UA-1, and the same in Info."""

from __future__ import annotations

import struct
import zlib
from array import array
from datetime import date
from html import escape

HEADER = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
BATCH = 200
XREF_WIDTHS = "/W[1 5 2]"
_ENTRY = struct.Struct(">BBIH")


class Writer:
    """Reserve a number, then `put` its object or write its `stream`; `finish` once at the end."""

    def __init__(self) -> None:
        self._out = bytearray(HEADER)
        self._kind = array("B", [0])
        self._where = array("Q", [0])
        self._index = array("H", [65535])
        self._batch: list[tuple[int, str]] = []

    def reserve(self, count: int = 1) -> int:
        """The first of `count` consecutive new object numbers."""
        first = len(self._kind)
        self._kind.frombytes(bytes(count))
        self._where.frombytes(bytes(8 * count))
        self._index.frombytes(bytes(2 * count))
        return first

    def put(self, number: int, body: str) -> None:
        """Write an object that is not a stream. `body` is ASCII PDF syntax."""
        self._batch.append((number, body))
        if len(self._batch) >= BATCH:
            self._flush()

    def add(self, body: str) -> int:
        """Write an object under a new number, which is returned."""
        number = self.reserve()
        self.put(number, body)
        return number

    def stream(self, number: int, entries: str, data: bytes, *, packed: bool = True) -> None:
        """Write a stream with these dictionary entries, deflated unless told otherwise."""
        self._kind[number] = 1
        self._where[number] = len(self._out)
        if packed:
            entries, data = entries + "/Filter/FlateDecode", zlib.compress(data, 6)
        head = f"{number} 0 obj\n<<{entries}/Length {len(data)}>>\nstream\n"
        self._out += head.encode("ascii")
        self._out += data
        self._out += b"\nendstream\nendobj\n"

    def finish(self, root: int, info: int, identity: bytes) -> bytes:
        """Write the rest, the cross-references and the end; `identity` is the file's ID."""
        self._flush()
        number = self.reserve()
        start = len(self._out)
        self._kind[number], self._where[number] = 1, start
        ident = f"<{identity.hex()}>"
        self.stream(
            number,
            f"/Type/XRef/Size {number + 1}{XREF_WIDTHS}/Root {root} 0 R/Info {info} 0 R"
            f"/ID[{ident}{ident}]",
            xref_table(self._kind, self._where, self._index),
        )
        self._out += f"startxref\n{start}\n%%EOF\n".encode()
        return bytes(self._out)

    def _flush(self) -> None:
        """Write the waiting objects as one object stream."""
        if not self._batch:
            return
        number = self.reserve()
        index, bodies, at = [], [], 0
        for position, (member, body) in enumerate(self._batch):
            self._kind[member] = 2
            self._where[member], self._index[member] = number, position
            index.append(f"{member} {at}")
            bodies.append(body)
            at += len(body) + 1
        first = " ".join(index) + "\n"
        entries = f"/Type/ObjStm/N {len(index)}/First {len(first)}"
        self._batch = []
        self.stream(number, entries, (first + "\n".join(bodies) + "\n").encode("ascii"))


def xref_table(kinds: array[int], where: array[int], index: array[int]) -> bytes:
    """The rows of the cross-reference stream: kind, 5 bytes of offset, 2 of index."""
    pack = _ENTRY.pack
    return b"".join(
        pack(kind, place >> 32, place & 0xFFFFFFFF, position)
        for kind, place, position in zip(kinds, where, index, strict=True)
    )


def text(value: str) -> str:
    """A text string object: UTF-16 in hex, so that no character can act as syntax."""
    return f"<FEFF{value.encode('utf-16-be').hex().upper()}>"


class Element:
    """One element under construction; `number` is its object, `kids` its PDF syntax."""

    __slots__ = ("attributes", "kids", "kind", "number", "page", "parent")

    def __init__(self, number: int, kind: str, parent: int, attributes: str = "") -> None:
        self.number = number
        self.kind = kind
        self.parent = parent
        self.attributes = attributes
        self.page = 0
        self.kids: list[str] = []


class Tags:
    """The tree of one file."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self._tree = writer.reserve()
        self.document = Element(writer.reserve(), "Document", self._tree)
        self._parents: list[int] = []

    def open(self, kind: str, parent: Element, attributes: str = "") -> Element:
        """A new element, the last child of its parent."""
        element = Element(self.writer.reserve(), kind, parent.number, attributes)
        parent.kids.append(f"{element.number} 0 R")
        return element

    def close(self, element: Element) -> None:
        """Write the element; its children are complete."""
        page = f"/Pg {element.page} 0 R" if element.page else ""
        kids = element.kids
        inside = f"/K {kids[0]}" if len(kids) == 1 else f"/K[{' '.join(kids)}]" if kids else ""
        self.writer.put(
            element.number,
            f"<</S/{element.kind}/P {element.parent} 0 R{page}{element.attributes}{inside}>>",
        )

    def page_done(self, owners: list[int]) -> int:
        """Add the owners of a page's marks; returns its key in the parent tree."""
        self._parents.append(self.writer.add(f"[{' '.join(f'{n} 0 R' for n in owners)}]"))
        return len(self._parents) - 1

    def finish(self) -> int:
        """Write the document element and the tree; returns the tree's object number."""
        self.close(self.document)
        pairs = " ".join(f"{key} {number} 0 R" for key, number in enumerate(self._parents))
        nums = self.writer.add(f"<</Nums[{pairs}]>>")
        self.writer.put(
            self._tree,
            f"<</Type/StructTreeRoot/K {self.document.number} 0 R/ParentTree {nums} 0 R"
            f"/ParentTreeNextKey {len(self._parents)}>>",
        )
        return self._tree


def actual_text(value: str) -> str:
    """The replacement text where boxes had to be drawn."""
    return f"/ActualText{text(value)}"


def alternative(value: str) -> str:
    """The description of a figure in words."""
    return f"/Alt{text(value)}"


def header_cell(scope: str, columns: int = 1, rows: int = 1) -> str:
    """The attributes of a header cell: scope and span."""
    spans = (f"/ColSpan {columns}" if columns > 1 else "") + (
        f"/RowSpan {rows}" if rows > 1 else ""
    )
    return f"/A<</O/Table/Scope/{scope}{spans}>>"


def spanning(columns: int) -> str:
    """The attributes of a data cell over several columns."""
    return f"/A<</O/Table/ColSpan {columns}>>" if columns > 1 else ""


PRODUCER = "KKPD"


def info(title: str, author: str, day: date) -> str:
    """The document information dictionary; its date is the document's own."""
    return (
        f"<</Title{text(title)}/Author{text(author)}/Creator{text(PRODUCER)}"
        f"/Producer{text(PRODUCER)}/CreationDate(D:{day:%Y%m%d}000000Z)"
        f"/ModDate(D:{day:%Y%m%d}000000Z)>>"
    )


def xmp(title: str, author: str, day: date) -> bytes:
    """The metadata stream."""
    moment = f"{day.isoformat()}T00:00:00Z"
    return _XMP.format(
        title=escape(title), author=escape(author), moment=moment, producer=PRODUCER
    ).encode()


_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"
 xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
 xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
<dc:language><rdf:Bag><rdf:li>id-ID</rdf:li></rdf:Bag></dc:language>
<dc:format>application/pdf</dc:format>
<pdf:Producer>{producer}</pdf:Producer>
<xmp:CreatorTool>{producer}</xmp:CreatorTool>
<xmp:CreateDate>{moment}</xmp:CreateDate>
<xmp:ModifyDate>{moment}</xmp:ModifyDate>
<pdfaid:part>3</pdfaid:part>
<pdfaid:conformance>A</pdfaid:conformance>
<pdfuaid:part>1</pdfuaid:part>
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289 that is followed</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>"""
