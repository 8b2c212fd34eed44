"""An assignment as the administrator enters it, and its checks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from kkpd.core.errors import DomainError
from kkpd.core.permissions import Role
from kkpd.models import Penugasan, SubKegiatan


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentData:
    """A role with its dates; `dasar` is the decision or the letter.

    With `atas_nama_id` it is a delegation: that officer's role for some days, by a letter.
    """

    orang_id: int
    peran: str
    mulai: date
    opd_id: int | None = None
    sampai: date | None = None
    dasar: str = ""
    atas_nama_id: int | None = None
    sub_kegiatan: str = ""


def periksa(session: Session, data: AssignmentData) -> None:
    """DomainError with the field at fault."""
    if data.sub_kegiatan:
        _sub_kegiatan(session, data)
    if data.atas_nama_id is not None:
        _delegation(session, data)


def _sub_kegiatan(session: Session, data: AssignmentData) -> None:
    """Only a PPTK may be limited to a sub kegiatan, and it must exist in a year's tables."""
    if data.peran != Role.PPTK:
        raise DomainError("Hanya PPTK yang terikat sub kegiatan.", field="sub_kegiatan")
    known = select(SubKegiatan.kode).where(SubKegiatan.kode == data.sub_kegiatan).limit(1)
    if session.scalar(known) is None:
        raise DomainError(
            f"Sub kegiatan {data.sub_kegiatan} tidak dikenal. Periksa kodenya.",
            field="sub_kegiatan",
        )


def _delegation(session: Session, data: AssignmentData) -> None:
    """A delegation has a letter and an end date, and is given by the holder of the office on its
    days.
    """
    if data.atas_nama_id == data.orang_id:
        raise DomainError("Pelimpahan diberikan kepada orang lain.", field="atas_nama_id")
    if data.sampai is None or not data.dasar.strip():
        raise DomainError("Pelimpahan memerlukan nomor surat dan hari terakhir.", field="dasar")
    holds = select(Penugasan.id).where(
        Penugasan.orang_id == data.atas_nama_id,
        Penugasan.peran == data.peran,
        Penugasan.opd_id == data.opd_id if data.opd_id else Penugasan.opd_id.is_(None),
        Penugasan.atas_nama_id.is_(None),
        Penugasan.mulai <= data.mulai,
        or_(Penugasan.sampai.is_(None), Penugasan.sampai >= data.sampai),
    )
    if session.scalars(holds.limit(1)).first() is None:
        raise DomainError(
            "Yang melimpahkan tidak memegang peran itu di OPD ini selama masa pelimpahan.",
            field="atas_nama_id",
        )
