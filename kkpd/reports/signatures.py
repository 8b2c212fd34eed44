"""The signatures of an issued document: who signed, who must sign, and the file to sign next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.core.authorise import require
from kkpd.core.errors import NotFound
from kkpd.core.permissions import Actor
from kkpd.engines import paper
from kkpd.ledger import cancelled
from kkpd.models import Arsip, Dokumen, Orang, Penandatanganan


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


def keadaan(session: Session, actor: Actor, dokumen_id: int) -> SignatureState:
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
        is_cancelled=cancelled.dokumen(session, row.id) is not None,
    )


def latest_signed_hash(session: Session, dokumen_id: int) -> str | None:
    """SHA-256 of the newest signed file, None where nobody has signed."""
    return session.scalars(
        select(Penandatanganan.sha256)
        .where(Penandatanganan.dokumen_id == dokumen_id)
        .order_by(Penandatanganan.urut.desc())
        .limit(1)
    ).one_or_none()


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
