"""A row of a reference or budget table that a person brought, still as text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

#: The column by which a reader marks a row that calls itself a total.
TOTAL_MARK: Final = "(jumlah)"


@dataclass(frozen=True, slots=True)
class ReferenceRow:
    """One row: its number in the file (1 is the header) and its values by column name."""

    nomor: int
    nilai: dict[str, str]

    def __getitem__(self, column: str) -> str:
        """The value, empty where the column or the cell is missing."""
        return self.nilai.get(column, "")
