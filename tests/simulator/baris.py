"""A purchase line as the watcher reads it: straight from its row."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final, NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from kkpd.core.db.raw_sql import Tetap
from kkpd.core.money import Rupiah
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


_SEMUA: Final = Tetap(
    select(*(getattr(Transaksi, name) for name in Baris._fields)).where(
        Transaksi.opd_id == bindparam("opd")
    )
)


def semua(session: Session, opd_ids: Sequence[int]) -> dict[int, Baris]:
    """Every line of these offices by its id."""
    connection = session.connection()
    return {
        row[0]: Baris._make(row)
        for opd_id in opd_ids
        for row in _SEMUA.baris(connection, {"opd": opd_id})
    }
