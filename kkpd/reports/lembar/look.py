"""What one drawing does otherwise than another: switches over the one engine, frozen like it.

Documents are issued with a drawing, so a line here never changes; a new look is another line.
"""

from __future__ import annotations

from typing import NamedTuple


class Look(NamedTuple):
    """`heads_stay`: heads of tables and groups stand with their first row, totals with their last,
    whatever their height; signatures right under a table always take rows along."""

    heads_stay: bool


FIRST = Look(heads_stay=False)
SECOND = Look(heads_stay=True)
