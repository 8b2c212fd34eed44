"""A month of the demo year is closed by its treasurer and, but for the newest, confirmed."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from kkpd.demo.dasar import OpdDemo
from kkpd.demo.tahun import BULAN_TERAKHIR
from kkpd.domain.waktu import business_day
from kkpd.services import periode
from kkpd.services.dokumen import Penerbit


def tutup(
    session: Session, opd: OpdDemo, penerbit: Penerbit, bulan: tuple[int, int], at: datetime
) -> None:
    """Close the month when nothing holds it; the PA confirms two days later."""
    if periode.hambatan(session, opd.bendahara, opd.id, bulan, business_day(at)):
        return
    periode.tutup(session, opd.bendahara, opd.id, bulan, penerbit, at)
    if bulan[1] < BULAN_TERAKHIR - 1:
        periode.konfirmasi(session, opd.pa, opd.id, bulan, at + timedelta(days=2))
