"""Named differences for pages, and the state of a month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.core.money import Rupiah
from kkpd.models import Orang, Periode, Selisih


@dataclass(frozen=True, slots=True)
class ExplanationRow:
    """An explanation of a line that was not undone."""

    id: int
    jenis: str
    nilai: Rupiah
    catatan: str
    pemilik: str
    jatuh_tempo: date | None
    at: datetime


def explanations_on_line(session: Session, opd_id: int, line_id: int) -> list[ExplanationRow]:
    """The explanations of the line, oldest first."""
    rows = session.execute(
        select(Selisih, Orang.nama)
        .join(Orang, Orang.id == Selisih.pemilik_id)
        .where(
            Selisih.opd_id == opd_id,
            Selisih.baris_bank_id == line_id,
            Selisih.dicabut_at.is_(None),
        )
        .order_by(Selisih.id)
    )
    return [
        ExplanationRow(row.id, row.jenis, row.nilai, row.catatan, owner, row.jatuh_tempo, row.at)
        for row, owner in rows
    ]


def status_periode(session: Session, opd_id: int, periode: tuple[int, int]) -> str:
    """terbuka, ditutup, dikonfirmasi or ditinjau."""
    found = session.get(Periode, (opd_id, *periode))
    return found.status if found is not None else "terbuka"
