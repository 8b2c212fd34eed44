"""The differences between drawings: switches of the one engine, frozen like it.

Issued documents depend on it, so a line here never changes; a new look is another line.
"""

from __future__ import annotations

from datetime import UTC, timedelta, timezone
from typing import NamedTuple


class Look(NamedTuple):
    """`heads_stay`: heads of tables and groups stay with their first row, totals with their last
    row, whatever their height; signatures right below a table always keep rows with them. `zone` is
    the time zone of the proof's moment; it belongs to the look because a drawing may depend on
    nothing else.
    """

    heads_stay: bool
    zone: timezone


FIRST = Look(heads_stay=False, zone=UTC)
SECOND = Look(heads_stay=True, zone=timezone(timedelta(hours=7), "WIB"))
