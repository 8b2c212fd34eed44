"""Recounting ceilings from their movements: what the page shows must be what the rows say."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.domain import ceilings
from kkpd.domain.money import Rupiah
from kkpd.models import Ceiling, CeilingMovement


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
