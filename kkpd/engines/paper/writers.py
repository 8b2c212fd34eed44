"""What writes a frozen document, by the ending of the file; each library is loaded by its use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from kkpd.core.proof.events import Proof
from kkpd.engines.paper import FrozenDocument, csv


def draw(
    dokumen: FrozenDocument,
    bukti: Proof | None = None,
    each_page: Callable[[], None] | None = None,
) -> bytes:
    """The PDF (`sheet.draw`)."""
    from kkpd.engines.paper import sheet

    return sheet.draw(dokumen, bukti, each_page)


def workbook(dokumen: FrozenDocument) -> bytes:
    """The XLSX (`xlsx.write`)."""
    from kkpd.engines.paper import xlsx

    return xlsx.write(dokumen)


WRITERS: Final[Mapping[str, Callable[[FrozenDocument], bytes]]] = {
    "pdf": draw,
    "xlsx": workbook,
    "csv": csv.write,
}
