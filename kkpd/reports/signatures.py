"""The signatures of an issued document: who signed, who must sign, and saving one.

The signing itself (a certificate's file, a service, perhaps a time stamp) happens before and
outside the transaction; here the result is saved, unless somebody else signed first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.core.errors import Conflict, Forbidden, NotFound
from kkpd.core.permissions import Actor, require
from kkpd.engines import paper
from kkpd.ledger import active
from kkpd.models import Arsip, Dokumen, Orang, Penandatanganan
from kkpd.records import event_log
from kkpd.records.custody import Store


@dataclass(frozen=True, slots=True)
class SignatureMade:
    """One signature: by which certificate, when."""

    pemilik: str
    penerbit: str
    tingkat: str
    at: datetime
    cap_waktu: datetime | None


@dataclass(frozen=True, slots=True)
class SigningPlace:
    """A signature block as it is printed, whether it is the actor's, and `already` when signed."""

    selaku: str
    nama: str
    of_actor: bool
    already: SignatureMade | None


@dataclass(frozen=True, slots=True)
class SignatureState:
    """Everything about the signatures of one document. `sha256` is the newest file's."""

    dokumen_id: int
    opd_id: int | None
    nomor: str
    tempat: tuple[SigningPlace, ...]
    sha256: str
    next_up: int
    city: str
    is_cancelled: bool

    @property
    def owned(self) -> SigningPlace | None:
        """The block that waits for the actor, None where there is none."""
        if self.is_cancelled:
            return None
        return next((t for t in self.tempat if t.of_actor and t.already is None), None)

    @property
    def lengkap(self) -> bool:
        """Whether every block is signed."""
        return bool(self.tempat) and all(tempat.already for tempat in self.tempat)


def state_of(session: Session, actor: Actor, dokumen_id: int) -> SignatureState:
    """The signatures of a document; NotFound for actors who may not see its OPD."""
    row = session.get(Dokumen, dokumen_id)
    if row is None or not actor.sees_all_of(row.opd_id):
        raise NotFound("Dokumen tidak ditemukan.")
    require(actor, "laporan:lihat", row.opd_id)
    done = session.execute(
        select(Penandatanganan, Orang)
        .join(Orang, Orang.id == Penandatanganan.orang_id)
        .where(Penandatanganan.dokumen_id == dokumen_id)
        .order_by(Penandatanganan.urut)
    ).all()
    signed = [one for one, _person in done]
    document = paper.FrozenDocument.from_json(row.data)
    me = session.get_one(Orang, actor.orang_id)
    return SignatureState(
        dokumen_id=row.id,
        opd_id=row.opd_id,
        nomor=row.nomor,
        tempat=_blocks(document.tanda_tangan, me, [(one, orang) for one, orang in done]),
        sha256=signed[-1].sha256 if signed else _drawn(session, dokumen_id),
        next_up=len(signed) + 1,
        city=document.tempat,
        is_cancelled=active.taken_back(session, row.id) is not None,
    )


def latest_signed_hash(session: Session, dokumen_id: int) -> str | None:
    """SHA-256 of the newest signed file, None where nobody has signed."""
    return session.scalars(
        select(Penandatanganan.sha256)
        .where(Penandatanganan.dokumen_id == dokumen_id)
        .order_by(Penandatanganan.urut.desc())
        .limit(1)
    ).one_or_none()


def newest_hash(session: Session, dokumen_id: int) -> str:
    """SHA-256 of the file as it is handed out: the newest signed one, else as it was drawn."""
    return latest_signed_hash(session, dokumen_id) or _drawn(session, dokumen_id)


def _drawn(session: Session, dokumen_id: int) -> str:
    return session.scalars(select(Arsip.sha256).where(Arsip.dokumen_id == dokumen_id)).one()


def _blocks(
    blocks: Sequence[paper.SignatureBlock],
    me: Orang,
    done: list[tuple[Penandatanganan, Orang]],
) -> tuple[SigningPlace, ...]:
    """The printed blocks, each with the signature of the person whose name stands in it."""
    found = []
    for block in blocks:
        mine = next((one for one, orang in done if names(block, orang)), None)
        found.append(
            SigningPlace(
                block.selaku, block.orang.nama, names(block, me), _said(mine) if mine else None
            )
        )
    return tuple(found)


def _said(one: Penandatanganan) -> SignatureMade:
    return SignatureMade(
        pemilik=one.pemilik,
        penerbit=one.penerbit,
        tingkat=one.tingkat,
        at=one.at,
        cap_waktu=one.cap_waktu,
    )


def names(block: paper.SignatureBlock, orang: Orang) -> bool:
    """Whether a printed block is this person's: by NIP where both have one, else by name."""
    printed, kept = _figures(block.orang.nip), _figures(orang.nip or "")
    if printed and kept:
        return printed == kept
    return block.orang.nama == orang.nama


def _figures(nip: str) -> str:
    return "".join(filter(str.isdigit, nip))


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


def allowed(actor: Actor, state: SignatureState) -> SigningPlace:
    """The block that the actor may sign now; Forbidden or Conflict with the reason."""
    require(actor, "laporan:tandatangani", state.opd_id)
    if state.is_cancelled:
        raise Conflict(f"{state.nomor} sudah dibatalkan dan tidak ditandatangani lagi.")
    if state.owned is not None:
        return state.owned
    if any(tempat.of_actor for tempat in state.tempat):
        raise Conflict(f"Anda sudah menandatangani {state.nomor}.")
    raise Forbidden(
        f"Nama Anda tidak tercetak sebagai penanda tangan {state.nomor}. "
        "Yang menandatangani adalah orang yang namanya tertulis pada dokumen."
    )


def record(
    session: Session, actor: Actor, signed: SignedFile, arsip: Store, now: datetime
) -> Penandatanganan:
    """Save the signed file and its row; Conflict when somebody else signed in between."""
    before = state_of(session, actor, signed.dokumen_id)
    role = require(actor, "laporan:tandatangani", before.opd_id)
    event_log.locked_chain(session, before.opd_id)
    state = state_of(session, actor, signed.dokumen_id)
    tempat = allowed(actor, state)
    if state.sha256 != signed.source_sha256:
        raise Conflict(
            f"Orang lain baru saja menandatangani {state.nomor}. Ulangi: tanda tangan Anda "
            "harus berdiri di belakang tanda tangannya."
        )
    digest = arsip.put(signed.data)
    row = Penandatanganan(
        opd_id=state.opd_id,
        dokumen_id=state.dokumen_id,
        urut=state.next_up,
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
        f"dokumen:{state.dokumen_id}",
        now=now,
        opd_id=state.opd_id,
        after={
            "nomor": state.nomor,
            "urut": state.next_up,
            "sha256": digest,
            "sertifikat": signed.sertifikat_sha256,
            "pemilik": signed.pemilik,
            "tingkat": signed.tingkat,
        },
    )
    session.flush()
    return row
