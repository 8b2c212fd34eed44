"""A refund and its original in the chain: the original goes first and cannot go back while a refund
relies on it.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.core.errors import Conflict
from kkpd.core.moments import period_name
from kkpd.core.money import ZERO, Rupiah
from kkpd.ledger import rules
from kkpd.ledger.active import latest_decision
from kkpd.models import Transaksi


def asal(session: Session, transaksi_id: int) -> Transaksi | None:
    """The original of this refund, locked before the refund (as a DPT does); else None."""
    wanted = select(Transaksi.asal_id).where(Transaksi.id == transaksi_id).scalar_subquery()
    return session.scalars(
        select(Transaksi)
        .where(Transaksi.id == wanted)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()


def budget_part(session: Session, asal: Transaksi, refund: Transaksi) -> Rupiah:
    """The part of the refund that comes back to the budget (negative or zero); Conflict while the
    original is not decided.
    """
    approved = ZERO
    if asal.status in rules.CHARGED:
        approved = _approved(session, asal)
    back = [_approved(session, row) for row in _refunds(session, asal) if row.id != refund.id]
    return rules.budget_part(asal.status, approved, -sum(back, start=ZERO), refund.nilai)


def require_no_refund(session: Session, asal: Transaksi) -> None:
    """Conflict while a decided refund relies on this purchase."""
    rows = _refunds(session, asal, (*rules.CHARGED, *rules.BORNE_BY_HOLDER))
    if rows:
        raise Conflict(
            f"Pengembaliannya Rp {rows[0].nilai} sudah diputuskan. "
            "Urungkan putusan pengembalian itu dahulu."
        )


def require_no_other_refund(session: Session, asal: Transaksi, shared: list[Transaksi]) -> None:
    """Conflict while a refund of this purchase is on another DPT than that of these lines."""
    together = {row.id for row in shared}
    for row in _refunds(session, asal):
        if row.id not in together and row.status in rules.ON_DPT:
            raise Conflict(
                f"Pengembaliannya Rp {row.nilai} dimuat dalam DPT lain. Batalkan DPT itu dahulu."
            )


def check_dpt(session: Session, refund: Transaksi) -> Transaksi | None:
    """The original of this refund on a DPT; Conflict while the original is on no DPT."""
    if refund.asal_id is None:
        return None
    asal = session.get_one(Transaksi, refund.asal_id)
    month = period_name(asal.tahun, asal.bulan)
    rules.check_dpt(asal.status, refund.merchant, refund.nilai, month)
    return asal


def _refunds(
    session: Session, asal: Transaksi, states: Sequence[str] = rules.CHARGED
) -> list[Transaksi]:
    """Refunds of it in these states; by default those approved or later."""
    return list(
        session.scalars(
            select(Transaksi)
            .where(Transaksi.asal_id == asal.id, Transaksi.status.in_(states))
            .order_by(Transaksi.id)
        )
    )


def _approved(session: Session, row: Transaksi) -> Rupiah:
    decision = latest_decision(session, row.id)
    assert decision is not None, "an approved line has its decision"
    return decision.nilai
