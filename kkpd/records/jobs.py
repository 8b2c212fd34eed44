"""Long work as rows: requested once, claimed by one worker, with its progress.

The key is the hash of the input, so a second click finds the first. When a worker has been silent
for too long, the next one takes its row over; the work is one transaction, so nothing is left half
done.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session

from kkpd.core.db.raw_sql import insert_missing
from kkpd.core.errors import DomainError, NotFound
from kkpd.core.permissions import Actor, require
from kkpd.core.proof.canonical import dumps
from kkpd.models import Pekerjaan

#: A worker that reports nothing for this long is considered dead.
SILENCE_LIMIT: Final = timedelta(minutes=2)


Kind = Literal["baca", "impor", "laporan", "paket"]
#: kind -> (permission to ask for it, permission to see it); without an OPD it is about all of them.
PERMISSIONS: Final[Mapping[str, tuple[str, str]]] = {
    "baca": ("tagihan:unggah", "tagihan:lihat"),
    "impor": ("tagihan:unggah", "tagihan:lihat"),
    "laporan": ("laporan:susun", "laporan:susun"),
    "paket": ("paket:unduh", "paket:unduh"),
}


class Cancelled(DomainError):
    """The person cancelled the work while it ran."""


@dataclass(frozen=True, slots=True)
class Job:
    """What a worker needs to know of the row it claimed."""

    id: int
    jenis: str
    opd_id: int | None
    oleh_id: int
    permintaan: Mapping[str, str]


def enqueue(
    session: Session,
    actor: Actor,
    opd_id: int | None,
    permintaan: Mapping[str, str],
    now: datetime,
    jenis: Kind = "impor",
    *,
    lost: bool = False,
) -> Pekerjaan:
    """Request the work once: returns the row of the same request if there is one. Failed or
    cancelled work is queued again, and so is finished work whose result is gone (`lost`).
    """
    require(actor, PERMISSIONS[jenis][0], opd_id)
    asked = {"jenis": jenis, "opd": opd_id, "isi": dict(permintaan)}
    kunci = hashlib.sha256(dumps(asked)).hexdigest()
    insert_missing(
        session,
        Pekerjaan,
        opd_id=opd_id,
        jenis=jenis,
        kunci=kunci,
        permintaan=dict(permintaan),
        status="antre",
        selesai=0,
        dari=0,
        at=now,
        oleh_id=actor.orang_id,
        pesan="",
        hasil_nama="",
    )
    row = session.scalars(select(Pekerjaan).where(Pekerjaan.kunci == kunci).with_for_update()).one()
    if row.status in ("gagal", "batal") or (lost and row.status == "selesai"):
        row.status, row.pesan, row.selesai = "antre", "", 0
        row.oleh_id, row.detak_at = actor.orang_id, None
    session.flush()
    return row


def one_item(
    session: Session, actor: Actor, pekerjaan_id: int, jenis: Collection[str]
) -> Pekerjaan:
    """The row of one of these kinds, for the page that shows its progress; NotFound to others."""
    row = session.get(Pekerjaan, pekerjaan_id)
    if row is None or row.jenis not in jenis or not actor.sees_all_of(row.opd_id):
        raise NotFound("Pekerjaan ini tidak ada. Periksa alamatnya atau mulai dari menu.")
    require(actor, PERMISSIONS[row.jenis][1], row.opd_id)
    return row


def cancel(session: Session, actor: Actor, pekerjaan_id: int, now: datetime) -> Pekerjaan:
    """Cancel a report or package; finished work stays."""
    row = one_item(session, actor, pekerjaan_id, ("laporan", "paket"))
    if row.status in ("antre", "berjalan"):
        row.status, row.pesan, row.detak_at = "batal", "Dibatalkan.", now
        session.flush()
    return row


def pending(row: Pekerjaan, now: datetime) -> bool:
    """Whether a worker is needed: work is queued, or was left by a dead worker."""
    silent = row.detak_at is None or row.detak_at < now - SILENCE_LIMIT
    return row.status == "antre" or (row.status == "berjalan" and silent)


def claim(session: Session, now: datetime) -> Job | None:
    """Claim the oldest waiting row; None when there is none or another worker was faster."""
    waiting = or_(
        Pekerjaan.status == "antre",
        and_(Pekerjaan.status == "berjalan", Pekerjaan.detak_at < now - SILENCE_LIMIT),
    )
    row = session.scalars(
        select(Pekerjaan)
        .where(waiting)
        .order_by(Pekerjaan.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).one_or_none()
    if row is None:
        return None
    row.status, row.detak_at, row.selesai = "berjalan", now, 0
    session.flush()
    return Job(row.id, row.jenis, row.opd_id, row.oleh_id, dict(row.permintaan))


def advance(session: Session, pekerjaan_id: int, selesai: int, dari: int, now: datetime) -> None:
    """Report progress, which also shows that the worker lives; raises if the person cancelled the
    work.
    """
    found = session.scalars(
        update(Pekerjaan)
        .where(Pekerjaan.id == pekerjaan_id, Pekerjaan.status != "batal")
        .values(selesai=selesai, dari=dari, detak_at=now)
        .returning(Pekerjaan.id)
    ).all()
    if not found:
        raise Cancelled("Dibatalkan.")


def conclude(
    session: Session,
    pekerjaan_id: int,
    status: str,
    pesan: str,
    now: datetime,
    impor_id: int | None = None,
    hasil: tuple[str, str] | None = None,
) -> None:
    """Done (`selesai`) or refused (`gagal`), with the sentence for the person; `hasil` is hash and
    name of the file that was made. Cancelled work stays cancelled.
    """
    digest, name = hasil or (None, "")
    session.execute(
        update(Pekerjaan)
        .where(Pekerjaan.id == pekerjaan_id, Pekerjaan.status != "batal")
        .values(
            status=status,
            pesan=pesan[:600],
            detak_at=now,
            impor_id=impor_id,
            hasil_sha256=digest,
            hasil_nama=name,
        )
    )
