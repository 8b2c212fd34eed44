"""Recording a refund from a bank line and linking both in one act.

A refund is a negative purchase that refers to its original, so that the DPT pays less and ceilings
get their room back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kkpd.belanja import verbs as belanja_verbs
from kkpd.belanja.fields import RecordPurchase
from kkpd.core.errors import Conflict, DomainError, NotFound
from kkpd.core.money import ZERO, Rupiah
from kkpd.core.permissions import Actor, require
from kkpd.models import BarisBank, Transaksi
from kkpd.reconciliation import decide as reconciliation_decide
from kkpd.reconciliation.decide import key_prefix
from kkpd.tagihan import line_state


@dataclass(frozen=True, slots=True)
class GiveBack:
    """The command: this negative bank line refunds (a part of) that purchase."""

    line_id: int
    asal_id: int
    terlihat: Rupiah | None = None


def give_back(
    session: Session, actor: Actor, opd_id: int, command: GiveBack, now: datetime
) -> Transaksi:
    """Record the refund of the original and link the line with it. DomainError when more would
    come back than was paid; NotFound for a purchase that is not this OPD's.
    """
    require(actor, "cocok:putuskan", opd_id)
    line_state.lock(session, opd_id)
    line = line_state.open_line(session, opd_id, command.line_id)
    line_state.require_seen(session, line, command.terlihat)
    asal = session.get(Transaksi, command.asal_id, with_for_update=True, populate_existing=True)
    if asal is None or asal.opd_id != opd_id or asal.nilai < ZERO:
        raise NotFound("Belanja asal tidak ditemukan.")
    if asal.status == "dibatalkan":
        raise Conflict("Belanja asal sudah dibatalkan. Muat ulang untuk melihat keadaannya.")
    amount = line_state.left_over(session, line)
    row = _waiting(session, asal, amount)
    if row is None:
        _require_room(session, asal, amount)
        row = belanja_verbs.record(session, actor, _refund(session, line, asal, amount), now)
    reconciliation_decide.pair_up(
        session, actor, opd_id, reconciliation_decide.LinkUp(line.id, (row.id,)), now
    )
    return row


def _waiting(session: Session, asal: Transaksi, amount: Rupiah) -> Transaksi | None:
    """A recorded refund of this original that waits for its line; it is not recorded twice."""
    rows = session.scalars(
        select(Transaksi)
        .where(
            Transaksi.asal_id == asal.id,
            Transaksi.nilai == amount,
            Transaksi.status != "dibatalkan",
        )
        .order_by(Transaksi.id)
    )
    return next((row for row in rows if not belanja_verbs.is_matched(session, row.id)), None)


def _require_room(session: Session, asal: Transaksi, amount: Rupiah) -> None:
    if amount >= ZERO:
        raise DomainError("Hanya baris yang bernilai negatif yang mengembalikan belanja.")
    back = session.scalar(
        select(func.sum(Transaksi.nilai)).where(
            Transaksi.asal_id == asal.id, Transaksi.status != "dibatalkan"
        )
    )
    left = asal.nilai + (back or ZERO)
    if left + amount < ZERO:
        raise DomainError(
            f"Belanja {asal.merchant} tinggal Rp {left} yang dapat dikembalikan, "
            f"baris ini mengembalikan Rp {abs(amount)}. Jelaskan kelebihannya.",
            field="transaksi",
        )


def _refund(session: Session, line: BarisBank, asal: Transaksi, amount: Rupiah) -> RecordPurchase:
    count = session.scalar(
        select(func.count()).select_from(Transaksi).where(Transaksi.asal_id == asal.id)
    )
    return RecordPurchase(
        opd_id=asal.opd_id,
        kartu_id=line.kartu_id or asal.kartu_id,
        tanggal=line.tanggal_transaksi or line.tanggal_posting or asal.tanggal,
        merchant=asal.merchant,
        uraian=f"Pengembalian {asal.uraian}"[:500],
        sub_kegiatan=asal.sub_kegiatan,
        rekening=asal.rekening,
        sumber_dana=asal.sumber_dana,
        nilai=amount,
        kunci_kirim=f"{key_prefix(line.id)}{asal.id}-{count}",
        kanal=asal.kanal,
        asal_id=asal.id,
    )
