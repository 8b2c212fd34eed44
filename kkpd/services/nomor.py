"""Document numbers without gaps per OPD, year and kind, also when many take one at once."""

from __future__ import annotations

from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kkpd.db.missing import insert_missing
from kkpd.models import Dokumen, NomorUrut
from kkpd.services.log import locked_chain

#: What stands for the OPD in the number of a document about all of them.
SEMUA: Final = "semua"


def next_number(session: Session, opd_id: int | None, tahun: int, jenis: str) -> int:
    """The next number; the counter's row stays locked until the transaction ends, so a rollback
    gives the number back and nobody else can have taken the one after it.
    """
    if opd_id is None:
        return _next_of_all(session, tahun, jenis)
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


def _next_of_all(session: Session, tahun: int, jenis: str) -> int:
    """Documents about all OPDs: the administration's chain, locked, is their counter's lock."""
    locked_chain(session, None)
    last = session.scalar(
        select(func.max(Dokumen.urut)).where(
            Dokumen.opd_id.is_(None), Dokumen.tahun == tahun, Dokumen.jenis == jenis
        )
    )
    return (last or 0) + 1
