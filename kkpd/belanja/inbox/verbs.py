"""Files of evidence in the inbox: dropped, attached to a purchase, moved to somebody, discarded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kkpd.belanja import evidence
from kkpd.belanja.commands import without_controls
from kkpd.belanja.evidence import Seen, safe_name
from kkpd.belanja.inbox.reads import people
from kkpd.core.errors import Conflict, DomainError, NotFound, TooMany
from kkpd.core.moments import brief
from kkpd.core.permissions import Actor, Role, require
from kkpd.core.proof.canonical import Json
from kkpd.models import Berkas, Bukti, BuktiMasuk, Orang, Transaksi
from kkpd.records import event_log
from kkpd.records.custody import Store

#: Files that may wait for one person at once.
MOST_WAITING: Final = 300


@dataclass(frozen=True, slots=True)
class DropFile:
    """One file, judged already (`seen`), for the inbox of the actor."""

    opd_id: int
    nama: str
    data: bytes
    seen: Seen


def drop(
    session: Session, actor: Actor, store: Store, command: DropFile, now: datetime
) -> BuktiMasuk:
    """Keep the file and have it wait; Conflict with where it is when it was sent before."""
    role = require(actor, "bukti:unggah", command.opd_id)
    waiting = select(func.count()).where(
        BuktiMasuk.pemilik_id == actor.orang_id, BuktiMasuk.selesai_at.is_(None)
    )
    if (session.scalar(waiting) or 0) >= MOST_WAITING:
        raise TooMany(
            f"Sudah {MOST_WAITING} berkas menunggu Anda. Lampirkan atau buang dahulu sebagian."
        )
    nama = safe_name(command.nama)
    kept = evidence.keep(
        session, actor, store, command.opd_id, nama, command.data, command.seen.media, now
    )
    _refuse_known(session, actor, kept, nama)
    row = BuktiMasuk(
        opd_id=command.opd_id,
        berkas_id=kept.id,
        pemilik_id=actor.orang_id,
        at=now,
        oleh_id=actor.orang_id,
        teks=command.seen.teks,
        difoto=_day(command.seen.taken),
    )
    session.add(row)
    session.flush()
    _told(session, actor, role, row, "terima", now, {"nama": nama, "sha256": kept.sha256})
    return row


def _refuse_known(session: Session, actor: Actor, kept: Berkas, nama: str) -> None:
    waits = session.execute(
        select(BuktiMasuk.at, Orang.nama)
        .join(Orang, Orang.id == BuktiMasuk.pemilik_id)
        .where(BuktiMasuk.berkas_id == kept.id, BuktiMasuk.selesai_at.is_(None))
    ).one_or_none()
    if waits is not None:
        raise Conflict(
            f"{nama}: berkas yang sama sudah menunggu di kotak bukti {waits.nama} sejak "
            f"{brief(waits.at.date())}.",
            field="berkas",
        )
    attached = session.scalars(
        select(Transaksi)
        .join(Bukti, Bukti.transaksi_id == Transaksi.id)
        .where(
            Bukti.berkas_id == kept.id,
            Bukti.dicabut_at.is_(None),
            Transaksi.status != "dibatalkan",
        )
        .order_by(Transaksi.id)
        .limit(1)
    ).one_or_none()
    if attached is None:
        return
    mine = actor.orang_id in (attached.pemegang_id, attached.pemakai_id)
    told = "belanja lain pada OPD ini"
    if mine or actor.can("belanja:lihat", attached.opd_id):
        told = f"belanja nomor {attached.id} ({attached.merchant}, Rp {attached.nilai})"
    raise Conflict(f"{nama}: berkas yang sama sudah menjadi bukti {told}.", field="berkas")


def _day(taken: str) -> date | None:
    """The day of `2026:10:14 09:32:11`."""
    try:
        return date.fromisoformat(taken[:10].replace(":", "-"))
    except ValueError:
        return None


def attach(
    session: Session, actor: Actor, waiting_id: int, transaksi_id: int, now: datetime
) -> BuktiMasuk:
    """Attach the file to its purchase: the same rights and bounds as a file sent there."""
    row = _waiting(session, actor, waiting_id)
    bukti = session.get(Transaksi, transaksi_id)
    if bukti is None or bukti.opd_id != row.opd_id:
        raise NotFound("Belanja tidak ditemukan. Pilih dari daftar.", field="transaksi")
    row.transaksi_id = transaksi_id
    row.selesai_at, row.selesai_oleh_id = now, actor.orang_id
    kept = session.get_one(Berkas, row.berkas_id)
    evidence.attach_kept(session, actor, transaksi_id, kept, "nota", now)
    return row


def attach_all(
    session: Session, actor: Actor, pairs: Sequence[tuple[int, int]], now: datetime
) -> int:
    """Attach several (file, purchase), all or none; returns how many."""
    for waiting_id, transaksi_id in pairs:
        attach(session, actor, waiting_id, transaksi_id, now)
    return len(pairs)


def move(
    session: Session, actor: Actor, waiting_id: int, pemilik_id: int, now: datetime
) -> BuktiMasuk:
    """Hand the file to somebody else of the OPD, who knows what it is."""
    row = _waiting(session, actor, waiting_id)
    role = require(actor, "bukti:unggah", row.opd_id)
    if pemilik_id not in {id_ for id_, _ in people(session, row.opd_id, now.date())}:
        raise DomainError("Pilih orangnya dari daftar.", field="pemilik")
    before = row.pemilik_id
    row.pemilik_id = pemilik_id
    _told(session, actor, role, row, "pindahkan", now, {"pemilik": pemilik_id}, {"pemilik": before})
    return row


def discard(
    session: Session, actor: Actor, waiting_id: int, alasan: str, now: datetime
) -> BuktiMasuk:
    """Take a file that is no evidence out of the inbox, with the reason; its bytes stay."""
    row = _waiting(session, actor, waiting_id)
    role = require(actor, "bukti:unggah", row.opd_id)
    alasan = without_controls(alasan)[:300]
    if len(alasan) < 5:
        raise DomainError("Tulis mengapa berkas ini dibuang, sedikitnya 5 huruf.", field="alasan")
    row.alasan = alasan
    row.selesai_at, row.selesai_oleh_id = now, actor.orang_id
    _told(session, actor, role, row, "buang", now, {"alasan": alasan})
    return row


def _waiting(session: Session, actor: Actor, waiting_id: int) -> BuktiMasuk:
    """The file, locked, when it waits for the actor; the treasurer reaches those of the OPD."""
    row = session.scalars(
        select(BuktiMasuk)
        .where(BuktiMasuk.id == waiting_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None or not actor.sees(row.opd_id):
        raise NotFound("Berkas tidak ditemukan.")
    if row.pemilik_id != actor.orang_id and not actor.can("belanja:catat", row.opd_id):
        raise NotFound("Berkas tidak ditemukan.")
    if row.selesai_at is not None:
        raise Conflict("Berkas ini sudah dilampirkan atau dibuang. Muat ulang halaman.")
    return row


def _told(
    session: Session,
    actor: Actor,
    role: Role,
    row: BuktiMasuk,
    act: str,
    now: datetime,
    after: dict[str, Json],
    before: dict[str, Json] | None = None,
) -> None:
    event_log.record(
        session,
        actor,
        role,
        f"belanja:kotak:{act}",
        f"bukti_masuk:{row.id}",
        now=now,
        opd_id=row.opd_id,
        before=before,
        after=after,
    )
