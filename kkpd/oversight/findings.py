"""The purchase that a finding is about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.core.money import Rupiah
from kkpd.models import Transaksi

_PURCHASE_PREFIX = "transaksi:"


@dataclass(frozen=True, slots=True)
class SubjectPurchase:
    """The purchase a finding is about."""

    transaksi_id: int
    merchant: str
    nilai: Rupiah


def subject_purchases(session: Session, subjek: Iterable[str]) -> dict[str, SubjectPurchase]:
    """Subject of a finding (`transaksi:12`) -> the purchase; other subjects are left out."""
    ids = {
        int(number)
        for one in subjek
        if one.startswith(_PURCHASE_PREFIX)
        and (number := one.removeprefix(_PURCHASE_PREFIX)).isdigit()
    }
    rows = session.execute(
        select(Transaksi.id, Transaksi.merchant, Transaksi.nilai).where(Transaksi.id.in_(ids))
    )
    return {
        f"{_PURCHASE_PREFIX}{row.id}": SubjectPurchase(row.id, row.merchant, row.nilai)
        for row in rows
    }
