"""The logins of the demo by office and role, for the console and the demo's login page.

They are marked in the books and refused outside demo mode (KKPD_DEMO).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.core.permissions import ROLES, Role
from kkpd.models import Opd, Orang, Pengguna, Penugasan
from kkpd.records.office_holders import in_force

#: Everybody's password in the demo.
DEMO_LOGIN_WORD: Final = "demo-kkpd-2026"


@dataclass(frozen=True, slots=True)
class DemoLogin:
    """One login: whose it is, in which role, where (empty: across all OPDs)."""

    nama_masuk: str
    nama: str
    peran: Role
    opd: str


def demo_logins(session: Session, day: date) -> list[DemoLogin]:
    """Those of people in office that day, by OPD in the order of the demo and by role; who looks
    across OPDs last.
    """
    rows = session.execute(
        select(Pengguna.nama_masuk, Orang.nama, Penugasan.peran, Opd.nama, Opd.id)
        .join(Orang, Orang.id == Pengguna.orang_id)
        .join(Penugasan, Penugasan.orang_id == Orang.id)
        .outerjoin(Opd, Opd.id == Penugasan.opd_id)
        .where(Pengguna.demo, Pengguna.aktif, in_force(day))
        .order_by(Opd.id.is_(None), Opd.id, Pengguna.id)
    )
    order = list(ROLES)
    found = [
        (
            opd_id is None,
            opd_id or 0,
            order.index(Role(peran)),
            DemoLogin(login, nama, Role(peran), opd or ""),
        )
        for login, nama, peran, opd, opd_id in rows
    ]
    return [one for *_, one in sorted(found, key=lambda row: row[:3])]
