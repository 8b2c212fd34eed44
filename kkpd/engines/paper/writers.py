"""What writes a frozen document, by the ending of the file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from kkpd.engines.paper import FrozenDocument, csv, xlsx
from kkpd.engines.paper.drawings import draw

WRITERS: Final[Mapping[str, Callable[[FrozenDocument], bytes]]] = {
    "pdf": draw,
    "xlsx": xlsx.write,
    "csv": csv.write,
}
