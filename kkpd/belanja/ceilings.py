"""Reserve a purchase on its ceilings (law 6), or leave a finding that says what is missing."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from kkpd.belanja import refund_room
from kkpd.core.errors import DomainError, Finding
from kkpd.core.money import ZERO
from kkpd.models import Transaksi
from kkpd.pagu import reads
from kkpd.pagu.ceilings import movements as ceilings_movements
from kkpd.pagu.ceilings import open_rows as ceilings_open_rows
from kkpd.pagu.ceilings.movements import Key


def pesan(session: Session, transaksi: Transaksi, *, oleh_id: int, now: datetime) -> list[Finding]:
    """Reserve the amount on every ceiling of the line, or on none; a refund releases room."""
    if transaksi.nilai < ZERO:
        refund_room.follow(session, transaksi, oleh_id=oleh_id, now=now)
        return []
    keys = ceilings_open_rows.prepare(session, transaksi, oleh_id=oleh_id, now=now)
    weighed = _weigh(session, transaksi, keys)
    refusal = ceilings_movements.try_reserve(
        session, keys, transaksi.id, transaksi.nilai, oleh_id=oleh_id, now=now
    )
    refund_room.follow(session, transaksi, oleh_id=oleh_id, now=now)
    found = [_over(transaksi, refusal, weighed)] if refusal is not None else []
    if not _in_dpa(session, transaksi):
        found.append(_without_line(transaksi))
    return found


def let_go(session: Session, transaksi: Transaksi, *, oleh_id: int, now: datetime) -> None:
    """Release what the line still has reserved; room that a refund released is taken back."""
    if any(amount < ZERO for amount in ceilings_movements.held(session, transaksi.id).values()):
        refund_room.release(session, transaksi, oleh_id=oleh_id, now=now)
        return
    ceilings_movements.settle(session, transaksi.id, "void", oleh_id=oleh_id, now=now)


def _weigh(session: Session, transaksi: Transaksi, keys: list[Key]) -> dict[str, str]:
    """What was left on each ceiling at that moment, for the finding."""
    return {
        one.nama: f"Rp {one.state.available}"
        for one in reads.weigh(
            session,
            transaksi.opd_id,
            transaksi.tahun,
            {key.jenis: key.kunci for key in reversed(keys)},
            transaksi.nilai,
        )
    }


def _in_dpa(session: Session, transaksi: Transaksi) -> bool:
    return transaksi.sumber_dana in reads.sumber_dana(
        session, transaksi.opd_id, transaksi.tahun, transaksi.sub_kegiatan, transaksi.rekening
    )


def _over(transaksi: Transaksi, refusal: DomainError, weighed: dict[str, str]) -> Finding:
    return Finding(
        "lewat_batas",
        refusal.message,
        "salah",
        inputs={
            "nilai": f"Rp {transaksi.nilai}",
            **weighed,
            "dasar": "pagu DPA, SPD, anggaran kas, UP KKPD, kartu, penerima (Pasal 5, 18, 19)",
        },
    )


def _without_line(transaksi: Transaksi) -> Finding:
    return Finding(
        "tanpa_pagu",
        f"Rekening {transaksi.rekening} pada sub kegiatan {transaksi.sub_kegiatan} dengan sumber "
        f"dana {transaksi.sumber_dana} tidak ada dalam DPA. "
        "Ganti pembebanannya, atau ajukan pergeseran.",
        "salah",
        inputs={
            "sub_kegiatan": transaksi.sub_kegiatan,
            "rekening": transaksi.rekening,
            "sumber_dana": transaksi.sumber_dana,
            "dasar": "belanja hanya atas beban pagu dalam DPA (Permendagri 77/2020)",
        },
    )
