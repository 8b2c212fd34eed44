"""Closing the demo's months: by the treasurer, confirmed except the newest, the first ones reviewed
by the inspector.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from kkpd.core.moments import business_day
from kkpd.core.permissions import Actor
from kkpd.demo.ground import OpdDemo
from kkpd.demo.year import LAST_MONTH
from kkpd.reconciliation import periods
from kkpd.records.issue import Issuer

#: How many months of each OPD the inspector has reviewed.
_REVIEWED_UNTIL: Final = 3


def tutup(
    session: Session,
    opd: OpdDemo,
    penerbit: Issuer,
    bulan: tuple[int, int],
    at: datetime,
    inspector: Actor,
) -> None:
    """Close the month if nothing prevents it; the PA confirms two days later, the inspector reviews
    a week after that.
    """
    if periods.closing_obstacles(session, opd.bendahara, opd.id, bulan, business_day(at)):
        return
    periods.tutup(session, opd.bendahara, opd.id, bulan, penerbit, at)
    if bulan[1] < LAST_MONTH - 1:
        periods.konfirmasi(session, opd.pa, opd.id, bulan, at + timedelta(days=2))
    if bulan[1] <= _REVIEWED_UNTIL:
        words = "Tagihan, DPT dan berita acara sama."
        periods.tinjau(session, inspector, opd.id, bulan, words, at + timedelta(days=9))
