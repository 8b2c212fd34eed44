"""A purchase line as the watcher reads it: straight from its row."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.domain.money import Rupiah
from kkpd.models import Transaksi


class Baris(NamedTuple):
    """What the invariants look at."""

    id: int
    opd_id: int
    tahun: int
    bulan: int
    status: str
    nilai: Rupiah
    kartu_id: int
    rekening: str
    tanggal: date
    asal_id: int | None


def semua(session: Session, opd_ids: Sequence[int]) -> dict[int, Baris]:
    """Every line of these offices by its id."""
    rows = session.execute(
        select(*(getattr(Transaksi, name) for name in Baris._fields)).where(
            Transaksi.opd_id.in_(opd_ids)
        )
    )
    return {row[0]: Baris(*row) for row in rows}
