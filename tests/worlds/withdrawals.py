"""Short ways for the tests of taking an import out again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.core.errors import Conflict
from kkpd.ledger.active import effective, is_given
from kkpd.models import BarisBank
from kkpd.tagihan.withdraw import withdraw
from kkpd.tagihan.withdraw.withdraw import TakenOut, TakeOut
from tests.cast import ACTORS, DINKES
from tests.worlds.bills import KOPI, NASI
from tests.worlds.office import NOW

CITRA = ACTORS["citra"]
NANTI = NOW + timedelta(hours=1)
TOKO = ("14/10/2026", "15/10/2026", "4821", "TOKO SUMBER REJEKI", "750.000,00", "DB")
DTS = [(KOPI[0], "", *KOPI[2:]), (NASI[0], "", *NASI[2:])]


def keluar(session: Session, impor_id: int, alasan: str = "Salah menjawab") -> TakenOut:
    return withdraw.take_out(session, CITRA, TakeOut(DINKES, impor_id, alasan), NANTI)


def blockers(session: Session, impor_id: int) -> str:
    """All hindrances; that taking out is refused with the first of them."""
    found = withdraw.check(session, CITRA, DINKES, impor_id).blockers
    with pytest.raises(Conflict, match="belum dapat dikeluarkan") as refused:
        keluar(session, impor_id)
    assert found[0] in str(refused.value)
    return " ".join(found)


def not_withdrawn(session: Session) -> list[tuple[str, int]]:
    """(text, whole rupiah) of the lines that count."""
    rows = session.execute(
        select(BarisBank.keterangan, BarisBank.nilai)
        .where(effective())
        .order_by(BarisBank.keterangan, BarisBank.id)
    )
    return [(text, nilai.sen // 100) for text, nilai in rows]


def line_of(session: Session, text: str) -> BarisBank:
    return session.scalars(select(BarisBank).where(BarisBank.keterangan == text, is_given())).one()
