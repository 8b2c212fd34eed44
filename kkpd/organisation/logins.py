"""The administrator's verbs on a login: disable and unlock, rename, end its sessions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kkpd.core.errors import NotFound
from kkpd.core.permissions import Actor, require
from kkpd.core.proof.canonical import Json
from kkpd.models import Pengguna, Sesi
from kkpd.organisation import accounts, login, own_account
from kkpd.organisation.organisation import check_login_name
from kkpd.records import event_log


@dataclass(frozen=True, slots=True)
class LoginRow:
    """A person's login for the administrator; `sessions` are open now."""

    id: int
    nama_masuk: str
    aktif: bool
    has_password: bool
    sessions: int


def find(
    session: Session, actor: Actor, orang_id: int, since: datetime, seen_since: datetime
) -> LoginRow | None:
    """The login of a person; sessions begun before `since` or last seen before `seen_since` are
    over.
    """
    require(actor, "admin:lihat")
    row = session.scalars(select(Pengguna).where(Pengguna.orang_id == orang_id)).one_or_none()
    if row is None:
        return None
    count = (
        select(func.count())
        .where(Sesi.pengguna_id == row.id, Sesi.dicabut_at.is_(None))
        .where(Sesi.dibuat_at > since, Sesi.terlihat_at > seen_since)
    )
    sessions = session.execute(count).scalar_one()
    return LoginRow(row.id, row.nama_masuk, row.aktif, bool(row.sandi_hash), sessions)


def set_active(
    session: Session, actor: Actor, pengguna_id: int, aktif: bool, now: datetime
) -> Pengguna:
    """Disable a login, or unlock it. Disabling ends sessions, codes and the calendar feed; the last
    administrator stays.
    """
    row = _get(session, actor, pengguna_id)
    if not aktif:
        accounts.keep_an_administrator(session, row.orang_id, now.date())
        own_account.cut_off(session, row.id, now)
    before, row.aktif = row.aktif, aktif
    _record(session, actor, row, "aktif" if aktif else "nonaktif", now, before, aktif)
    return row


def rename(
    session: Session, actor: Actor, pengguna_id: int, nama_masuk: str, now: datetime
) -> Pengguna:
    """Another login name; the person and their history stay the same, the old sessions end."""
    row = _get(session, actor, pengguna_id)
    name = login.trimmed(nama_masuk)
    check_login_name(session, name, row.id)
    before, row.nama_masuk = row.nama_masuk, name
    login.revoke_all(session, row.id, now)
    _record(session, actor, row, "nama", now, before, name)
    return row


def end_sessions(session: Session, actor: Actor, pengguna_id: int, now: datetime) -> None:
    """End all sessions of a person, for a lost device."""
    row = _get(session, actor, pengguna_id)
    login.revoke_all(session, row.id, now)
    _record(session, actor, row, "akhiri_sesi", now, None, None)


def _get(session: Session, actor: Actor, pengguna_id: int) -> Pengguna:
    require(actor, "pengguna:kelola")
    row = session.get(Pengguna, pengguna_id)
    if row is None:
        raise NotFound("Nama masuk tidak ditemukan.")
    return row


def _record(
    session: Session, actor: Actor, row: Pengguna, act: str, now: datetime, old: Json, new: Json
) -> None:
    event_log.record(
        session,
        actor,
        require(actor, "pengguna:kelola"),
        f"akun:masuk:{act}",
        f"pengguna:{row.id}",
        now=now,
        before={act: old},
        after={act: new},
    )
