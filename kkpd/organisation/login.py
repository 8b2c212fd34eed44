"""Logging in and out: limited attempts, session rows with token hashes, changing the own password.

A login takes two short transactions with the slow password check between them: the attempt is
counted first, so that many guesses at once cannot pass the limit, and no database lock is held
while Argon2 works.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from kkpd.core.errors import DomainError
from kkpd.core.permissions import Actor
from kkpd.models import Orang, Pengguna, PercobaanMasuk, Sesi
from kkpd.organisation import passwords
from kkpd.records import event_log

#: Failures within the window after which an account, or an address, must wait. An address may be a
#: whole office, so it gets more.
ATTEMPT_WINDOW: Final = timedelta(minutes=15)
ACCOUNT_LIMIT: Final = 10
ADDRESS_LIMIT: Final = 100

#: One sentence for every failure, so it does not reveal which accounts exist (OWASP ASVS 2.2).
LOGIN_FAILED: Final = "Nama masuk atau kata sandi salah. Periksa keduanya lalu coba lagi."


class TooOften(DomainError):
    """Too many failures: the same for accounts that exist and for those that do not."""

    status = 429


@dataclass(frozen=True, slots=True)
class LoginAttempt:
    """A counted attempt; `pengguna_id` and `sandi_hash` are None if the account does not exist."""

    ids: tuple[int, int]
    pengguna_id: int | None
    sandi_hash: str | None


def hash_token(token: str) -> str:
    """What is stored of a session token: its SHA-256."""
    return hashlib.sha256(token.encode()).hexdigest()


def _key(jenis: str, nilai: str) -> str:
    return hashlib.sha256(f"{jenis}\x00{nilai}".encode()).hexdigest()


def trimmed(nama_masuk: str) -> str:
    """The login name as stored: lower case, without surrounding blanks."""
    return nama_masuk.strip().lower()[:80]


def mulai(
    session: Session, nama_masuk: str, alamat: str, now: datetime, *, demo: bool
) -> LoginAttempt:
    """Count an attempt before the password is checked; refused when the limit is reached.

    A demo login does not exist outside demo mode.
    """
    nama = trimmed(nama_masuk)
    akun, asal = _key("akun", nama), _key("alamat", alamat)
    session.execute(delete(PercobaanMasuk).where(PercobaanMasuk.at < now - timedelta(days=1)))
    if (
        _failures(session, akun, now) >= ACCOUNT_LIMIT
        or _failures(session, asal, now) >= ADDRESS_LIMIT
    ):
        raise TooOften("Terlalu banyak percobaan masuk. Tunggu 15 menit lalu coba lagi.")
    rows = [PercobaanMasuk(kunci=kunci, at=now) for kunci in (akun, asal)]
    session.add_all(rows)
    session.flush()
    query = (
        select(Pengguna.id, Pengguna.sandi_hash)
        .join(Orang, Orang.id == Pengguna.orang_id)
        .where(Pengguna.nama_masuk == nama, Pengguna.aktif, Orang.aktif)
    )
    found = session.execute(query if demo else query.where(~Pengguna.demo)).one_or_none()
    pengguna_id, sandi_hash = (None, None) if found is None else found
    return LoginAttempt((rows[0].id, rows[1].id), pengguna_id, sandi_hash)


def _failures(session: Session, kunci: str, now: datetime) -> int:
    """Failures in the window, since the last success of that key."""
    recent = PercobaanMasuk.kunci == kunci, PercobaanMasuk.at > now - ATTEMPT_WINDOW
    success = select(func.max(PercobaanMasuk.id)).where(*recent, PercobaanMasuk.berhasil)
    last = session.execute(success).scalar() or 0
    count = select(func.count()).where(*recent, PercobaanMasuk.id > last)
    return session.execute(count).scalar_one()


def open_session(session: Session, attempt: LoginAttempt, now: datetime) -> tuple[str, Actor]:
    """Open a session after a correct password: its token (returned only once) and the actor."""
    assert attempt.pengguna_id is not None
    session.execute(
        update(PercobaanMasuk).where(PercobaanMasuk.id.in_(attempt.ids)).values(berhasil=True)
    )
    pengguna = session.get_one(Pengguna, attempt.pengguna_id)
    orang = session.get_one(Orang, pengguna.orang_id)
    actor = Actor(orang.id, pengguna.id, orang.nama)
    token = _new_session(session, pengguna.id, now)
    event_log.record(session, actor, None, "akun:sesi:masuk", f"pengguna:{pengguna.id}", now=now)
    return token, actor


def _new_session(session: Session, pengguna_id: int, now: datetime) -> str:
    token = secrets.token_urlsafe(32)
    session.add(
        Sesi(token_hash=hash_token(token), pengguna_id=pengguna_id, dibuat_at=now, terlihat_at=now)
    )
    session.flush()
    return token


def visible(session: Session, session_id: int, now: datetime) -> None:
    """Note when a session was last used; never backwards, and without an event."""
    session.execute(
        update(Sesi).where(Sesi.id == session_id, Sesi.terlihat_at < now).values(terlihat_at=now)
    )


def log_out(session: Session, actor: Actor, token: str, now: datetime) -> None:
    """End this session on the server."""
    session.execute(
        update(Sesi)
        .where(Sesi.token_hash == hash_token(token), Sesi.dicabut_at.is_(None))
        .values(dicabut_at=now)
    )
    event_log.record(
        session, actor, None, "akun:sesi:keluar", f"pengguna:{actor.pengguna_id}", now=now
    )


def revoke_all(session: Session, pengguna_id: int, now: datetime) -> None:
    """End every session of an account: after a new password, new rights or a block."""
    session.execute(
        update(Sesi)
        .where(Sesi.pengguna_id == pengguna_id, Sesi.dicabut_at.is_(None))
        .values(dicabut_at=now)
    )


def change_password(
    session: Session, actor: Actor, lama: str, baru: str, ulang: str, now: datetime
) -> str:
    """Change the own password; all sessions end, and the token of a new one is returned."""
    pengguna = session.get_one(Pengguna, actor.pengguna_id)
    if not passwords.cocok(pengguna.sandi_hash, lama):
        raise DomainError("Kata sandi sekarang salah. Ketik ulang.", field="lama")
    passwords.check_new_password(baru, ulang, pengguna.nama_masuk)
    pengguna.sandi_hash = passwords.hash_password(baru)
    revoke_all(session, pengguna.id, now)
    event_log.record(session, actor, None, "akun:sandi:ganti", f"pengguna:{pengguna.id}", now=now)
    return _new_session(session, pengguna.id, now)
