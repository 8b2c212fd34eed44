"""What a finding is about, in words: the purchase behind its subject."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.core.money import Rupiah
from kkpd.models import Transaksi

_TRANSAKSI = "transaksi:"


@dataclass(frozen=True, slots=True)
class Tentang:
    """The purchase a finding is about."""

    transaksi_id: int
    merchant: str
    nilai: Rupiah


def tentang(session: Session, subjek: Iterable[str]) -> dict[str, Tentang]:
    """Subject of a finding (`transaksi:12`) -> the purchase; other subjects are left out."""
    ids = {
        int(number)
        for one in subjek
        if one.startswith(_TRANSAKSI) and (number := one.removeprefix(_TRANSAKSI)).isdigit()
    }
    rows = session.execute(
        select(Transaksi.id, Transaksi.merchant, Transaksi.nilai).where(Transaksi.id.in_(ids))
    )
    return {f"{_TRANSAKSI}{row.id}": Tentang(row.id, row.merchant, row.nilai) for row in rows}
