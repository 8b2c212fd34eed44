"""Cases that closed by themselves: a random share of them is looked at after all.

The draw is recomputable: its event holds the seed, the share and the cases it was drawn from, and
`draw` gives the same cases for the same seed.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kkpd.core.errors import DomainError
from kkpd.core.moments import business_day
from kkpd.core.permissions import Actor, require
from kkpd.core.proof.canonical import Json
from kkpd.models import Case, Event
from kkpd.records import cases, event_log
from kkpd.records import settings as records_settings

#: The event of a draw.
DRAWN: Final = "kasus:acak:buka"
_WHY: Final = "Terpilih acak untuk diperiksa walaupun jernih menurut aturan."


def draw(population: Collection[int], share: Decimal, seed: str) -> list[int]:
    """The cases of this share, rounded up: those with the smallest SHA-256 of `seed:id`."""
    ranked = sorted(population, key=lambda id_: sha256(f"{seed}:{id_}".encode()).digest())
    return sorted(ranked[: math.ceil(len(ranked) * share)])


def reopen_share(
    session: Session, actor: Actor, opd_id: int, seed: str, now: datetime
) -> list[int]:
    """Open a share of the OPD's cases again that closed by themselves since the last draw."""
    role = require(actor, "temuan:putuskan", opd_id)
    if not 4 <= len(seed) <= 64 or not seed.isascii() or not seed.isalnum():
        raise DomainError("Benih acak terdiri atas 4 sampai 64 huruf dan angka.", field="benih")
    share = records_settings.share(session, "share_of_cases_reopened", business_day(now), opd_id)
    if share is None:
        raise DomainError(
            "Bagian yang dibuka lagi belum ditetapkan. Administrator mengisi setelannya dahulu.",
            field="benih",
        )
    last = session.scalar(
        select(func.max(Event.at)).where(Event.opd_id == opd_id, Event.jenis == DRAWN)
    )
    closed = select(Case).where(
        Case.opd_id == opd_id, Case.status == "selesai", Case.ditutup_oleh_id.is_(None)
    )
    if last is not None:
        closed = closed.where(Case.ditutup_at > last)
    population = {case.id: case for case in session.scalars(closed.order_by(Case.id))}
    chosen = draw(population, share, seed)
    for id_ in chosen:
        cases.reopen(
            session, population[id_], "uji_acak", _WHY, now, oleh_id=actor.orang_id, value=seed
        )
    after: dict[str, Json] = {
        "benih": seed,
        "bagian": str(share),
        "dari": [*population],
        "terpilih": [*chosen],
    }
    event_log.record(
        session, actor, role, DRAWN, f"opd:{opd_id}", now=now, opd_id=opd_id, after=after
    )
    return chosen
