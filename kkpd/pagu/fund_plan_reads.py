"""What SPDs and the newest anggaran kas make available, by month."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kkpd.core.money import Rupiah
from kkpd.models import Orang, RencanaDana, RencanaDanaBaris


@dataclass(frozen=True, slots=True)
class MonthlyPlan:
    """The months of one line; `rekening` empty where the document goes no deeper."""

    sub_kegiatan: str
    rekening: str
    bulan: Mapping[int, Rupiah]


def monthly(
    session: Session, opd_id: int, tahun: int, jenis: str, sub_kegiatan: str, rekening: str
) -> MonthlyPlan | None:
    """The line's months; empty months when the documents lack it; None when there are none."""
    documents = select(RencanaDana.id).where(
        RencanaDana.opd_id == opd_id, RencanaDana.tahun == tahun, RencanaDana.jenis == jenis
    )
    ids = session.scalars(documents.order_by(RencanaDana.urut)).all()
    if not ids:
        return None
    rows = session.execute(
        select(RencanaDanaBaris.rekening, RencanaDanaBaris.bulan, func.sum(RencanaDanaBaris.nilai))
        .where(
            RencanaDanaBaris.rencana_id.in_(ids if jenis == "spd" else ids[-1:]),
            RencanaDanaBaris.sub_kegiatan == sub_kegiatan,
            RencanaDanaBaris.rekening.in_((rekening, "")),
        )
        .group_by(RencanaDanaBaris.rekening, RencanaDanaBaris.bulan)
    )
    found: dict[str, dict[int, Rupiah]] = {}
    for account, month, amount in rows:
        found.setdefault(account, {})[month] = amount
    if rekening not in found and "" in found:
        return MonthlyPlan(sub_kegiatan, "", found[""])
    return MonthlyPlan(sub_kegiatan, rekening, found.get(rekening, {}))


@dataclass(frozen=True, slots=True)
class PlanSummary:
    """One SPD or anggaran kas as a list shows it."""

    jenis: str
    nomor: str
    tanggal: date
    jumlah: Rupiah
    baris: int
    dicatat_at: datetime
    oleh: str


def listing(session: Session, opd_id: int, tahun: int) -> list[PlanSummary]:
    """The OPD's SPDs and anggaran kas of the year, newest first."""
    rows = session.execute(
        select(
            RencanaDana.jenis,
            RencanaDana.nomor,
            RencanaDana.tanggal,
            func.sum(RencanaDanaBaris.nilai),
            func.count(),
            RencanaDana.dicatat_at,
            Orang.nama,
        )
        .join(RencanaDanaBaris, RencanaDanaBaris.rencana_id == RencanaDana.id)
        .join(Orang, Orang.id == RencanaDana.oleh_id)
        .where(RencanaDana.opd_id == opd_id, RencanaDana.tahun == tahun)
        .group_by(RencanaDana.id, Orang.nama)
        .order_by(RencanaDana.id.desc())
    )
    return [PlanSummary(*row) for row in rows]
