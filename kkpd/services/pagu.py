"""Which ceilings a purchase weighs on (law 6): its DPA line, UP KKPD, its card, its payee."""

from __future__ import annotations

import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.models import Kartu, Transaksi
from kkpd.services.ceilings import Key


def dpa_kunci(sub_kegiatan: str, rekening: str, sumber_dana: str) -> str:
    """The key of a DPA line's ceiling."""
    return f"{sub_kegiatan}|{rekening}|{sumber_dana}"


def penerima_kunci(merchant: str) -> str:
    """The payee's name in normal form: letters and digits only, so spelling does not split it."""
    return re.sub(r"[^a-z0-9]", "", merchant.casefold())[:200]


def keys(session: Session, transaksi: Transaksi) -> list[Key]:
    """The ceilings of this line; those that do not exist are not checked (blank settings)."""
    token = session.scalars(select(Kartu.token).where(Kartu.id == transaksi.kartu_id)).one()
    wanted = {
        "dpa": dpa_kunci(transaksi.sub_kegiatan, transaksi.rekening, transaksi.sumber_dana),
        "up_kkpd": "UP",
        "kartu": token,
        "penerima": penerima_kunci(transaksi.merchant),
    }
    return [Key(transaksi.opd_id, transaksi.tahun, jenis, kunci) for jenis, kunci in wanted.items()]
