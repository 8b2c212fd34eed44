"""Rules of bank texts: saved after a trial, declined, revoked; never changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.belanja.commands import without_controls
from kkpd.core.authorise import require
from kkpd.core.errors import Conflict, DomainError, NotFound
from kkpd.core.permissions import Actor, Role
from kkpd.engines.matching import text_key
from kkpd.models import AturanCocok, Kartu
from kkpd.records import event_log
from kkpd.tagihan import line_state


@dataclass(frozen=True, slots=True)
class MakeRule:
    """The bank's text on this card means this payee, charged to this account."""

    kartu_id: int
    teks: str
    penerima: str
    sub_kegiatan: str
    rekening: str


def simpan(
    session: Session, actor: Actor, opd_id: int, command: MakeRule, now: datetime
) -> AturanCocok:
    """Save a rule; Conflict if one is in force for this text and card, NotFound for a card of
    another OPD.
    """
    role = require(actor, "cocok:putuskan", opd_id)
    line_state.lock(session, opd_id)
    row = _row(session, actor, opd_id, command, now)
    living = session.scalar(
        select(AturanCocok.id).where(
            AturanCocok.opd_id == opd_id,
            AturanCocok.kartu_id == row.kartu_id,
            AturanCocok.kunci == row.kunci,
            AturanCocok.dicabut_at.is_(None),
        )
    )
    if living is not None:
        raise Conflict("Teks ini pada kartu itu sudah mempunyai aturan. Cabut dahulu yang lama.")
    return _add(session, actor, role, row, "simpan", now)


def tolak(
    session: Session, actor: Actor, opd_id: int, command: MakeRule, now: datetime
) -> AturanCocok:
    """Decline a proposal: saved as a revoked rule, so that it is not proposed again at once."""
    role = require(actor, "cocok:putuskan", opd_id)
    row = _row(session, actor, opd_id, command, now)
    row.dicabut_at, row.dicabut_oleh_id = now, actor.orang_id
    return _add(session, actor, role, row, "tolak", now)


def cabut(session: Session, actor: Actor, opd_id: int, rule_id: int, now: datetime) -> AturanCocok:
    """Revoke a rule; decisions made with it stay."""
    role = require(actor, "cocok:putuskan", opd_id)
    row = session.get(AturanCocok, rule_id, with_for_update=True, populate_existing=True)
    if row is None or row.opd_id != opd_id:
        raise NotFound("Aturan tidak ditemukan.")
    if row.dicabut_at is not None:
        raise Conflict("Aturan ini sudah dicabut. Muat ulang halaman.")
    row.dicabut_at, row.dicabut_oleh_id = now, actor.orang_id
    _record(session, actor, role, row, "cabut", now)
    session.flush()
    return row


def _row(
    session: Session, actor: Actor, opd_id: int, command: MakeRule, now: datetime
) -> AturanCocok:
    card = session.get(Kartu, command.kartu_id)
    if card is None or card.opd_id != opd_id:
        raise NotFound("Kartu tidak ditemukan pada OPD ini.")
    teks, penerima = without_controls(command.teks), without_controls(command.penerima)
    kunci = text_key(teks)
    if not kunci:
        raise DomainError(
            "Teks ini tidak menyebut penyedia, hanya pasar daring atau perantara; "
            "tidak dapat dijadikan aturan.",
            field="teks",
        )
    if not 0 < len(penerima) <= 200 or len(teks) > 200:
        raise DomainError("Tulis nama penyedianya, paling banyak 200 huruf.", field="penerima")
    return AturanCocok(
        opd_id=opd_id,
        kartu_id=card.id,
        kunci=kunci,
        teks=teks,
        penerima=penerima,
        sub_kegiatan=without_controls(command.sub_kegiatan)[:30],
        rekening=without_controls(command.rekening)[:20],
        at=now,
        oleh_id=actor.orang_id,
    )


def _add(
    session: Session, actor: Actor, role: Role, row: AturanCocok, verb: str, now: datetime
) -> AturanCocok:
    session.add(row)
    session.flush()
    _record(session, actor, role, row, verb, now)
    return row


def _record(
    session: Session, actor: Actor, role: Role, row: AturanCocok, verb: str, now: datetime
) -> None:
    event_log.record(
        session,
        actor,
        role,
        f"cocok:aturan:{verb}",
        f"aturan_cocok:{row.id}",
        now=now,
        opd_id=row.opd_id,
        after={
            "kartu": row.kartu_id,
            "teks": row.teks,
            "penerima": row.penerima,
            "sub_kegiatan": row.sub_kegiatan,
            "rekening": row.rekening,
            "berlaku": row.dicabut_at is None,
        },
    )
