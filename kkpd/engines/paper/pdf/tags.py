"""The structure tree: what is a heading, a table, a header cell, in reading order (PDF/UA-1).

An element is written as soon as it is complete. Content of an element is marked with a number
(MCID) on its page; the page stores the owner of each number.
"""

from __future__ import annotations

from kkpd.engines.paper.pdf.writer import Writer, text


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
