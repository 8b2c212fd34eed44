"""Document numbers without gaps per OPD, year and kind, also when many take one at once."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.db.missing import insert_missing
from kkpd.models import NomorUrut


def next_number(session: Session, opd_id: int, tahun: int, jenis: str) -> int:
    """The next number; the counter's row stays locked until the transaction ends, so a rollback
    gives the number back and nobody else can have taken the one after it.
    """
    insert_missing(session, NomorUrut, opd_id=opd_id, tahun=tahun, jenis=jenis, terakhir=0)
    counter = session.scalars(
        select(NomorUrut)
        .where(NomorUrut.opd_id == opd_id, NomorUrut.tahun == tahun, NomorUrut.jenis == jenis)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    counter.terakhir += 1
    session.flush()
    return counter.terakhir
