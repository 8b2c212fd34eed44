"""A purchase line as the watcher reads it: straight from its row."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final, NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from kkpd.core.db.raw_sql import FixedStatement
from kkpd.core.money import Rupiah
from kkpd.models import Transaksi


class Row(NamedTuple):
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


_ALL: Final = FixedStatement(
    select(*(getattr(Transaksi, name) for name in Row._fields)).where(
        Transaksi.opd_id == bindparam("opd")
    )
)


def everything(session: Session, opd_ids: Sequence[int]) -> dict[int, Row]:
    """Every line of these offices by its id."""
    connection = session.connection()
    return {
        row[0]: Row._make(row)
        for opd_id in opd_ids
        for row in _ALL.baris(connection, {"opd": opd_id})
    }
