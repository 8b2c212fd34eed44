"""Document numbers without gaps per OPD, year and kind, also when many take one at once."""

from __future__ import annotations

from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kkpd.core.db.missing import counting
from kkpd.models import Dokumen, NomorUrut
from kkpd.records.event_log import locked_chain

#: Replaces the OPD in the number of a document about all OPDs.
ALL: Final = "semua"
_TAKE: Final = counting(
    NomorUrut.metadata.tables["nomor_urut"], ("opd_id", "tahun", "jenis"), "terakhir"
)


def next_number(session: Session, opd_id: int | None, tahun: int, jenis: str) -> int:
    """The next number. The counter's row stays locked until the transaction ends, so a rollback
    returns the number and nobody can have taken the next one.
    """
    if opd_id is None:
        return _next_of_all(session, tahun, jenis)
    connection = session.connection()
    key = {"opd_id": opd_id, "tahun": tahun, "jenis": jenis}
    [(taken,)] = _TAKE[connection.dialect.name].baris(connection, key)
    return int(taken)


def _next_of_all(session: Session, tahun: int, jenis: str) -> int:
    """Documents about all OPDs: the administration's chain, locked, is their counter's lock."""
    locked_chain(session, None)
    last = session.scalar(
        select(func.max(Dokumen.urut)).where(
            Dokumen.opd_id.is_(None), Dokumen.tahun == tahun, Dokumen.jenis == jenis
        )
    )
    return (last or 0) + 1
