"""Recounting ceilings from their movements: what the page shows must be what the rows say."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.domain import ceilings
from kkpd.domain.izin import require
from kkpd.domain.money import Rupiah
from kkpd.domain.peran import Actor
from kkpd.models import Ceiling, CeilingMovement, Kartu, Rekening


def recount(session: Session) -> tuple[int, str | None]:
    """(how many ceilings were counted, the first difference as a sentence or None)."""
    moved: dict[int, list[tuple[ceilings.Kind, Rupiah]]] = {}
    for row in session.execute(
        select(CeilingMovement.ceiling_id, CeilingMovement.kind, CeilingMovement.amount).order_by(
            CeilingMovement.id
        )
    ):
        moved.setdefault(row.ceiling_id, []).append((row.kind, row.amount))
    counted = 0
    for ceiling in session.scalars(select(Ceiling).order_by(Ceiling.id)):
        state = ceilings.recount(ceiling.limit, moved.get(ceiling.id, ()))
        if (state.reserved, state.posted) != (ceiling.reserved, ceiling.posted):
            return counted, (
                f"Batas {ceiling.id} ({ceiling.jenis} {ceiling.kunci}): tercatat dipesan "
                f"Rp {ceiling.reserved} terpakai Rp {ceiling.posted}, dari gerakannya "
                f"Rp {state.reserved} dan Rp {state.posted}."
            )
        counted += 1
    return counted, None


@dataclass(frozen=True, slots=True)
class BarisBatas:
    """A ceiling as a page shows it."""

    jenis: str
    nama: str
    keadaan: ceilings.State
    keterangan: str = ""


def daftar(session: Session, actor: Actor, opd_id: int, tahun: int) -> list[BarisBatas]:
    """The OPD's ceilings of the year: UP, cards, DPA lines with their names."""
    require(actor, "pagu:lihat", opd_id)
    cards = {
        row.token: f"•••• {row.nomor_akhir}"
        for row in session.execute(
            select(Kartu.token, Kartu.nomor_akhir).where(Kartu.opd_id == opd_id)
        )
    }
    rows = session.scalars(
        select(Ceiling)
        .where(Ceiling.opd_id == opd_id, Ceiling.tahun == tahun)
        .order_by(Ceiling.jenis, Ceiling.kunci)
    )
    names = _nama_rekening(session, tahun)
    return [
        BarisBatas(
            row.jenis,
            cards.get(row.kunci, row.kunci.replace("|", " · ").replace("UP", "UP KKPD")),
            ceilings.State(row.limit, row.reserved, row.posted),
            names.get(row.kunci.split("|")[1], "") if row.jenis == "dpa" else "",
        )
        for row in rows
    ]


def _nama_rekening(session: Session, tahun: int) -> dict[str, str]:
    rows = session.execute(select(Rekening.kode, Rekening.nama).where(Rekening.tahun == tahun))
    return {kode: nama for kode, nama in rows}  # noqa: C416 -- rows are typed so
