"""A row of an uploaded reference or budget table, still as text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

#: The column in which the reader marks a total row.
TOTAL_MARK: Final = "(jumlah)"


@dataclass(frozen=True, slots=True)
class ReferenceRow:
    """One row: its number in the file (1 is the header) and its values by column name."""

    nomor: int
    nilai: dict[str, str]

    def __getitem__(self, column: str) -> str:
        """The value, empty where the column or the cell is missing."""
        return self.nilai.get(column, "")
