"""A bank line in the reconciliation: is it still open, and what of it is not settled yet."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kkpd.domain.errors import Conflict, NotFound
from kkpd.domain.money import NOL, Rupiah, total
from kkpd.models import BarisBank, Cocok, Opd, Periode, Selisih


def lock(session: Session, opd_id: int) -> None:
    """One reconciler of an OPD at a time: lines are append-only and cannot be locked themselves."""
    # FOR NO KEY UPDATE: rows that refer to the OPD share its key, and two of them must not deadlock
    session.get_one(Opd, opd_id, with_for_update={"key_share": True}, populate_existing=True)


def get(session: Session, opd_id: int, baris_id: int) -> BarisBank:
    """The line, when it is this OPD's."""
    line = session.get(BarisBank, baris_id)
    if line is None or line.opd_id != opd_id:
        raise NotFound("Baris bank tidak ditemukan.")
    return line


def open_line(session: Session, opd_id: int, baris_id: int) -> BarisBank:
    """The line, when its month is open and something of it is not settled."""
    line = get(session, opd_id, baris_id)
    require_open_period(session, opd_id, line.tahun, line.bulan)
    if not sisa(session, line):
        raise Conflict("Baris ini sudah diselesaikan orang lain. Muat ulang untuk melihatnya.")
    return line


def sisa(session: Session, line: BarisBank) -> Rupiah:
    """What neither purchases nor explanations cover of the line."""
    sums = [
        session.scalar(
            select(func.sum(model.nilai)).where(
                model.opd_id == line.opd_id,
                model.baris_bank_id == line.id,
                model.dicabut_at.is_(None),
            )
        )
        or NOL
        for model in (Cocok, Selisih)
    ]
    return line.nilai - total(sums)


def require_open_period(session: Session, opd_id: int, tahun: int, bulan: int) -> None:
    """Conflict when the month is closed: it is unchangeable by any path (law 5)."""
    found = session.get(Periode, (opd_id, tahun, bulan))
    if found is not None and found.status != "terbuka":
        raise Conflict("Periode ini sudah ditutup; putusannya tidak dapat diubah lagi.")
