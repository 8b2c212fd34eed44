"""PDF 1.7 objects to bytes, one after the other, as soon as they are complete.

Everything that is not a stream goes into object streams, so a file is a sequence of streams and one
cross-reference stream, in exactly one spelling: `reader` reads only that one. Memory grows by 13
bytes an object and by the compressed output.
"""

from __future__ import annotations

import struct
import zlib
from array import array

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
