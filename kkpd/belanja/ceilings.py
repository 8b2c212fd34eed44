"""Reserve a purchase on its ceilings (law 6), or leave a finding that says what is missing.

A refund releases room of UP KKPD and of the card until the debit that settles it, at most the room
that its original holds or held. The budget line and the cash plan are restored with the refund's
DPT (`kkpd/approval/dpt.py`), because spending is charged there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from kkpd.core.db.raw_sql import FixedStatement
from kkpd.core.errors import DomainError, Finding
from kkpd.core.money import ZERO, Rupiah
from kkpd.ledger.active import latest_decision
from kkpd.ledger.rules import CHARGED, refund_to_budget
from kkpd.models import Ceiling, Transaksi
from kkpd.pagu import reads
from kkpd.pagu.ceilings import movements as ceilings_movements
from kkpd.pagu.ceilings import open_rows as ceilings_open_rows
from kkpd.pagu.ceilings.movements import Key

#: Ceilings used by unsettled amounts: a payment releases them (`kkpd/payment/pay.py`).
UNSETTLED: Final = ("up_kkpd", "kartu")
#: States in which a refund has no effect on ceilings any more.
_ENDED: Final = ("dibatalkan", "ditolak", "dibayar_pribadi", "lunas")


def follow(session: Session, row: Transaksi, *, oleh_id: int, now: datetime) -> None:
    """Update the released room after `row` changed: a purchase with refunds, or one of its refunds.
    All refunds of an original share its room, so all are updated.
    """
    if row.nilai > ZERO and not has_refund(session, row.id):
        return
    found = _refunds(session, row.id if row.nilai > ZERO else row.asal_id)
    if (
        row.nilai < ZERO and row not in found
    ):  # cancelled, or without an original: it releases nothing
        found.append(row)
    for refund in found:
        _bring(session, refund, oleh_id=oleh_id, now=now)


_REFUND: Final = FixedStatement(
    select(Transaksi.id)
    .where(Transaksi.asal_id == bindparam("origin"), Transaksi.status != "dibatalkan")
    .limit(1)
)


def has_refund(session: Session, transaksi_id: int) -> bool:
    """Whether it has a refund that was not cancelled."""
    return bool(_REFUND.of(session, origin=transaksi_id))


def refunded(session: Session, ids: Collection[int]) -> frozenset[int]:
    """Those of these purchases that have refunds which were not cancelled."""
    rows = select(Transaksi.asal_id).where(
        Transaksi.asal_id.in_(ids), Transaksi.status != "dibatalkan"
    )
    return frozenset(id_ for id_ in session.scalars(rows) if id_ is not None)


def follow_paid(
    session: Session, purchase_ids: Collection[int], *, oleh_id: int, now: datetime
) -> None:
    """The same for refunds among these purchases and for refunds of them, after their debit."""
    rows = session.scalars(
        select(Transaksi)
        .where(
            Transaksi.asal_id.is_not(None),
            Transaksi.id.in_(purchase_ids) | Transaksi.asal_id.in_(purchase_ids),
            Transaksi.status != "dibatalkan",
        )
        .order_by(Transaksi.id)
    )
    for refund in rows.all():
        _bring(session, refund, oleh_id=oleh_id, now=now)


def release(session: Session, row: Transaksi, *, oleh_id: int, now: datetime) -> None:
    """Take back all room that the refund released."""
    ceilings_movements.credit(session, (), row.id, {}, oleh_id=oleh_id, now=now)


def _bring(session: Session, refund: Transaksi, *, oleh_id: int, now: datetime) -> None:
    origin = session.get(Transaksi, refund.asal_id) if refund.asal_id else None
    keys = [key for key in ceilings_movements.keys(session, refund) if key.jenis in UNSETTLED]
    share = ZERO if origin is None or refund.status in _ENDED else _share(session, origin, refund)
    room = _room(session, origin) if share and origin is not None else {}
    wanted = {key.jenis: min(share, room.get(key.jenis, share)) for key in keys}
    ceilings_movements.credit(session, keys, refund.id, wanted, oleh_id=oleh_id, now=now)


def _share(session: Session, origin: Transaksi, refund: Transaksi) -> Rupiah:
    """The budget's part of the refund (positive); for an undecided original, all of it."""
    if origin.status in ("ditolak", "dibayar_pribadi", "dibatalkan"):
        return ZERO
    decision = latest_decision(session, origin.id)
    borne = origin.nilai
    if origin.status in CHARGED and decision is not None:
        borne = decision.nilai
    for row in _refunds(session, origin.id):
        if row.id == refund.id:
            break
        borne -= _taken(session, row)
    return -refund_to_budget(_taken(session, refund), borne)


def _taken(session: Session, refund: Transaksi) -> Rupiah:
    """The budget's part (positive) as decided; all of it while nobody has decided."""
    decision = _decided(session, refund)
    return -refund.nilai if decision is None else -decision


def _decided(session: Session, refund: Transaksi) -> Rupiah | None:
    if refund.status not in CHARGED:
        return None
    decision = latest_decision(session, refund.id)
    return None if decision is None else decision.nilai


def _room(session: Session, origin: Transaksi) -> dict[str, Rupiah]:
    """Kind of ceiling -> what the original still holds there. Without an entry the original was
    paid and released its room, so the refund is not limited.
    """
    if origin.status == "lunas":
        return {}
    held: dict[int, Rupiah] = defaultdict(lambda: ZERO)
    for posted in (False, True):
        for ceiling_id, amount in ceilings_movements.held(
            session, origin.id, posted=posted
        ).items():
            held[ceiling_id] += amount
    room = dict.fromkeys(UNSETTLED, ZERO)
    for ceiling_id, amount in held.items():  # a carried line holds the same amount in both years
        jenis = session.get_one(Ceiling, ceiling_id).jenis
        room[jenis] = max(amount, room.get(jenis, ZERO))
    return room


def _refunds(session: Session, origin_id: int | None) -> list[Transaksi]:
    """Its refunds, decided ones first as in `ledger.rules`: what was decided is on paper."""
    rows = session.scalars(
        select(Transaksi)
        .where(Transaksi.asal_id == origin_id, Transaksi.status != "dibatalkan")
        .order_by(Transaksi.id)
    )
    return sorted(rows, key=lambda row: _decided(session, row) is None)


def pesan(session: Session, transaksi: Transaksi, *, oleh_id: int, now: datetime) -> list[Finding]:
    """Reserve the amount on every ceiling of the line, or on none; a refund releases room."""
    if transaksi.nilai < ZERO:
        follow(session, transaksi, oleh_id=oleh_id, now=now)
        return []
    keys, locked = ceilings_open_rows.prepare(session, transaksi, oleh_id=oleh_id, now=now)
    refusal = ceilings_movements.try_reserve(
        session, locked, transaksi.id, transaksi.nilai, oleh_id=oleh_id, now=now
    )
    found = []
    if refusal is not None:  # so nothing was moved: what was left then is left now
        found.append(_over(transaksi, refusal, _weigh(session, transaksi, keys)))
    follow(session, transaksi, oleh_id=oleh_id, now=now)
    if not _in_dpa(session, transaksi):
        found.append(_without_line(transaksi))
    return found


def let_go(session: Session, transaksi: Transaksi, *, oleh_id: int, now: datetime) -> None:
    """Release what the line still has reserved; room that a refund released is taken back."""
    if any(amount < ZERO for amount in ceilings_movements.held(session, transaksi.id).values()):
        release(session, transaksi, oleh_id=oleh_id, now=now)
        return
    ceilings_movements.settle(session, transaksi.id, "void", oleh_id=oleh_id, now=now)


def _weigh(session: Session, transaksi: Transaksi, keys: list[Key]) -> dict[str, str]:
    """What was left on each ceiling at that moment, for the finding."""
    return {
        one.nama: f"Rp {one.state.available}"
        for one in reads.weigh(
            session,
            transaksi.opd_id,
            transaksi.tahun,
            {key.jenis: key.kunci for key in reversed(keys)},
            transaksi.nilai,
        )
    }


def _in_dpa(session: Session, transaksi: Transaksi) -> bool:
    return transaksi.sumber_dana in reads.sumber_dana(
        session, transaksi.opd_id, transaksi.tahun, transaksi.sub_kegiatan, transaksi.rekening
    )


def _over(transaksi: Transaksi, refusal: DomainError, weighed: dict[str, str]) -> Finding:
    return Finding(
        "lewat_batas",
        refusal.message,
        "salah",
        inputs={
            "nilai": f"Rp {transaksi.nilai}",
            **weighed,
            "dasar": "pagu DPA, SPD, anggaran kas, UP KKPD, kartu, penerima (Pasal 5, 18, 19)",
        },
    )


def _without_line(transaksi: Transaksi) -> Finding:
    return Finding(
        "tanpa_pagu",
        f"Rekening {transaksi.rekening} pada sub kegiatan {transaksi.sub_kegiatan} dengan sumber "
        f"dana {transaksi.sumber_dana} tidak ada dalam DPA. "
        "Ganti pembebanannya, atau ajukan pergeseran.",
        "salah",
        inputs={
            "sub_kegiatan": transaksi.sub_kegiatan,
            "rekening": transaksi.rekening,
            "sumber_dana": transaksi.sumber_dana,
            "dasar": "belanja hanya atas beban pagu dalam DPA (Permendagri 77/2020)",
        },
    )
