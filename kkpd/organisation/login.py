"""Logging in and out: counted attempts, and session rows with token hashes.

A login takes two short transactions with the slow password check between them: the attempt is
counted first, so that many guesses at once cannot pass the limit, and no database lock is held
while Argon2 works. After the password, and after the second factor where there is one,
`open_session` opens the session.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from kkpd.core.permissions import Actor
from kkpd.models import Orang, Pengguna, Sesi
from kkpd.organisation import guessing
from kkpd.organisation.guessing import Origin
from kkpd.records import event_log

#: Sessions of one account at once; one more ends the oldest.
MOST_SESSIONS: Final = 5

#: One sentence for every failure, so it does not reveal which accounts exist (OWASP ASVS 6.3.8).
LOGIN_FAILED: Final = "Nama masuk atau kata sandi salah. Periksa keduanya lalu coba lagi."


@dataclass(frozen=True, slots=True)
class LoginAttempt:
    """A counted attempt; `pengguna_id` and `sandi_hash` are None if the account does not exist."""

    ids: tuple[int, ...]
    pengguna_id: int | None
    sandi_hash: str | None


def hash_token(token: str) -> str:
    """What is stored of a session token: its SHA-256."""
    return hashlib.sha256(token.encode()).hexdigest()


def trimmed(nama_masuk: str) -> str:
    """The login name as stored: lower case, without surrounding blanks."""
    return nama_masuk.strip().lower()[:80]


def mulai(
    session: Session, nama_masuk: str, origin: Origin, now: datetime, *, demo: bool
) -> LoginAttempt:
    """Count an attempt before the password is checked; refused when a limit is reached.

    A browser that is known to the account is counted by itself. A demo login does not exist outside
    demo mode.
    """
    nama = trimmed(nama_masuk)
    query = (
        select(Pengguna.id, Pengguna.sandi_hash)
        .join(Orang, Orang.id == Pengguna.orang_id)
        .where(Pengguna.nama_masuk == nama, Pengguna.aktif, Orang.aktif)
    )
    found = session.execute(query if demo else query.where(~Pengguna.demo)).one_or_none()
    pengguna_id, sandi_hash = (None, None) if found is None else found
    if origin.device and pengguna_id in origin.accounts:
        counted = [("perangkat", f"{origin.device} {pengguna_id}")]
    else:
        counted = [("akun", nama), ("server", ""), *guessing.places(origin)]
    return LoginAttempt(guessing.begin(session, counted, now), pengguna_id, sandi_hash)


def open_session(
    session: Session,
    attempt: LoginAttempt,
    origin: Origin,
    now: datetime,
    *,
    by: str = "sandi",
    brought: str | None = None,
) -> tuple[str, Actor]:
    """Open a session after a correct login: its token (returned only once) and the actor.

    `by` says with what (LOGIN_WAYS); `brought` is the token of the session that the browser
    brought, which ends. No more than MOST_SESSIONS stay open: the oldest end.
    """
    assert attempt.pengguna_id is not None
    guessing.succeeded(session, attempt.ids)
    return enter(session, attempt.pengguna_id, origin, now, by=by, brought=brought)


def enter(
    session: Session,
    pengguna_id: int,
    origin: Origin,
    now: datetime,
    *,
    by: str,
    brought: str | None = None,
    id_token: str | None = None,
) -> tuple[str, Actor]:
    """The same for who has proved it without an attempt at a password; `id_token` is what the
    provider gave, sealed.
    """
    pengguna = session.get_one(Pengguna, pengguna_id)
    orang = session.get_one(Orang, pengguna.orang_id)
    actor = Actor(orang.id, pengguna.id, orang.nama)
    if brought is not None:
        _end(session, now, Sesi.token_hash == hash_token(brought))
    token = new_session(session, pengguna.id, origin, now, by=by, id_token=id_token)
    subject = f"pengguna:{pengguna.id}"
    event_log.record(session, actor, None, "akun:sesi:masuk", subject, now=now, after={"cara": by})
    return token, actor


def may_enter(session: Session, pengguna_id: int, *, demo: bool) -> bool:
    """Whether the account and its person are active; a demo login only in demo mode."""
    query = select(Pengguna.demo).join(Orang, Orang.id == Pengguna.orang_id)
    found = session.execute(
        query.where(Pengguna.id == pengguna_id, Pengguna.aktif, Orang.aktif)
    ).scalar_one_or_none()
    return found is not None and (demo or not found)


def new_session(
    session: Session,
    pengguna_id: int,
    origin: Origin,
    now: datetime,
    *,
    by: str,
    id_token: str | None = None,
) -> str:
    """The token of a new session; the oldest beyond MOST_SESSIONS end."""
    token = secrets.token_urlsafe(32)
    row = Sesi(
        token_hash=hash_token(token),
        pengguna_id=pengguna_id,
        dibuat_at=now,
        terlihat_at=now,
        alamat=origin.address[:45],
        peramban=origin.browser[:60],
        cara=by,
        token_penyedia=id_token,
    )
    session.add(row)
    session.flush()
    oldest_kept = session.scalar(
        select(Sesi.id)
        .where(Sesi.pengguna_id == pengguna_id, Sesi.dicabut_at.is_(None))
        .order_by(Sesi.id.desc())
        .offset(MOST_SESSIONS - 1)
        .limit(1)
    )
    if oldest_kept is not None:  # not "all others": one that opens at this moment is not an old one
        _end(session, now, Sesi.pengguna_id == pengguna_id, Sesi.id < oldest_kept)
    return token


def visible(session: Session, session_id: int, now: datetime) -> None:
    """Note when a session was last used; never backwards, and without an event."""
    session.execute(
        update(Sesi).where(Sesi.id == session_id, Sesi.terlihat_at < now).values(terlihat_at=now)
    )


def log_out(
    session: Session, actor: Actor, token: str, now: datetime
) -> tuple[str, str | None] | None:
    """End this session on the server; by what it was opened, and the provider's sealed token."""
    opened = session.execute(
        select(Sesi.cara, Sesi.token_penyedia).where(Sesi.token_hash == hash_token(token))
    ).one_or_none()
    _end(session, now, Sesi.token_hash == hash_token(token))
    event_log.record(
        session, actor, None, "akun:sesi:keluar", f"pengguna:{actor.pengguna_id}", now=now
    )
    return None if opened is None else (opened[0], opened[1])


def end_session(session: Session, actor: Actor, sesi_id: int, now: datetime) -> None:
    """End one of the actor's own sessions; nothing for a session of somebody else."""
    _end(session, now, Sesi.id == sesi_id, Sesi.pengguna_id == actor.pengguna_id)
    event_log.record(
        session, actor, None, "akun:sesi:akhiri", f"pengguna:{actor.pengguna_id}", now=now
    )


def revoke_all(session: Session, pengguna_id: int, now: datetime) -> None:
    """End every session of an account: after a new password, new rights or a block."""
    _end(session, now, Sesi.pengguna_id == pengguna_id)


def revoke_others(session: Session, pengguna_id: int, token: str, now: datetime) -> None:
    """End every session of an account but the one of this token."""
    _end(session, now, Sesi.pengguna_id == pengguna_id, Sesi.token_hash != hash_token(token))


def _end(session: Session, now: datetime, *which: ColumnElement[bool]) -> None:
    ended = {"dicabut_at": now, "token_penyedia": None}
    session.execute(update(Sesi).where(*which, Sesi.dicabut_at.is_(None)).values(ended))
