"""Signing an issued document: the signed file is kept and an event recorded.

The signing itself (a certificate's file, a service, perhaps a time stamp) happens before and
outside the transaction; here the result is saved, unless somebody else signed first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from kkpd.core.authorise import require
from kkpd.core.errors import Conflict, Forbidden
from kkpd.core.permissions import Actor
from kkpd.models import Penandatanganan
from kkpd.records import event_log
from kkpd.records.custody import Store
from kkpd.reports import signatures as reports_signatures
from kkpd.reports.signatures import SignatureState, SigningPlace


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedFile:
    """A signed file: the hash of the file it was made from, and what the signature says."""

    dokumen_id: int
    source_sha256: str
    data: bytes
    pemilik: str
    penerbit: str
    sertifikat_sha256: str
    tingkat: str
    cap_waktu: datetime | None


def allowed(actor: Actor, keadaan: SignatureState) -> SigningPlace:
    """The block that the actor may sign now; Forbidden or Conflict with the reason."""
    require(actor, "laporan:tandatangani", keadaan.opd_id)
    if keadaan.is_cancelled:
        raise Conflict(f"{keadaan.nomor} sudah dibatalkan dan tidak ditandatangani lagi.")
    if keadaan.owned is not None:
        return keadaan.owned
    if any(tempat.of_actor for tempat in keadaan.tempat):
        raise Conflict(f"Anda sudah menandatangani {keadaan.nomor}.")
    raise Forbidden(
        f"Nama Anda tidak tercetak sebagai penanda tangan {keadaan.nomor}. "
        "Yang menandatangani adalah orang yang namanya tertulis pada dokumen."
    )


def catat(
    session: Session, actor: Actor, signed: SignedFile, arsip: Store, now: datetime
) -> Penandatanganan:
    """Save the signed file and its row; Conflict when somebody else signed in between."""
    before = reports_signatures.keadaan(session, actor, signed.dokumen_id)
    role = require(actor, "laporan:tandatangani", before.opd_id)
    event_log.locked_chain(session, before.opd_id)
    keadaan = reports_signatures.keadaan(session, actor, signed.dokumen_id)
    tempat = allowed(actor, keadaan)
    if keadaan.sha256 != signed.source_sha256:
        raise Conflict(
            f"Orang lain baru saja menandatangani {keadaan.nomor}. Ulangi: tanda tangan Anda "
            "harus berdiri di belakang tanda tangannya."
        )
    digest = arsip.put(signed.data)
    row = Penandatanganan(
        opd_id=keadaan.opd_id,
        dokumen_id=keadaan.dokumen_id,
        urut=keadaan.next_up,
        orang_id=actor.orang_id,
        selaku=tempat.selaku,
        sha256=digest,
        ukuran=len(signed.data),
        pemilik=signed.pemilik,
        penerbit=signed.penerbit,
        sertifikat_sha256=signed.sertifikat_sha256,
        tingkat=signed.tingkat,
        at=now,
        cap_waktu=signed.cap_waktu,
    )
    session.add(row)
    event_log.record(
        session,
        actor,
        role,
        "laporan:tandatangan",
        f"dokumen:{keadaan.dokumen_id}",
        now=now,
        opd_id=keadaan.opd_id,
        after={
            "nomor": keadaan.nomor,
            "urut": keadaan.next_up,
            "sha256": digest,
            "sertifikat": signed.sertifikat_sha256,
            "pemilik": signed.pemilik,
            "tingkat": signed.tingkat,
        },
    )
    session.flush()
    return row
