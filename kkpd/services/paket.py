"""The verbs of audit packages: sign the log as it stands, note who took a package away."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from kkpd.domain.errors import DomainError
from kkpd.domain.izin import require
from kkpd.domain.peran import Actor
from kkpd.domain.rentang import Rentang
from kkpd.models import Checkpoint, Opd
from kkpd.queries.laporan import lingkup
from kkpd.services import log


def mulai(
    session: Session, actor: Actor, kode: str, rentang: Rentang, signer: log.Signer, now: datetime
) -> tuple[Opd, Checkpoint]:
    """The OPD of the package, and a checkpoint over the event that says it is being made."""
    opd = lingkup(session, actor, kode, "paket:unduh").opd
    if opd is None:
        raise DomainError("Paket audit dibuat untuk satu OPD. Sebut kodenya.", field="opd")
    role = require(actor, "paket:unduh", opd.id)
    log.record(
        session,
        actor,
        role,
        "laporan:paket:buat",
        f"opd:{opd.id}",
        now=now,
        opd_id=opd.id,
        after={"periode": rentang.kode},
    )
    return opd, log.checkpoint(session, signer, now)


def catat_unduhan(
    session: Session, actor: Actor, opd_id: int | None, nama: str, sha256: str, now: datetime
) -> None:
    """Log that the actor takes the finished package away."""
    role = require(actor, "paket:unduh", opd_id)
    log.record(
        session,
        actor,
        role,
        "laporan:paket:unduh",
        f"opd:{opd_id}",
        now=now,
        opd_id=opd_id,
        after={"nama": nama, "sha256": sha256},
    )
