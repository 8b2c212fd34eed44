"""Unmatched bank amounts: kind, note and owner."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy.orm import Session

from kkpd.belanja.commands import without_controls
from kkpd.core.choices import DIFFERENCE_KINDS
from kkpd.core.errors import Conflict, DomainError
from kkpd.core.money import ZERO, Rupiah
from kkpd.core.permissions import Actor, Role, require
from kkpd.ledger.difference_kinds import LABELS
from kkpd.models import BarisBank, Orang, Selisih
from kkpd.records import event_log
from kkpd.tagihan import billing_findings, line_state

#: Longest note (characters): a few sentences, not a file.
LONGEST_NOTE: Final = 600


@dataclass(frozen=True, slots=True)
class Explain:
    """Explain a line's amount, or the part of it, that no purchase covers.

    `terlihat` is the open part that the person saw; None skips this check.
    """

    line_id: int
    jenis: str
    nilai: Rupiah | None
    catatan: str
    pemilik_id: int | None = None
    jatuh_tempo: date | None = None
    terlihat: Rupiah | None = None


def explain_difference(
    session: Session, actor: Actor, opd_id: int, command: Explain, now: datetime
) -> Selisih:
    """Save a named difference with an owner; "cannot decide" is one too, with a note."""
    role = require(actor, "cocok:putuskan", opd_id)
    line_state.lock(session, opd_id)
    line = line_state.open_line(session, opd_id, command.line_id)
    line_state.require_seen(session, line, command.terlihat)
    return explain(session, actor, role, opd_id, line, command, now)


def explain(
    session: Session,
    actor: Actor,
    role: Role,
    opd_id: int,
    line: BarisBank,
    command: Explain,
    now: datetime,
) -> Selisih:
    if command.jenis not in DIFFERENCE_KINDS:
        raise DomainError("Pilih jenis selisih dari daftar.", field="jenis")
    catatan = without_controls(command.catatan)
    if not 5 <= len(catatan) <= LONGEST_NOTE:
        raise DomainError(
            f"Tulis catatan: mengapa selisih ini ada, 5 sampai {LONGEST_NOTE} huruf.",
            field="catatan",
        )
    owner = session.get(Orang, command.pemilik_id) if command.pemilik_id else None
    row = Selisih(
        opd_id=opd_id,
        tahun=line.tahun,
        bulan=line.bulan,
        jenis=command.jenis,
        nilai=_part(command.nilai, line_state.left_over(session, line)),
        catatan=catatan,
        at=now,
        oleh_id=actor.orang_id,
        pemilik_id=owner.id if owner else actor.orang_id,
        jatuh_tempo=command.jatuh_tempo,
        baris_bank_id=line.id,
    )
    session.add(row)
    session.flush()
    event_log.record(
        session,
        actor,
        role,
        "cocok:selisih:jelaskan",
        f"baris_bank:{line.id}",
        now=now,
        opd_id=opd_id,
        after={"jenis": row.jenis, "nilai": row.nilai.sen, "catatan": row.catatan},
    )
    if row.jenis == "dibayar_dua_kali":
        billing_findings.refresh(session, opd_id, oleh_id=actor.orang_id, now=now)
    return row


def require_unpaid(session: Session, row: Selisih) -> None:
    """Conflict while a repayment exists for this difference, which would lose its reason."""
    paid = line_state.amount_paid(session, row)
    if paid:
        raise Conflict(
            f"Penjelasan {LABELS[row.jenis]} ini sudah diselesaikan Rp {paid}. "
            "Balik pembayarannya di halaman Tanggungan dahulu."
        )


def _part(nilai: Rupiah | None, sisa: Rupiah) -> Rupiah:
    """The explained amount: the open amount of the line or a part of it, with the same sign.

    An explanation beyond the line would create a difference that no bank billed.
    """
    if nilai is None:
        return sisa
    low, high = min(ZERO, sisa), max(ZERO, sisa)
    if not nilai or not low <= nilai <= high:
        raise DomainError(
            f"Nilai selisih harus antara nol dan sisa baris ini, Rp {sisa}.", field="nilai"
        )
    return nilai
