"""What an OPD's people confirmed of classes, and which classes want a look, worst first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import String, and_, cast, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from kkpd.core.money import ZERO, Rupiah
from kkpd.models import IngatanKelas, Orang, PutusanKelas, Temuan, Transaksi

#: An unconfirmed class below this confidence (per mille) should be reviewed.
SURE: Final = 900
_ALLOWED: Final = ("tercatat", "berbukti", "diajukan")
_RULES: Final = ("kelas_bertentangan", "kelas_beda_rekening")


@dataclass(frozen=True, slots=True)
class ClassReviewRow:
    """A line with an unsure class, and its current decision."""

    id: int
    tanggal: date
    merchant: str
    uraian: str
    rekening: str
    nilai: Rupiah
    kelas: str
    keyakinan: int
    alasan: str
    yang_mengubah: str
    contradicted: bool


def needing_review(session: Session, opd_id: int, bound: int = 100) -> tuple[ClassReviewRow, ...]:
    """Unsure, contradicted or weakly founded classes: contradictions first, then the least sure,
    the larger amount before the smaller. A refund is not asked about: it follows its origin.
    """
    any_of = aliased(PutusanKelas)
    newest = (
        select(func.max(any_of.id)).where(any_of.transaksi_id == Transaksi.id).scalar_subquery()
    )
    conflict = exists().where(
        Temuan.opd_id == opd_id,
        Temuan.subjek == "transaksi:" + cast(Transaksi.id, String),
        Temuan.aturan.in_(_RULES),
        Temuan.selesai_at.is_(None),
    )
    weak = and_(PutusanKelas.oleh_id.is_(None), PutusanKelas.keyakinan < SURE)
    rows = session.execute(
        select(
            Transaksi.id,
            Transaksi.tanggal,
            Transaksi.merchant,
            Transaksi.uraian,
            Transaksi.rekening,
            Transaksi.nilai,
            Transaksi.kelas,
            PutusanKelas.keyakinan,
            PutusanKelas.alasan,
            PutusanKelas.yang_mengubah,
            conflict.label("contradicted"),
        )
        .join(PutusanKelas, PutusanKelas.id == newest)
        .where(Transaksi.opd_id == opd_id, Transaksi.status.in_(_ALLOWED))
        .where(or_(Transaksi.kelas == "ragu", conflict, weak))
        .where(or_(Transaksi.asal_id.is_(None), Transaksi.nilai >= ZERO))
        .order_by(
            conflict.desc(),
            PutusanKelas.keyakinan,
            Transaksi.nilai.desc(),
            Transaksi.id,
        )
        .limit(bound)
    )
    return tuple(ClassReviewRow(*row) for row in rows)


@dataclass(frozen=True, slots=True)
class MemoryRow:
    """One remembered class as its page shows it."""

    id: int
    kunci: str
    kelas: str
    rekening: str
    at: datetime
    oleh: str


def remembered(session: Session, opd_id: int) -> tuple[MemoryRow, ...]:
    """What the OPD remembers now, newest first."""
    rows = session.execute(
        select(
            IngatanKelas.id,
            IngatanKelas.kunci,
            IngatanKelas.kelas,
            IngatanKelas.rekening,
            IngatanKelas.at,
            Orang.nama,
        )
        .join(Orang, Orang.id == IngatanKelas.oleh_id)
        .where(IngatanKelas.opd_id == opd_id, IngatanKelas.dicabut_at.is_(None))
        .order_by(IngatanKelas.id.desc())
        .limit(500)
    )
    return tuple(MemoryRow(*row) for row in rows)
