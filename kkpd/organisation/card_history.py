"""A card's state on a past day."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kkpd.models import Kartu, KartuRiwayat


def status_on(session: Session, kartu: Kartu, day: date) -> str:
    """The card's state on that day by its history; its present state when there is none."""
    found = session.scalar(
        select(KartuRiwayat.status)
        .where(KartuRiwayat.kartu_id == kartu.id, KartuRiwayat.tanggal <= day)
        .order_by(KartuRiwayat.tanggal.desc(), KartuRiwayat.id.desc())
        .limit(1)
    )
    if found is not None:
        return found
    earliest = session.scalar(
        select(func.min(KartuRiwayat.tanggal)).where(KartuRiwayat.kartu_id == kartu.id)
    )
    return kartu.status if earliest is None else "belum terbit"
