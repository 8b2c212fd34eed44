"""Measures and colours of every drawing, in hundredths of a point, and the differences between
drawings. They never change: issued documents depend on them, and a new look is another line.
"""

from __future__ import annotations

from datetime import UTC, timedelta, timezone
from typing import NamedTuple

PAPER = {"A4": (59528, 84189), "F4": (60945, 93543)}
MARGIN_SIDE = 4252
MARGIN_TOP = 4252
MARGIN_BOTTOM = 5400
#: Where the body of a continued page begins, below the running head.
CONTINUED_TOP = 5600

BODY, BODY_LEADING = 1000, 1380
SMALL, SMALL_LEADING = 750, 980
TITLE, TITLE_LEADING = 1250, 1650
SECTION, SECTION_LEADING = 1050, 1500
CELL, CELL_LEADING = 800, 1000
HEAD, HEAD_LEADING = 750, 930
PAD = 240
PAD_SIDE = 300
GAP = 700

HAIR, RULE, THICK = 30, 60, 160
GRID = ".58 .63 .62 RG"
HEAD_FILL = ".91 .945 .935 rg"
TOTAL_FILL = ".955 .97 .965 rg"
WATERMARK = ".93 g"


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
