"""Papers that were taken back: what still holds, and why the others do not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from kkpd.models import DokumenBaris, Orang, Pembatalan, Transaksi


@dataclass(frozen=True, slots=True)
class Batal:
    """Who took it back, when and why."""

    oleh: str
    at: datetime
    alasan: str


def berlaku(model: Any) -> ColumnElement[bool]:
    """The condition that this document or step of payment (or an alias of it) was not taken back.

    Every sum and every chain over issued papers asks for it; registers show the others as void.
    """
    column = Pembatalan.dokumen_id if hasattr(model, "data_sha256") else Pembatalan.pencairan_id
    return ~select(Pembatalan.id).where(column == model.id).exists()


def dokumen(session: Session, dokumen_id: int) -> Batal | None:
    """How this document was taken back; None while it holds."""
    row = session.execute(
        select(Pembatalan, Orang.nama)
        .join(Orang, Orang.id == Pembatalan.oleh_id)
        .where(Pembatalan.dokumen_id == dokumen_id)
    ).one_or_none()
    return None if row is None else Batal(row[1], row[0].at, row[0].alasan)


def dapat(session: Session, dokumen_id: int, status: str) -> bool:
    """Whether it still holds and every line of it stands where it left them."""
    states = session.scalars(
        select(Transaksi.status)
        .join(DokumenBaris, DokumenBaris.transaksi_id == Transaksi.id)
        .where(DokumenBaris.dokumen_id == dokumen_id)
    ).all()
    return dokumen(session, dokumen_id) is None and set(states) == {status}
