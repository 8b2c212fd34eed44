"""Writing one link of a bank line with a purchase, and reading what may be linked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.core.errors import Conflict, DomainError, NotFound
from kkpd.core.money import Rupiah
from kkpd.core.permissions import Actor, Role
from kkpd.core.proof.canonical import Json
from kkpd.engines import matching
from kkpd.models import Cocok, Orang, Transaksi
from kkpd.records import event_log

#: At most this many lines or purchases on one side of a link.
SPLIT_LIMIT: Final = 20


def link_by_person(
    baris: Sequence[int], belanja: Sequence[int], jenis: matching.Kind
) -> matching.Pairing:
    """A link chosen by a person, in matching's own form: certain, without weighed reasons."""
    lines, purchases = tuple(map(str, baris)), tuple(map(str, belanja))
    return matching.Pairing(lines, purchases, jenis, "usul", 0.0, 1.0, 0.0, ())


def link_one(
    session: Session,
    actor: Actor,
    role: Role,
    opd_id: int,
    line_id: int,
    transaksi_id: int,
    amount: Rupiah,
    pair: matching.Pairing,
    now: datetime,
) -> None:
    """Write the link of this line with this purchase over `amount`, and record the event."""
    reasons: list[dict[str, str]] = [
        {"kunci": reason.kunci, "teks": reason.teks, "bobot": f"{reason.weight:+.1f}"}
        for reason in pair.alasan
    ]
    session.add(
        Cocok(
            opd_id=opd_id,
            baris_bank_id=line_id,
            transaksi_id=transaksi_id,
            nilai=amount,
            jenis=pair.jenis,
            status="pasti" if pair.status == "pasti" else "dipilih",
            peluang=round(pair.peluang * 10_000),
            alasan=reasons,
            at=now,
            oleh_id=actor.orang_id,
        )
    )
    after: dict[str, Json] = {
        "transaksi": transaksi_id,
        "nilai": amount.sen,
        "jenis": pair.jenis,
        "status": pair.status,
    }
    event_log.record(
        session,
        actor,
        role,
        "cocok:baris:pasangkan",
        f"baris_bank:{line_id}",
        now=now,
        opd_id=opd_id,
        after=after,
    )


def open_purchases(session: Session, opd_id: int, ids: Sequence[int]) -> list[Transaksi]:
    """These purchases of the OPD, locked and not linked; Conflict says who linked one."""
    if not 1 <= len(set(ids)) <= SPLIT_LIMIT:
        raise DomainError(f"Pilih satu sampai {SPLIT_LIMIT} belanja.", field="transaksi")
    rows = list(
        session.scalars(
            select(Transaksi)
            .where(Transaksi.opd_id == opd_id, Transaksi.id.in_(ids))
            .order_by(Transaksi.id)
            .with_for_update()
        )
    )
    if len(rows) != len(set(ids)):
        raise NotFound("Belanja tidak ditemukan.")
    for row in rows:
        taken = session.scalars(
            select(Orang.nama)
            .join(Cocok, Cocok.oleh_id == Orang.id)
            .where(Cocok.transaksi_id == row.id, Cocok.dicabut_at.is_(None))
        ).first()
        if taken or row.status == "dibatalkan":
            how = f"sudah dipasangkan oleh {taken}" if taken else "sudah dibatalkan"
            raise Conflict(
                f"Belanja {row.merchant} Rp {row.nilai} {how}. Muat ulang untuk melihat keadaannya."
            )
    return rows
