"""Recount ceilings from their movements and compare."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.core.choices import PLAN_KINDS, Kind
from kkpd.core.moments import MONTHS
from kkpd.core.money import Rupiah
from kkpd.core.permissions import Actor, require
from kkpd.models import Ceiling, CeilingMovement, Kartu, Rekening
from kkpd.pagu import plan_rules
from kkpd.pagu.ceilings import rules as ceilings_rules


def recount(session: Session) -> tuple[int, str | None]:
    """(how many ceilings were counted, the first difference as a sentence or None)."""
    moved: dict[int, list[tuple[Kind, Rupiah]]] = {}
    for row in session.execute(
        select(CeilingMovement.ceiling_id, CeilingMovement.kind, CeilingMovement.amount).order_by(
            CeilingMovement.id
        )
    ):
        moved.setdefault(row.ceiling_id, []).append((row.kind, row.amount))
    counted = 0
    for ceiling in session.scalars(select(Ceiling).order_by(Ceiling.id)):
        state = ceilings_rules.recount(ceiling.limit, moved.get(ceiling.id, ()))
        if (state.reserved, state.posted) != (ceiling.reserved, ceiling.posted):
            return counted, (
                f"Batas {ceiling.id} ({ceiling.jenis} {ceiling.kunci}): tercatat dipesan "
                f"Rp {ceiling.reserved} terpakai Rp {ceiling.posted}, dari gerakannya "
                f"Rp {state.reserved} dan Rp {state.posted}."
            )
        counted += 1
    return counted, None


@dataclass(frozen=True, slots=True)
class CeilingRow:
    """A ceiling as a page shows it."""

    jenis: str
    nama: str
    kept: ceilings_rules.CeilingState
    keterangan: str = ""
    sasaran: Rupiah | None = None


def listing(session: Session, actor: Actor, opd_id: int, tahun: int) -> list[CeilingRow]:
    """The OPD's ceilings of the year: UP, cards, DPA lines, plans by month, payees, with names.

    `sasaran` is a lower limit that waits until the use has sunk.
    """
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
    names = _rekening_names(session, tahun)
    return [
        CeilingRow(
            row.jenis,
            cards.get(row.kunci) or _name(row),
            ceilings_rules.CeilingState(row.limit, row.reserved, row.posted),
            names.get(row.kunci.split("|")[1], "") if "|" in row.kunci else "",
            row.sasaran,
        )
        for row in rows
    ]


def _name(row: Ceiling) -> str:
    """What the ceiling limits, in words: `... · s.d. Maret` for a plan's month."""
    if row.jenis not in PLAN_KINDS:
        return row.kunci.replace("|", " · ") if row.jenis != "up_kkpd" else "UP KKPD"
    sub_kegiatan, rekening, bulan, cara = plan_rules.parse_key(row.kunci)
    month = f"{'s.d. ' if cara == 'kumulatif' else ''}{MONTHS[bulan - 1]}"
    return " · ".join(part for part in (sub_kegiatan, rekening, month) if part)


def _rekening_names(session: Session, tahun: int) -> dict[str, str]:
    rows = session.execute(select(Rekening.kode, Rekening.nama).where(Rekening.tahun == tahun))
    return {kode: nama for kode, nama in rows}  # noqa: C416 -- rows are typed so
