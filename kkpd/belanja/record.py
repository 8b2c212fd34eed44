"""Recording a purchase once, whatever it breaks (law 1)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kkpd.belanja import booking_month
from kkpd.belanja.commands import RecordPurchase
from kkpd.belanja.shared import ENTRY_FIELDS, assess_again, foreign, prepared, snapshot
from kkpd.core.errors import Conflict
from kkpd.core.permissions import Actor
from kkpd.models import Kartu, Transaksi
from kkpd.records import event_log
from kkpd.records.findings import subjek


def catat(session: Session, actor: Actor, command: RecordPurchase, now: datetime) -> Transaksi:
    """Record a purchase; sending the same form twice returns the first row.

    NotAFact when it describes no purchase, NotFound for a card that is not the holder's own.
    """
    role, command = prepared(session, actor, command, now)
    found = _sent(session, actor, command)
    if found is not None:
        return found
    try:
        with session.begin_nested():
            transaksi = _insert(session, actor, command, now)
    except IntegrityError:  # the same form was sent twice at once; the other request was first
        found = _sent(session, actor, command)
        if found is None:
            raise
        return found
    event_log.record(
        session,
        actor,
        role,
        "belanja:transaksi:catat",
        subjek(transaksi.id),
        now=now,
        opd_id=transaksi.opd_id,
        after={**snapshot(transaksi), **foreign(command)},
    )
    assess_again(session, transaksi, command, actor, now, class_again=True)
    return transaksi


def _sent(session: Session, actor: Actor, command: RecordPurchase) -> Transaksi | None:
    """The row that this form created before, if any."""
    found = session.scalars(
        select(Transaksi).where(
            Transaksi.opd_id == command.opd_id, Transaksi.kunci_kirim == command.kunci_kirim
        )
    ).one_or_none()
    if found is not None and found.perekam_id != actor.orang_id:
        raise Conflict("Formulir ini sudah dikirim oleh orang lain. Buka formulir baru.")
    return found


def _insert(session: Session, actor: Actor, command: RecordPurchase, now: datetime) -> Transaksi:
    kartu = session.get_one(Kartu, command.kartu_id)
    tahun, bulan = booking_month.place_in_month(
        session, command.opd_id, command.tanggal, oleh_id=actor.orang_id, now=now
    )
    values = {name: getattr(command, name) for name in ENTRY_FIELDS if name != "pemakai_id"}
    transaksi = Transaksi(
        opd_id=command.opd_id,
        tahun=tahun,
        bulan=bulan,
        pemegang_id=kartu.pemegang_id,
        pemakai_id=command.pemakai_id or kartu.pemegang_id,
        perekam_id=actor.orang_id,
        dicatat_at=now,
        kunci_kirim=command.kunci_kirim,
        **values,
    )
    session.add(transaksi)
    session.flush()
    return transaksi
