"""The ceilings that every purchase uses (law 6): its DPA line, UP KKPD, its card.

Those that settings open (payee, SPD, anggaran kas) are added by `open_rows.py`.
"""

from __future__ import annotations

import re

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from kkpd.models import Ceiling, Kartu, TahunBuka, Transaksi
from kkpd.pagu.ceilings.movements import Key


def dpa_key(sub_kegiatan: str, rekening: str, sumber_dana: str) -> str:
    """The key of a DPA line's ceiling."""
    return f"{sub_kegiatan}|{rekening}|{sumber_dana}"


def payee_key(merchant: str) -> str:
    """The payee's name with letters and digits only, so that spelling does not matter."""
    return re.sub(r"[^a-z0-9]", "", merchant.casefold())[:200]


def penerima(transaksi: Transaksi, name: str) -> Key:
    """The ceiling of a payee in the line's OPD and year."""
    return Key(transaksi.opd_id, transaksi.tahun, "penerima", name)


def keys(session: Session, transaksi: Transaksi) -> list[Key]:
    """The ceilings of this line; those that do not exist are not checked (blank settings)."""
    token = session.scalars(select(Kartu.token).where(Kartu.id == transaksi.kartu_id)).one()
    wanted = {
        "dpa": dpa_key(transaksi.sub_kegiatan, transaksi.rekening, transaksi.sumber_dana),
        "up_kkpd": "UP",
        "kartu": token,
    }
    found = [Key(transaksi.opd_id, transaksi.tahun, *pair) for pair in wanted.items()]
    return [*found, *_later_years(session, transaksi, token)]


def _later_years(session: Session, transaksi: Transaksi, token: str) -> list[Key]:
    """Unsettled purchases use card and UP KKPD, also of years opened since (1.5)."""
    opened = select(TahunBuka.tahun).where(TahunBuka.opd_id == transaksi.opd_id)
    rows = session.execute(
        select(Ceiling.tahun, Ceiling.jenis, Ceiling.kunci)
        .where(
            Ceiling.opd_id == transaksi.opd_id,
            Ceiling.tahun > transaksi.tahun,
            or_(
                and_(Ceiling.jenis == "kartu", Ceiling.kunci == token),
                and_(Ceiling.jenis == "up_kkpd", Ceiling.tahun.in_(opened)),
            ),
        )
        .order_by(Ceiling.id)
    )
    return [Key(transaksi.opd_id, tahun, jenis, kunci) for tahun, jenis, kunci in rows]
