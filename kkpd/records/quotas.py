"""How much one person and one OPD may ask of the program in an hour and a day (ASVS V2.4.1).

Every act is counted before it is done, also one that is refused later. Rows are thrown away after a
day. The bounds are far above what an office does in its busiest hour.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from kkpd.core.errors import TooMany
from kkpd.core.permissions import Actor
from kkpd.models import Pemakaian

MIB: Final = 1024 * 1024
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Quota:
    """What one person may do: acts an hour, acts a day, bytes a day (0: not counted)."""

    name: str
    hour: int
    day: int
    size: int = 0


#: kind of act -> its bounds for a person; an OPD has `_OPD_TIMES` as much
QUOTAS: Final[Mapping[str, Quota]] = {
    "unggah": Quota("unggahan", 400, 2_000, 2_048 * MIB),
    "ekspor": Quota("unduhan", 200, 1_000),
    "laporan": Quota("permintaan laporan", 120, 600),
    "cocok": Quota("tindakan pencocokan", 3_000, 12_000),
}
_OPD_TIMES: Final = 5


def spend(session: Session, actor: Actor, kind: str, size: int, now: datetime) -> None:
    """Count one act of the actor in the chosen OPD; TooMany when a bound is passed."""
    quota = QUOTAS[kind]
    _spend(session, f"orang:{actor.orang_id}", kind, quota, 1, size, now)
    if actor.opd_id is not None:
        _spend(session, f"opd:{actor.opd_id}", kind, quota, _OPD_TIMES, size, now)


def _spend(
    session: Session, key: str, kind: str, quota: Quota, times: int, size: int, now: datetime
) -> None:
    session.execute(delete(Pemakaian).where(Pemakaian.at < now - _DAY, Pemakaian.kunci == key))
    mine = Pemakaian.kunci == key, Pemakaian.jenis == kind
    in_day, in_size = session.execute(
        select(func.count(), func.coalesce(func.sum(Pemakaian.ukuran), 0)).where(*mine)
    ).one()
    in_hour = session.scalar(select(func.count()).where(*mine, Pemakaian.at > now - _HOUR)) or 0
    whose = "Anda" if times == 1 else "OPD ini"
    if in_hour >= quota.hour * times:
        raise TooMany(
            f"{quota.name.capitalize()} {whose} sudah {in_hour} kali dalam satu jam. "
            "Tunggu sampai satu jam berlalu."
        )
    if in_day >= quota.day * times:
        raise TooMany(
            f"{quota.name.capitalize()} {whose} sudah {in_day} kali hari ini. Lanjutkan besok."
        )
    if quota.size and in_size + size > quota.size * times:
        raise TooMany(
            f"{quota.name.capitalize()} {whose} hari ini sudah {in_size // MIB} MB. "
            "Perkecil berkasnya atau lanjutkan besok."
        )
    session.add(Pemakaian(kunci=key, jenis=kind, at=now, ukuran=size))
    session.flush()
