"""Which issued papers no longer count, for those who hold copies outside."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from kkpd.core.proof.withdrawn import WithdrawnList, WithdrawnPaper
from kkpd.models import Dokumen, Pembatalan


def as_of(session: Session, now: datetime) -> WithdrawnList:
    """Every paper that was taken back or replaced until now; one that was both was taken back."""
    newer = aliased(Dokumen)
    replaced = session.execute(
        select(Dokumen.data_sha256, newer.at).join(newer, newer.menggantikan_id == Dokumen.id)
    )
    found = {sha256: WithdrawnPaper(sha256, "digantikan", at) for sha256, at in replaced}
    taken_back = session.execute(
        select(Dokumen.data_sha256, Pembatalan.at).join(
            Pembatalan, Pembatalan.dokumen_id == Dokumen.id
        )
    )
    found |= {sha256: WithdrawnPaper(sha256, "dibatalkan", at) for sha256, at in taken_back}
    return WithdrawnList(now, tuple(sorted(found.values())))
