"""What one drawing does otherwise than another: switches over the one engine, frozen like it.

Documents are issued with a drawing, so a line here never changes; a new look is another line.
"""

from __future__ import annotations

from datetime import UTC, timedelta, timezone
from typing import NamedTuple


class Look(NamedTuple):
    """`heads_stay`: heads of tables and groups stand with their first row, totals with their last,
    whatever their height; signatures right under a table always take rows along. `zone` is the
    clock on which the proof tells its moment: part of the look, since nothing else may decide it.
    """

    heads_stay: bool
    zone: timezone


FIRST = Look(heads_stay=False, zone=UTC)
SECOND = Look(heads_stay=True, zone=timezone(timedelta(hours=7), "WIB"))
