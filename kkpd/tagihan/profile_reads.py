"""Bank layouts kept in the web: the newest version of each name, an OPD's own and everybody's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from kkpd.models import ProfilBank


@dataclass(frozen=True, slots=True)
class KeptProfile:
    """A kept profile; `toml` is read by kkpd.engines.reading."""

    nama: str
    toml: str
    at: datetime


def listing(session: Session, opd_id: int) -> tuple[KeptProfile, ...]:
    """The profiles this OPD may use: its own before everybody's, the newest kept first."""
    mine = or_(ProfilBank.opd_id == opd_id, ProfilBank.opd_id.is_(None))
    newest = (
        select(func.max(ProfilBank.id)).where(mine).group_by(ProfilBank.opd_id, ProfilBank.nama)
    )
    rows = session.execute(
        select(ProfilBank.nama, ProfilBank.toml, ProfilBank.at)
        .where(ProfilBank.id.in_(newest))
        .order_by(ProfilBank.opd_id.is_(None), ProfilBank.id.desc())
    )
    found: dict[str, KeptProfile] = {}
    for nama, toml, at in rows:
        found.setdefault(nama, KeptProfile(nama, toml, at))
    return tuple(found.values())
