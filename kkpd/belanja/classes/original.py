"""A refund has the class of its original purchase, also after every new decision."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.core.money import ZERO
from kkpd.models import PutusanKelas, Transaksi

#: The class may change until the PPTK has signed; afterwards it is on a paper.
ALLOWED_STATUSES: Final = ("tercatat", "berbukti", "diajukan")
#: In per mille: the original's class is certain.
_CERTAIN: Final = 1000


def follows_origin(transaksi: Transaksi) -> bool:
    """Whether a line is a refund of a known purchase and so has its class."""
    return transaksi.nilai < ZERO and transaksi.asal_id is not None


def follow(session: Session, transaksi: Transaksi, now: datetime) -> None:
    """A refund takes the class of its purchase, as a decision of its own."""
    asal = session.get_one(Transaksi, transaksi.asal_id)
    transaksi.kelas = asal.kelas
    session.add(
        PutusanKelas(
            opd_id=transaksi.opd_id,
            transaksi_id=transaksi.id,
            kelas=asal.kelas,
            keyakinan=_CERTAIN,
            aturan="pengembalian",
            alasan=f"Pengembalian belanja nomor {asal.id}: kelasnya mengikuti belanja asal.",
            yang_mengubah="Kelas lain bila belanja asalnya diganti.",
            bukti=[],
            at=now,
        )
    )
    session.flush()


def carry_class(session: Session, asal: Transaksi, now: datetime) -> list[int]:
    """Give the new class of a purchase to its refunds that are on no paper yet; their ids."""
    refunds = session.scalars(
        select(Transaksi)
        .where(
            Transaksi.asal_id == asal.id,
            Transaksi.nilai < ZERO,
            Transaksi.status.in_(ALLOWED_STATUSES),
            Transaksi.kelas != asal.kelas,
        )
        .order_by(Transaksi.id)
        .with_for_update()
    ).all()
    for refund in refunds:
        follow(session, refund, now)
    return [refund.id for refund in refunds]
