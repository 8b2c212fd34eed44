"""Papers that were taken back: which papers hold, and why the others do not."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kkpd.core.money import ZERO
from kkpd.ledger.active import holds as effective
from kkpd.models import DokumenBaris, Orang, Pembatalan, Penyelesaian, Transaksi

__all__ = [
    "WITHOUT_STEP",
    "TakenBack",
    "can_take_back",
    "dibayar",
    "dokumen",
    "effective",
    "status",
]

#: Papers that move no line -> the states that their lines may have while the paper can be taken
#: back: before an NPD for a joint list, before any further step for a refusal.
WITHOUT_STEP: Final = {
    "dpt_gabungan": frozenset({"dpt"}),
    "penolakan": frozenset({"ditolak", "disetujui", "dpt"}),
}


@dataclass(frozen=True, slots=True)
class TakenBack:
    """Who took it back, when and why."""

    oleh: str
    at: datetime
    alasan: str


def dokumen(session: Session, dokumen_id: int) -> TakenBack | None:
    """How this document was taken back; None while it holds."""
    row = session.execute(
        select(Pembatalan, Orang.nama)
        .join(Orang, Orang.id == Pembatalan.oleh_id)
        .where(Pembatalan.dokumen_id == dokumen_id)
    ).one_or_none()
    return None if row is None else TakenBack(row[1], row[0].at, row[0].alasan)


def can_take_back(session: Session, dokumen_id: int, jenis: str, allowed: Collection[str]) -> bool:
    """Whether it holds and its lines have taken no further step."""
    if dokumen(session, dokumen_id) is not None:
        return False
    return set(allowed) >= status(session, dokumen_id) and not (
        jenis == "penolakan" and dibayar(session, dokumen_id)
    )


def status(session: Session, dokumen_id: int) -> set[str]:
    """The states of its lines."""
    states = session.scalars(
        select(Transaksi.status)
        .join(DokumenBaris, DokumenBaris.transaksi_id == Transaksi.id)
        .where(DokumenBaris.dokumen_id == dokumen_id)
    ).all()
    return set(states)


def dibayar(session: Session, dokumen_id: int) -> bool:
    """Whether the holder has repaid something of its lines, reversals aside."""
    paid = session.scalar(
        select(Penyelesaian.transaksi_id)
        .join(DokumenBaris, DokumenBaris.transaksi_id == Penyelesaian.transaksi_id)
        .where(DokumenBaris.dokumen_id == dokumen_id)
        .group_by(Penyelesaian.transaksi_id)
        .having(func.sum(Penyelesaian.nilai) != ZERO)
        .limit(1)
    )
    return paid is not None
