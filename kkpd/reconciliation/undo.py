"""Undoing a decision on a bank line: completely, and only if it is the one that the person saw.

Lines of one purchase are undone together, and a refund that the link had recorded is cancelled with
it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.belanja import verbs as belanja_verbs
from kkpd.belanja.verbs import CancelPurchase
from kkpd.core.errors import Conflict
from kkpd.core.permissions import Actor, Role, require
from kkpd.core.proof.canonical import Json
from kkpd.ledger.refund_rules import ON_DPT
from kkpd.models import BarisBank, Cocok, Selisih, Transaksi
from kkpd.reconciliation import differences, line_detail
from kkpd.records import event_log
from kkpd.tagihan import billing_findings, line_state

_Undone = TypeVar("_Undone", Cocok, Selisih)


def key_prefix(line_id: int) -> str:
    """The prefix of the key of a refund that was recorded from this line (`refunds.py`)."""
    return f"kembali-{line_id}-"


def undo(
    session: Session,
    actor: Actor,
    opd_id: int,
    line_id: int,
    now: datetime,
    terlihat: str | None = None,
) -> list[int]:
    """Undo every link and explanation of a line; returns the lines that are open again.

    Lines that were joined to one purchase are undone together, because a partly covered purchase
    would be neither billed nor open. A refund that the link had recorded is cancelled with it, if
    nothing followed from it. `terlihat` is the `putusan` (line_detail) that the person saw;
    Conflict, with what changed, if it is another now. None skips this check.
    """
    role = require(actor, "cocok:putuskan", opd_id)
    line_state.lock(session, opd_id)
    line = line_state.get(session, opd_id, line_id)
    _require_seen(session, line, terlihat)
    living = _living(session, Cocok, opd_id, line_id)
    explained = _living(session, Selisih, opd_id, line_id)
    for named in explained:
        differences.require_unpaid(session, named)
    if not living and not explained:
        raise Conflict("Tidak ada pasangan yang dapat diurungkan; mungkin sudah diurungkan.")
    undone: dict[int, list[Cocok | Selisih]] = {line_id: [*living, *explained]}
    for link in _joined(session, opd_id, living):
        undone.setdefault(link.baris_bank_id, []).append(link)
    _require_not_on_dpt(session, {link.transaksi_id for link in living})
    for id_ in undone:
        freed = line_state.get(session, opd_id, id_)
        line_state.require_open_period(session, opd_id, freed.tahun, freed.bulan)
    for id_, rows in undone.items():
        for row in rows:
            row.dicabut_at, row.dicabut_oleh_id = now, actor.orang_id
        after: dict[str, Json] = {"diurungkan": len(rows)}
        if id_ != line_id:
            after["bersama"] = f"baris_bank:{line_id}"
        _record(session, actor, role, f"baris_bank:{id_}", after, now, opd_id)
    session.flush()
    purchases = {link.transaksi_id for link in living}
    billing_findings.check_links(session, opd_id, purchases, oleh_id=actor.orang_id, now=now)
    _cancel_refund(session, actor, line_id, purchases, now)
    return list(undone)


def _require_not_on_dpt(session: Session, purchases: set[int]) -> None:
    """Refuse for a purchase on a DPT: without the link the DPT would pay an amount that nobody
    billed.
    """
    carried = session.scalars(
        select(Transaksi)
        .where(Transaksi.id.in_(purchases), Transaksi.status.in_(ON_DPT))
        .order_by(Transaksi.id)
        .with_for_update()
        .limit(1)
    ).one_or_none()
    if carried is not None:
        raise Conflict(
            f"Belanja {carried.merchant} Rp {carried.nilai} sudah dimuat dalam DPT tagihan ini, "
            "jadi pasangannya tidak diurungkan. Batalkan DPT itu dahulu."
        )


def _cancel_refund(
    session: Session, actor: Actor, line_id: int, purchases: set[int], now: datetime
) -> None:
    """Cancel the refund; without its link it would be money that nobody gives back."""
    written = select(Transaksi).where(
        Transaksi.id.in_(purchases),
        Transaksi.kunci_kirim.startswith(key_prefix(line_id), autoescape=True),
        Transaksi.status == "tercatat",
    )
    for row in session.scalars(written.order_by(Transaksi.id)).all():
        reason = "pasangannya dengan baris bank diurungkan"
        belanja_verbs.cancel(session, actor, CancelPurchase(row.id, row.versi, reason), now)


def _record(
    session: Session,
    actor: Actor,
    role: Role,
    subjek: str,
    after: dict[str, Json],
    now: datetime,
    opd_id: int,
) -> None:
    kind = "cocok:baris:urungkan"
    event_log.record(session, actor, role, kind, subjek, now=now, opd_id=opd_id, after=after)


def _require_seen(session: Session, line: BarisBank, terlihat: str | None) -> None:
    if terlihat is None or terlihat == line_detail.decisions(session, line.opd_id, line.id):
        return
    raise Conflict(
        "Putusan baris ini berubah sejak Anda membukanya, jadi tidak diurungkan. "
        f"{line_state.perubahan(session, line)}"
    )


def _living(session: Session, model: type[_Undone], opd_id: int, line_id: int) -> Sequence[_Undone]:
    return session.scalars(
        select(model)
        .where(model.opd_id == opd_id, model.baris_bank_id == line_id, model.dicabut_at.is_(None))
        .order_by(model.id)
    ).all()


def _joined(session: Session, opd_id: int, living: Sequence[Cocok]) -> Sequence[Cocok]:
    """The links of other lines to the purchases of these lines."""
    together = {link.transaksi_id for link in living}
    return session.scalars(
        select(Cocok)
        .where(
            Cocok.opd_id == opd_id,
            Cocok.transaksi_id.in_(together),
            Cocok.baris_bank_id.not_in({link.baris_bank_id for link in living}),
            Cocok.dicabut_at.is_(None),
        )
        .order_by(Cocok.id)
    ).all()
