"""Frozen documents: one builder a form, each giving a `FrozenDocument` whose totals are asserted.
"""

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
