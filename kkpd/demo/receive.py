"""Take in a bill, as the treasurer does in the web."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from kkpd.core.permissions import Actor
from kkpd.engines.reading import parse
from kkpd.records.custody import Store
from kkpd.tagihan import receive


def terima(
    session: Session,
    actor: Actor,
    opd_id: int,
    data: bytes,
    nama: str,
    bulan: tuple[int, int],
    store: Store,
    now: datetime,
    jenis: str = "final",
) -> receive.TakeInResult:
    """Keep the file, read it, take it in."""
    kept = receive.unggah(session, actor, receive.UploadFile(opd_id, data, nama), store, now)
    reading = parse(data, nama, "banksumut_bni")
    command = receive.TakeIn(opd_id, kept.id, reading, jenis, periode=bulan)
    return receive.terima(session, actor, command, now)
