"""A bank line in the reconciliation: is it still open, and what of it is not settled yet."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from kkpd.core.db.raw_sql import FixedStatement
from kkpd.core.errors import Conflict, NotFound
from kkpd.core.moments import clock_time
from kkpd.core.money import ZERO, Rupiah
from kkpd.ledger.difference_kinds import LABELS
from kkpd.models import (
    BarisBank,
    BarisKeluar,
    Cocok,
    Opd,
    Orang,
    Penyelesaian,
    Periode,
    Selisih,
    Transaksi,
)


def lock(session: Session, opd_id: int) -> None:
    """One reconciler of an OPD at a time: lines are append-only and cannot be locked themselves."""
    # FOR NO KEY UPDATE: rows that refer to the OPD share its key, and two of them must not deadlock
    session.get_one(Opd, opd_id, with_for_update={"key_share": True}, populate_existing=True)


def get(session: Session, opd_id: int, line_id: int) -> BarisBank:
    """The line, when it is this OPD's."""
    line = session.get(BarisBank, line_id)
    if line is None or line.opd_id != opd_id:
        raise NotFound("Baris bank tidak ditemukan.")
    if _OUT.of(session, line=line_id):
        raise NotFound(
            "Baris bank ini sudah dikeluarkan bersama berkasnya. Lihat riwayat pengambilan tagihan."
        )
    return line


def open_line(session: Session, opd_id: int, line_id: int) -> BarisBank:
    """The line, when its month is open and something of it is not settled."""
    line = get(session, opd_id, line_id)
    require_open_period(session, opd_id, line.tahun, line.bulan)
    if not left_over(session, line):
        raise Conflict(f"Baris ini sudah diselesaikan. {perubahan(session, line)}")
    return line


def require_seen(session: Session, line: BarisBank, terlihat: Rupiah | None) -> None:
    """Conflict, with what changed, when the line's open part is not what the person saw of it."""
    if terlihat is not None and left_over(session, line) != terlihat:
        raise Conflict(
            f"Baris ini berubah sejak Anda membukanya: sisanya kini Rp {left_over(session, line)}, "
            f"bukan Rp {terlihat}. {perubahan(session, line)}"
        )


def perubahan(session: Session, line: BarisBank) -> str:
    """The newest decision on the line in a sentence: who, when, what; empty when there is none."""
    told: list[tuple[datetime, str]] = []
    for link, who, merchant in session.execute(
        select(Cocok, Orang.nama, Transaksi.merchant)
        .join(Transaksi, Transaksi.id == Cocok.transaksi_id)
        .join(Orang, Orang.id == func.coalesce(Cocok.dicabut_oleh_id, Cocok.oleh_id))
        .where(Cocok.opd_id == line.opd_id, Cocok.baris_bank_id == line.id)
    ):
        what = f"pasangan dengan {merchant}, Rp {link.nilai}"
        told.append(_act(link, who, what))
    for named, who in session.execute(
        select(Selisih, Orang.nama)
        .join(Orang, Orang.id == func.coalesce(Selisih.dicabut_oleh_id, Selisih.oleh_id))
        .where(Selisih.opd_id == line.opd_id, Selisih.baris_bank_id == line.id)
    ):
        told.append(_act(named, who, f"penjelasan {LABELS[named.jenis]}, Rp {named.nilai}"))
    return max(told)[1] if told else ""


def _act(row: Cocok | Selisih, who: str, what: str) -> tuple[datetime, str]:
    if row.dicabut_at:
        return row.dicabut_at, f"{who} mengurungkan {what}, {clock_time(row.dicabut_at)}."
    return row.at, f"{who} menyimpan {what}, {clock_time(row.at)}."


#: Asked several times of each line that people settle.
_OUT: Final = FixedStatement(
    select(BarisKeluar.baris_bank_id).where(BarisKeluar.baris_bank_id == bindparam("line"))
)
_COVERED: Final = FixedStatement(
    select(
        *(
            select(func.sum(model.nilai))
            .where(
                model.opd_id == bindparam("opd"),
                model.baris_bank_id == bindparam("line"),
                model.dicabut_at.is_(None),
            )
            .scalar_subquery()
            for model in (Cocok, Selisih)
        )
    )
)


def left_over(session: Session, line: BarisBank) -> Rupiah:
    """What neither purchases nor explanations cover of the line."""
    ((linked, explained),) = _COVERED.of(session, opd=line.opd_id, line=line.id)
    return line.nilai - (linked or ZERO) - (explained or ZERO)


def require_open_period(session: Session, opd_id: int, tahun: int, bulan: int) -> None:
    """Conflict when the month is closed: it is unchangeable by any path (law 5)."""
    found = session.get(Periode, (opd_id, tahun, bulan))
    if found is not None and found.status != "terbuka":
        raise Conflict("Periode ini sudah ditutup; putusannya tidak dapat diubah lagi.")


def amount_paid(session: Session, row: Selisih) -> Rupiah:
    """What was paid on this difference, reversals taken off."""
    paid = select(func.sum(Penyelesaian.nilai)).where(Penyelesaian.selisih_id == row.id)
    return session.scalar(paid) or ZERO
