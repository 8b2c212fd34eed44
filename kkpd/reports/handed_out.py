"""Downloads of data: open data of all OPDs, lines for SIPD. One event each."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from sqlalchemy.orm import Session

from kkpd.core.permissions import Actor, require
from kkpd.records import event_log


def record(
    session: Session,
    actor: Actor,
    what: str,
    opd_id: int | None,
    periode: str,
    data: bytes,
    now: datetime,
) -> None:
    """Record that these bytes were downloaded: `what` is data_terbuka, sipd:npd or sipd:tbp.

    Forbidden without the permission. `opd_id` None is all OPDs: the administration's chain.
    """
    kind = what.partition(":")[0]
    event_log.record(
        session,
        actor,
        require(actor, f"{kind}:unduh", opd_id),
        f"laporan:{kind}:unduh",
        f"{what}:{periode}",
        now=now,
        opd_id=opd_id,
        after={"sha256": sha256(data).hexdigest(), "ukuran": len(data)},
    )
