"""What writes a frozen document, by the ending of the file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from kkpd.domain.documents import Dokumen
from kkpd.reports import csv, xlsx
from kkpd.reports.drawings import draw

WRITERS: Final[Mapping[str, Callable[[Dokumen], bytes]]] = {
    "pdf": draw,
    "xlsx": xlsx.write,
    "csv": csv.write,
}
