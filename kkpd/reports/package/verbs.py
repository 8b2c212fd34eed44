"""The verbs of audit packages: find or sign the checkpoint, record a download."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from kkpd.core.errors import DomainError
from kkpd.core.moments import Span
from kkpd.core.permissions import Actor, require
from kkpd.models import Checkpoint, Opd
from kkpd.records import event_log
from kkpd.records.report_request import coverage
from kkpd.reports.package import log_part


def mulai(
    session: Session,
    actor: Actor,
    kode: str,
    span: Span,
    signer: event_log.CheckpointSigner,
    now: datetime,
) -> tuple[Opd, Checkpoint]:
    """The OPD of the package, and the oldest checkpoint over all that the package holds.

    If none covers it yet, one is signed now and the next package uses it. The event that a package
    is made comes after it, so that making one changes no package.
    """
    opd = coverage(session, actor, kode, "paket:unduh").opd
    if opd is None:
        raise DomainError("Paket audit dibuat untuk satu OPD. Sebut kodenya.", field="opd")
    role = require(actor, "paket:unduh", opd.id)
    event_log.locked_chain(session, opd.id)

    def ours(data: bytes, signature: bytes) -> bool:
        return signer.sign(data) == signature  # Ed25519 signatures are deterministic

    found = log_part.point(session, opd, log_part.bound(session, opd, span), ours)
    point = found or event_log.checkpoint(session, signer, now)
    event_log.record(
        session,
        actor,
        role,
        "laporan:paket:buat",
        f"opd:{opd.id}",
        now=now,
        opd_id=opd.id,
        after={"periode": span.kode, "titik_periksa": point.seq},
    )
    return opd, point


def record_download(
    session: Session, actor: Actor, opd_id: int | None, nama: str, sha256: str, now: datetime
) -> None:
    """Record that the actor downloads the finished package."""
    role = require(actor, "paket:unduh", opd_id)
    event_log.record(
        session,
        actor,
        role,
        "laporan:paket:unduh",
        f"opd:{opd_id}",
        now=now,
        opd_id=opd_id,
        after={"nama": nama, "sha256": sha256},
    )
