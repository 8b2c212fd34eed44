"""Changing a line that is not on a DPR yet; saving an old version is refused with what changed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.belanja import booking_month, ceilings, refund_room
from kkpd.belanja.commands import RecordPurchase
from kkpd.belanja.shared import (
    ENTRY_FIELDS,
    assess_again,
    foreign,
    has_refund,
    is_matched,
    lock_for_change,
    prepared,
    snapshot,
)
from kkpd.core.errors import Conflict
from kkpd.core.money import ZERO
from kkpd.core.permissions import Actor
from kkpd.models import Kartu, Persetujuan, Transaksi
from kkpd.records import event_log
from kkpd.records.findings import subjek

#: The fields that the class depends on.
_CLASS_FIELDS: Final = (
    "merchant",
    "uraian",
    "rekening",
    "nilai",
    "satuan",
    "volume",
    "harga_satuan",
    "asal_id",
)
#: The fields that a link with a bank line depends on.
_MATCH_FIELDS: Final = ("kartu_id", "nilai", "tanggal")


@dataclass(frozen=True, slots=True)
class ChangePurchase:
    """New content for a line; `versi` is the one the person saw (opd and kunci_kirim stay)."""

    transaksi_id: int
    versi: int
    isi: RecordPurchase


def ubah(session: Session, actor: Actor, command: ChangePurchase, now: datetime) -> Transaksi:
    """Change a line that is not on a DPR yet; for an old version, Conflict with what changed."""
    transaksi = lock_for_change(session, actor, command.transaksi_id, command.versi)
    isi = replace(command.isi, opd_id=transaksi.opd_id, kunci_kirim=transaksi.kunci_kirim)
    role, isi = prepared(session, actor, isi, now)
    before = snapshot(transaksi)
    changed = _changed(session, transaksi, isi)
    _guard_links(session, transaksi, changed)
    _guard_refunds(session, transaksi, isi)
    _take_over(session, transaksi, isi, actor, now)
    session.flush()
    transaksi.versi += 1
    after = snapshot(transaksi)
    differing = [name for name in before if before[name] != after[name]]
    event_log.record(
        session,
        actor,
        role,
        "belanja:transaksi:ubah",
        subjek(transaksi.id),
        now=now,
        opd_id=transaksi.opd_id,
        before={name: before[name] for name in differing},
        after={**{name: after[name] for name in differing}, **foreign(isi)},
    )
    ceilings.let_go(session, transaksi, oleh_id=actor.orang_id, now=now)
    again = bool(changed & set(_CLASS_FIELDS))
    assess_again(session, transaksi, isi, actor, now, class_again=again)
    if "asal_id" in changed and before["asal_id"]:
        origin = session.get_one(Transaksi, before["asal_id"])
        refund_room.follow(session, origin, oleh_id=actor.orang_id, now=now)
    return transaksi


def _changed(session: Session, transaksi: Transaksi, isi: RecordPurchase) -> set[str]:
    kartu = session.get_one(Kartu, isi.kartu_id)
    wanted = {name: getattr(isi, name) for name in ENTRY_FIELDS}
    wanted["pemakai_id"] = isi.pemakai_id or kartu.pemegang_id
    return {name for name, value in wanted.items() if getattr(transaksi, name) != value}


def _guard_links(session: Session, transaksi: Transaksi, changed: set[str]) -> None:
    """Refuse changes of what other rows depend on."""
    if changed & set(_MATCH_FIELDS) and is_matched(session, transaksi.id):
        raise Conflict(
            "Belanja ini dipasangkan dengan baris bank; nilai, tanggal dan kartunya tidak dapat "
            "diubah. Urungkan pasangannya dahulu."
        )
    judged = select(Persetujuan.id).where(Persetujuan.transaksi_id == transaksi.id).limit(1)
    if "kartu_id" in changed and session.scalar(judged) is not None:
        raise Conflict(
            "Belanja ini sudah pernah diperiksa PPTK; kartunya tidak dapat diganti. "
            "Batalkan, lalu catat baru."
        )


def _guard_refunds(session: Session, transaksi: Transaksi, isi: RecordPurchase) -> None:
    """A refund refers to another purchase, and a purchase with refunds stays a purchase."""
    if isi.asal_id == transaksi.id:
        raise Conflict(
            "Belanja tidak dapat mengembalikan dirinya sendiri. Tulis nomor belanja asalnya.",
            field="asal_id",
        )
    if isi.nilai < ZERO and has_refund(session, transaksi.id):
        raise Conflict(
            "Belanja ini mempunyai pengembalian, sehingga tidak dapat menjadi pengembalian. "
            "Batalkan pengembaliannya dahulu.",
            field="nilai",
        )


def _take_over(
    session: Session, transaksi: Transaksi, isi: RecordPurchase, actor: Actor, now: datetime
) -> None:
    kartu = session.get_one(Kartu, isi.kartu_id)
    if transaksi.tanggal != isi.tanggal:
        transaksi.tahun, transaksi.bulan = booking_month.place_in_month(
            session, transaksi.opd_id, isi.tanggal, oleh_id=actor.orang_id, now=now
        )
    for name in ENTRY_FIELDS:
        setattr(transaksi, name, getattr(isi, name))
    transaksi.pemegang_id = kartu.pemegang_id
    transaksi.pemakai_id = isi.pemakai_id or kartu.pemegang_id
