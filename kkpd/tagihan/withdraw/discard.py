"""Throwing away a bank file that was uploaded by mistake and never taken in.

An event says who threw it away and why; the bytes stay in custody (law 7), but no page offers the
file any more. The same bytes sent again get a new receipt.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from kkpd.core.errors import Conflict, DomainError
from kkpd.core.pan import mask
from kkpd.core.permissions import Actor, require
from kkpd.records import event_log
from kkpd.records.custody import THROWN_AWAY
from kkpd.tagihan import known_lines, line_state, receive
from kkpd.tagihan.withdraw.withdraw import REASON


@dataclass(frozen=True, slots=True)
class ThrowAway:
    """Throw this bank file of this OPD away, and why."""

    opd_id: int
    berkas_id: int
    alasan: str


def throw_away(session: Session, actor: Actor, command: ThrowAway, now: datetime) -> None:
    """Conflict for a file that is in the books; NotFound for one that is thrown away already."""
    role = require(actor, "tagihan:keluarkan", command.opd_id)
    line_state.lock(session, command.opd_id)
    berkas = receive.bank_file(session, actor, command.opd_id, command.berkas_id)
    if known_lines.import_of_file(session, berkas.id) is not None:
        raise Conflict(
            "Berkas ini sudah diambil ke dalam buku. Keluarkan pengambilannya di riwayat."
        )
    reason = mask(command.alasan.strip())
    if not REASON[0] <= len(reason) <= REASON[1]:
        raise DomainError(
            f"Tulis mengapa berkas ini dibuang, {REASON[0]} sampai {REASON[1]} huruf.",
            field=f"alasan-{berkas.id}",
        )
    event_log.record(
        session,
        actor,
        role,
        THROWN_AWAY,
        f"berkas:{berkas.id}",
        now=now,
        opd_id=command.opd_id,
        after={"sha256": berkas.sha256, "nama": mask(berkas.nama), "alasan": reason},
    )
    session.flush()
