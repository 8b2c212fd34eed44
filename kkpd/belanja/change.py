"""Changing a line that is not on a DPR yet; a stale save is told what changed meanwhile."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.belanja import booking_month, ceilings, refund_room
from kkpd.belanja.commands import CatatBelanja
from kkpd.belanja.shared import (
    ISIAN,
    asing,
    dipasangkan,
    has_refund,
    nilai_ulang,
    potret,
    siap,
    untuk_diubah,
)
from kkpd.core.errors import Conflict
from kkpd.core.money import NOL
from kkpd.core.permissions import Actor
from kkpd.models import Kartu, Persetujuan, Transaksi
from kkpd.records import event_log
from kkpd.records.findings import subjek

#: The fields that the class depends on.
_TENTANG_KELAS: Final = (
    "merchant",
    "uraian",
    "rekening",
    "nilai",
    "satuan",
    "volume",
    "harga_satuan",
    "asal_id",
)
#: The fields that a pair with a bank line rests on.
_TENTANG_COCOK: Final = ("kartu_id", "nilai", "tanggal")


@dataclass(frozen=True, slots=True)
class UbahBelanja:
    """New content for a line; `versi` is the one the person saw (opd and kunci_kirim stay)."""

    transaksi_id: int
    versi: int
    isi: CatatBelanja


def ubah(session: Session, actor: Actor, command: UbahBelanja, now: datetime) -> Transaksi:
    """Change a line that is not on a DPR yet; a stale save is a Conflict that says what changed."""
    transaksi = untuk_diubah(session, actor, command.transaksi_id, command.versi)
    isi = replace(command.isi, opd_id=transaksi.opd_id, kunci_kirim=transaksi.kunci_kirim)
    role, isi = siap(session, actor, isi, now)
    before = potret(transaksi)
    changed = _changed(session, transaksi, isi)
    _guard_links(session, transaksi, changed)
    _guard_refunds(session, transaksi, isi)
    _take_over(session, transaksi, isi, actor, now)
    session.flush()
    transaksi.versi += 1
    after = potret(transaksi)
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
        after={**{name: after[name] for name in differing}, **asing(isi)},
    )
    ceilings.lepas(session, transaksi, oleh_id=actor.orang_id, now=now)
    again = bool(changed & set(_TENTANG_KELAS))
    nilai_ulang(session, transaksi, isi, actor, now, kelas_lagi=again)
    if "asal_id" in changed and before["asal_id"]:
        origin = session.get_one(Transaksi, before["asal_id"])
        refund_room.follow(session, origin, oleh_id=actor.orang_id, now=now)
    return transaksi


def _changed(session: Session, transaksi: Transaksi, isi: CatatBelanja) -> set[str]:
    kartu = session.get_one(Kartu, isi.kartu_id)
    wanted = {name: getattr(isi, name) for name in ISIAN}
    wanted["pemakai_id"] = isi.pemakai_id or kartu.pemegang_id
    return {name for name, value in wanted.items() if getattr(transaksi, name) != value}


def _guard_links(session: Session, transaksi: Transaksi, changed: set[str]) -> None:
    """What other rows rest on does not change under them."""
    if changed & set(_TENTANG_COCOK) and dipasangkan(session, transaksi.id):
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


def _guard_refunds(session: Session, transaksi: Transaksi, isi: CatatBelanja) -> None:
    """A refund gives back another purchase, and what refunds point at stays a purchase."""
    if isi.asal_id == transaksi.id:
        raise Conflict(
            "Belanja tidak dapat mengembalikan dirinya sendiri. Tulis nomor belanja asalnya.",
            field="asal_id",
        )
    if isi.nilai < NOL and has_refund(session, transaksi.id):
        raise Conflict(
            "Belanja ini mempunyai pengembalian, sehingga tidak dapat menjadi pengembalian. "
            "Batalkan pengembaliannya dahulu.",
            field="nilai",
        )


def _take_over(
    session: Session, transaksi: Transaksi, isi: CatatBelanja, actor: Actor, now: datetime
) -> None:
    kartu = session.get_one(Kartu, isi.kartu_id)
    if transaksi.tanggal != isi.tanggal:
        transaksi.tahun, transaksi.bulan = booking_month.tempatkan(
            session, transaksi.opd_id, isi.tanggal, oleh_id=actor.orang_id, now=now
        )
    for name in ISIAN:
        setattr(transaksi, name, getattr(isi, name))
    transaksi.pemegang_id = kartu.pemegang_id
    transaksi.pemakai_id = isi.pemakai_id or kartu.pemegang_id
