"""Open findings across OPDs, for those who look at all of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.core.authorise import require
from kkpd.core.moments import business_day
from kkpd.core.permissions import Actor
from kkpd.models import Opd, Temuan


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A finding with its OPD, for the inspectors' list."""

    id: int
    opd: str
    slug: str
    periode: tuple[int, int]
    aturan: str
    berat: str
    subjek: str
    pesan: str
    masukan: dict[str, str]
    umur: int


def temuan(
    session: Session, actor: Actor, day: date, *, opd_id: int | None = None, banyak: int = 200
) -> list[FindingRow]:
    """Open findings, the gravest and oldest first, within what the actor may see."""
    require(actor, "temuan:lihat", opd_id)
    statement = (
        select(Temuan, Opd.nama, Opd.slug)
        .join(Opd, Opd.id == Temuan.opd_id)
        .where(Temuan.selesai_at.is_(None))
        .order_by(Temuan.berat.desc(), Temuan.id)
        .limit(banyak)
    )
    if opd_id is not None:
        statement = statement.where(Temuan.opd_id == opd_id)
    elif actor.opd_ids is not None:
        statement = statement.where(Temuan.opd_id.in_(actor.opd_ids))
    return [
        FindingRow(
            row.id,
            nama,
            slug,
            (row.tahun, row.bulan),
            row.aturan,
            row.berat,
            row.subjek,
            row.pesan,
            row.masukan,
            max((day - business_day(row.at)).days, 0),
        )
        for row, nama, slug in session.execute(statement)
    ]
