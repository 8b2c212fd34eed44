"""Purchases: recorded, changed, split, cancelled. The ledger never refuses a fact (law 1): a
purchase beyond a limit is recorded with a finding; only input that is no purchase is refused
(`NotAFact`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from kkpd.belanja import ceilings, refund_room
from kkpd.belanja.change import ChangePurchase, ubah
from kkpd.belanja.commands import NotAFact, RecordPurchase, without_controls
from kkpd.belanja.grid import catat_banyak, check_many
from kkpd.belanja.record import catat
from kkpd.belanja.shared import has_refund, is_matched, lock_for_change, recording_role
from kkpd.belanja.split import SplitPiece, SplitPurchase, pecah
from kkpd.core.errors import Conflict, DomainError
from kkpd.core.permissions import Actor
from kkpd.models import Transaksi
from kkpd.records import event_log
from kkpd.records import findings as records_findings
from kkpd.records.findings import subjek
from kkpd.records.scope import require
from kkpd.records.transitions import advance, locked_purchase

__all__ = [
    "CancelPurchase",
    "ChangePurchase",
    "NotAFact",
    "RecordPurchase",
    "SplitPiece",
    "SplitPurchase",
    "batalkan",
    "catat",
    "catat_banyak",
    "check_many",
    "is_matched",
    "lock_for_change",
    "pecah",
    "recording_role",
    "timbang_ulang",
    "ubah",
]


@dataclass(frozen=True, slots=True)
class CancelPurchase:
    """A purchase that was recorded by mistake; the row stays, with the reason in the log."""

    transaksi_id: int
    versi: int
    alasan: str


def batalkan(session: Session, actor: Actor, command: CancelPurchase, now: datetime) -> Transaksi:
    """Cancel a record made by mistake: its reservations are released and its findings settled."""
    transaksi = lock_for_change(session, actor, command.transaksi_id, command.versi)
    alasan = without_controls(command.alasan)[:300]
    if len(alasan) < 5:
        raise DomainError("Tulis alasan pembatalan, sedikitnya 5 huruf.", field="alasan")
    if is_matched(session, transaksi.id):
        raise Conflict("Belanja ini dipasangkan dengan baris bank. Urungkan pasangannya dahulu.")
    if has_refund(session, transaksi.id):
        raise Conflict(
            "Belanja ini mempunyai pengembalian. Batalkan pengembaliannya dahulu, atau ganti "
            "belanja asalnya."
        )
    advance(session, actor, transaksi, "batalkan", now=now, after={"alasan": alasan})
    ceilings.let_go(session, transaksi, oleh_id=actor.orang_id, now=now)
    if transaksi.asal_id:  # other refunds of its original may now release more room
        refund_room.follow(session, transaksi, oleh_id=actor.orang_id, now=now)
    records_findings.settle_all(
        session, transaksi, f"Belanja dibatalkan: {alasan}", oleh_id=actor.orang_id, now=now
    )
    return transaksi


def timbang_ulang(
    session: Session, actor: Actor, transaksi_id: int, now: datetime
) -> DomainError | None:
    """Try again to reserve for a line over its ceilings, e.g. after a budget change.

    Returns the refusal when there is still no room, None when the line is reserved now.
    """
    transaksi = locked_purchase(session, actor, transaksi_id)
    role = require(actor, "belanja:catat", transaksi.opd_id)
    if transaksi.status not in ("tercatat", "berbukti", "diajukan", "diperiksa"):
        raise Conflict(f"Belanja berstatus {transaksi.status}; tidak ada yang dipesan lagi.")
    ceilings.let_go(session, transaksi, oleh_id=actor.orang_id, now=now)
    found = ceilings.pesan(session, transaksi, oleh_id=actor.orang_id, now=now)
    rules = ("lewat_batas", "tanpa_pagu")
    records_findings.write_out(session, transaksi, found, rules, oleh_id=actor.orang_id, now=now)
    over = next((one for one in found if one.rule == "lewat_batas"), None)
    event_log.record(
        session,
        actor,
        role,
        "belanja:transaksi:timbang",
        subjek(transaksi.id),
        now=now,
        opd_id=transaksi.opd_id,
        after={"dipesan": over is None},
    )
    return None if over is None else Conflict(over.message)
