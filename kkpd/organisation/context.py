"""The OPDs an actor may choose from, and the current period of work."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.models import Opd, Periode


@dataclass(frozen=True, slots=True)
class ChosenOpd:
    """An OPD for pages: its id, its short name in URLs, its official name."""

    id: int
    slug: str
    nama: str


def opd_list(session: Session, opd_ids: Collection[int] | None) -> tuple[ChosenOpd, ...]:
    """The OPDs in use among `opd_ids` (None: all), by name."""
    query = select(Opd.id, Opd.slug, Opd.nama).where(Opd.aktif).order_by(Opd.nama, Opd.id)
    if opd_ids is not None:
        query = query.where(Opd.id.in_(opd_ids))
    return tuple(ChosenOpd(*row) for row in session.execute(query))


def opd_by_slug(session: Session, slug: str, opd_ids: Collection[int] | None) -> ChosenOpd | None:
    """The OPD with this short name if it is among `opd_ids`, else None (law 12)."""
    query = select(Opd.id, Opd.slug, Opd.nama).where(Opd.slug == slug)
    if opd_ids is not None:
        query = query.where(Opd.id.in_(opd_ids))
    row = session.execute(query).one_or_none()
    return None if row is None else ChosenOpd(*row)


def working_period(session: Session, opd_id: int) -> tuple[int, int] | None:
    """The earliest open period (year, month): periods close in order, so work happens there."""
    row = session.execute(
        select(Periode.tahun, Periode.bulan)
        .where(Periode.opd_id == opd_id, Periode.status == "terbuka")
        .order_by(Periode.tahun, Periode.bulan)
        .limit(1)
    ).one_or_none()
    return None if row is None else (row.tahun, row.bulan)
