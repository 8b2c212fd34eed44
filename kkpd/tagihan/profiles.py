"""Bank layouts kept in the web: append-only, the newest of a name holds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from kkpd.core.errors import Conflict, DomainError
from kkpd.core.permissions import Actor, require
from kkpd.models import ProfilBank
from kkpd.records import event_log
from kkpd.tagihan import line_state

_NAMES = re.compile(r"[a-z][a-z0-9_]{2,39}")


@dataclass(frozen=True, slots=True)
class SaveProfile:
    """A profile of this OPD; `toml` was read by kkpd.engines.reading before, so it is a right one.

    `ganti`: it may take the place of the one that bears this name.
    """

    opd_id: int
    nama: str
    toml: str
    ganti: bool = False


def save(session: Session, actor: Actor, command: SaveProfile, now: datetime) -> ProfilBank:
    """Keep the profile as the newest of its name. Conflict where the name is taken and the person
    did not say that the new one takes its place; the same once more is no second one.
    """
    role = require(actor, "tagihan:unggah", command.opd_id)
    if not _NAMES.fullmatch(command.nama):
        raise DomainError(
            "Nama profil 3 sampai 40 huruf kecil, angka atau garis bawah, diawali huruf; "
            "misalnya bank_sumut_2026.",
            field="nama",
        )
    before = _newest(session, command)
    if before is not None and before.toml == command.toml:
        return before
    if before is not None and not command.ganti:
        raise Conflict(
            f"Bentuk bernama “{command.nama}” sudah tersimpan. Beri nama lain, atau centang "
            "ganti bila yang lama tidak dipakai lagi.",
            field="judul",
        )
    row = ProfilBank(
        opd_id=command.opd_id,
        nama=command.nama,
        toml=command.toml,
        at=now,
        oleh_id=actor.orang_id,
    )
    session.add(row)
    session.flush()
    event_log.record(
        session,
        actor,
        role,
        "tagihan:profil:simpan",
        f"profil_bank:{row.id}",
        now=now,
        opd_id=command.opd_id,
        after={"nama": command.nama, "toml": command.toml},
    )
    return row


def _newest(session: Session, command: SaveProfile) -> ProfilBank | None:
    """The OPD's profile that holds under this name; its OPD's row is locked, so two clicks at once
    make one.
    """
    line_state.lock(session, command.opd_id)
    return session.scalars(
        select(ProfilBank)
        .where(ProfilBank.opd_id == command.opd_id, ProfilBank.nama == command.nama)
        .order_by(ProfilBank.id.desc())
        .limit(1)
    ).first()


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
