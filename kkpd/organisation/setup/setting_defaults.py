"""The regulation's defaults: offered to a new installation as one act, each with its legal basis.

`kkpd/data/setelan/bawaan.toml` holds them and says how sure each is. Taking them writes one dated
row for each setting that nobody has decided on yet; what the region decided stays.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib import resources

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.core.permissions import Actor, require
from kkpd.models import Setelan
from kkpd.organisation import organisation


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingDefault:
    """A default; `nilai` None is left to the region. `certainty` says where it comes from."""

    kunci: str
    dasar_hukum: str
    certainty: str
    catatan: str
    nilai: str | None = None


@cache
def everything() -> tuple[SettingDefault, ...]:
    """All defaults, in the order in which they are shown."""
    file = resources.files("kkpd").joinpath("data", "setelan", "bawaan.toml")
    said = tomllib.loads(file.read_text("utf-8"))
    return tuple(SettingDefault(kunci=kunci, **words) for kunci, words in said.items())


def undecided(session: Session) -> tuple[SettingDefault, ...]:
    """The defaults of settings that have no row for all OPDs yet."""
    known = set(session.scalars(select(Setelan.kunci).where(Setelan.opd_id.is_(None))))
    return tuple(one for one in everything() if one.kunci not in known)


def take(session: Session, actor: Actor, mulai: date, now: datetime) -> int:
    """Decide on all that are undecided, from that day on; gives how many."""
    require(actor, "pengaturan:kelola")
    found = undecided(session)
    for one in found:
        data = organisation.SettingData(
            kunci=one.kunci, nilai=one.nilai, mulai=mulai, dasar_hukum=one.dasar_hukum
        )
        organisation.decide_setting(session, actor, data, now)
    return len(found)
