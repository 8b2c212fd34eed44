"""Frozen documents, and drawing them as PDF, XLSX and CSV."""

from kkpd.engines.paper.model import FrozenDocument
from kkpd.engines.paper.parts import (
    Column,
    Entries,
    LabelRow,
    Letterhead,
    Paragraph,
    Person,
    RowGroup,
    SignatureBlock,
    Table,
    Terbilang,
    TotalsDiffer,
    data_table,
)

__all__ = [
    "Column",
    "Entries",
    "FrozenDocument",
    "LabelRow",
    "Letterhead",
    "Paragraph",
    "Person",
    "RowGroup",
    "SignatureBlock",
    "Table",
    "Terbilang",
    "TotalsDiffer",
    "data_table",
]
