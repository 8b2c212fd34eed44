"""Which classes want a person's look, worst first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import String, and_, cast, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from kkpd.core.money import NOL, Rupiah
from kkpd.models import PutusanKelas, Temuan, Transaksi

#: Below this confidence (per mille) a class that nobody has confirmed is worth a look.
YAKIN: Final = 900
_BOLEH: Final = ("tercatat", "berbukti", "diajukan")
_ATURAN: Final = ("kelas_bertentangan", "kelas_beda_rekening")


@dataclass(frozen=True, slots=True)
class BarisTinjau:
    """A line whose class is unsure, with the decision that stands."""

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
    bertentangan: bool


def perlu_ditinjau(session: Session, opd_id: int, batas: int = 100) -> tuple[BarisTinjau, ...]:
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
        Temuan.aturan.in_(_ATURAN),
        Temuan.selesai_at.is_(None),
    )
    weak = and_(PutusanKelas.oleh_id.is_(None), PutusanKelas.keyakinan < YAKIN)
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
            conflict.label("bertentangan"),
        )
        .join(PutusanKelas, PutusanKelas.id == newest)
        .where(Transaksi.opd_id == opd_id, Transaksi.status.in_(_BOLEH))
        .where(or_(Transaksi.kelas == "ragu", conflict, weak))
        .where(or_(Transaksi.asal_id.is_(None), Transaksi.nilai >= NOL))
        .order_by(
            conflict.desc(),
            PutusanKelas.keyakinan,
            Transaksi.nilai.desc(),
            Transaksi.id,
        )
        .limit(batas)
    )
    return tuple(BarisTinjau(*row) for row in rows)
