"""A bill arrives and is taken in, as the treasurer does it in the web."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from kkpd.domain.peran import Actor
from kkpd.domain.tagihan.bacaan import Utuh
from kkpd.ingest import parse
from kkpd.services import tagihan
from kkpd.services.berkas import Store


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
) -> tagihan.Hasil:
    """Keep the file, read it, take it in."""
    kept = tagihan.unggah(session, actor, tagihan.Unggah(opd_id, data, nama), store, now)
    reading = Utuh(parse(data, nama, "banksumut_bni"))
    command = tagihan.Terima(opd_id, kept.id, reading, jenis, periode=bulan)
    return tagihan.terima(session, actor, command, now)
