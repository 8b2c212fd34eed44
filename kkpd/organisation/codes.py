"""One-time codes that lead to a password of one's own: invitation, reset, reset by mail.

A code is 60 random bits in three groups, shown once and kept as an Argon2id hash. It opens no
session: all it does is set the password of its account, once, before its time is over. Nobody but
the owner ever types a password for an account.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.core.errors import Conflict, DomainError, NotFound
from kkpd.core.permissions import Actor, require
from kkpd.core.proof.canonical import Json
from kkpd.models import AccountCode, Opd, Orang, Pengguna
from kkpd.organisation import guessing, own_account, passwords
from kkpd.organisation.guessing import Origin
from kkpd.organisation.login import trimmed
from kkpd.organisation.organisation import LoginData, create_login, is_valid_email
from kkpd.records import event_log

#: Without letters and digits that look alike: 32 of them, so 5 bits each.
_LETTERS: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_GROUPS, _GROUP = 3, 4
#: purpose -> how long a code is valid
LIFE: Final[Mapping[str, timedelta]] = {
    "undangan": timedelta(hours=72),
    "pulih": timedelta(hours=24),
    "surel": timedelta(hours=1),
}
#: Another code by mail is sent only this long after the last one.
_MAIL_PAUSE: Final = timedelta(minutes=10)

#: One sentence for every failure: it does not reveal which accounts exist or wait for a code.
CODE_FAILED: Final = (
    "Nama masuk atau kode salah, sudah dipakai, atau lewat waktunya. Periksa keduanya; "
    "bila tetap ditolak, mintalah kode baru kepada administrator."
)


@dataclass(frozen=True, slots=True)
class CodeAttempt:
    """A counted try at a code: the account, and purpose -> hash of the codes that are valid."""

    ids: tuple[int, ...]
    pengguna_id: int | None
    hashes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CodeByMail:
    """What a mail with a code says."""

    recipient: str
    nama: str
    nama_masuk: str
    code: str


def invite(session: Session, actor: Actor, orang_id: int, nama_masuk: str, now: datetime) -> str:
    """A login for a person who has none; the code with which they set their password (72 hours)."""
    data = LoginData(orang_id=orang_id, nama_masuk=trimmed(nama_masuk))
    login = create_login(session, actor, data, now)
    return issue(session, login.id, "undangan", now)


@dataclass(frozen=True, slots=True)
class Invitation:
    """One strip of the printed list: whose code it is."""

    nama: str
    opd: str
    nama_masuk: str
    code: str


def invite_waiting(session: Session, actor: Actor, now: datetime) -> list[Invitation]:
    """A code (72 hours) for every login in use that has no password yet; codes before it are void.

    Conflict where nobody waits.
    """
    role = require(actor, "pengguna:kelola")
    rows = session.execute(
        select(Pengguna.id, Pengguna.nama_masuk, Orang.nama, Opd.nama)
        .join(Orang, Orang.id == Pengguna.orang_id)
        .outerjoin(Opd, Opd.id == Orang.opd_id)
        .where(Pengguna.sandi_hash.is_(None), Pengguna.aktif, Orang.aktif, ~Pengguna.demo)
        .order_by(Opd.nama, Orang.nama)
    ).all()
    if not rows:
        raise Conflict("Semua nama masuk sudah mempunyai kata sandi.")
    found = [
        Invitation(nama, opd or "", login, issue(session, id_, "undangan", now))
        for id_, login, nama, opd in rows
    ]
    after: dict[str, Json] = {"nama_masuk": [one.nama_masuk for one in found]}
    subject = "pengguna:semua"
    event_log.record(session, actor, role, "admin:pengguna:undang", subject, now=now, after=after)
    return found


def reset(session: Session, actor: Actor | None, pengguna_id: int, now: datetime) -> str:
    """Take the password away and give a code for a new one (24 hours); `actor` None is the machine.

    All sessions and the calendar feed end; a second factor stays.
    """
    role = None if actor is None else require(actor, "pengguna:kelola")
    if actor is not None and actor.pengguna_id == pengguna_id:
        raise Conflict("Ini akun Anda sendiri. Ganti kata sandinya di halaman Akun saya.")
    pengguna = session.get(Pengguna, pengguna_id)
    if pengguna is None:
        raise NotFound("Nama masuk tidak ditemukan.")
    if not pengguna.aktif:
        raise Conflict("Nama masuk ini dinonaktifkan. Aktifkan dahulu, lalu beri kode.")
    pengguna.sandi_hash = None
    own_account.cut_off(session, pengguna.id, now)
    code = issue(session, pengguna.id, "pulih", now)
    subject = f"pengguna:{pengguna.id}"
    event_log.record(session, actor, role, "akun:sandi:atur_ulang", subject, now=now)
    return code


def by_mail(session: Session, nama_masuk: str, now: datetime) -> CodeByMail | None:
    """A code to be mailed (1 hour), None where there is nobody to mail it to, or one is on its way.

    The password stays valid: whoever asked may be a stranger.
    """
    found = session.execute(
        select(Pengguna.id, Pengguna.nama_masuk, Orang.nama, Orang.surel)
        .join(Orang, Orang.id == Pengguna.orang_id)
        .where(Pengguna.nama_masuk == trimmed(nama_masuk), Pengguna.aktif, Orang.aktif)
        .where(~Pengguna.demo)
    ).one_or_none()
    if found is None or not found.surel or not is_valid_email(found.surel):
        return None
    last = session.get(AccountCode, (found.id, "surel"))
    if last is not None and last.dibuat_at > now - _MAIL_PAUSE:
        return None
    code = issue(session, found.id, "surel", now)
    event_log.record(session, None, None, "akun:sandi:surel", f"pengguna:{found.id}", now=now)
    return CodeByMail(found.surel, found.nama, found.nama_masuk, code)


def issue(session: Session, pengguna_id: int, purpose: str, now: datetime) -> str:
    """A new code, returned only once; the one before it for the same purpose is void."""
    letters = [secrets.choice(_LETTERS) for _ in range(_GROUPS * _GROUP)]
    row = AccountCode(
        pengguna_id=pengguna_id,
        guna=purpose,
        kode_hash=passwords.hash_password("".join(letters)),
        dibuat_at=now,
        sampai_at=now + LIFE[purpose],
    )
    session.merge(row)
    session.flush()
    return "-".join("".join(letters[at : at + _GROUP]) for at in range(0, len(letters), _GROUP))


def begin(
    session: Session, nama_masuk: str, origin: Origin, now: datetime, *, demo: bool
) -> CodeAttempt:
    """Count a try at a code before it is checked; by address only, so nobody can lock an account's
    codes.
    """
    ids = guessing.begin(session, guessing.places(origin), now)
    query = (
        select(AccountCode.pengguna_id, AccountCode.guna, AccountCode.kode_hash)
        .join(Pengguna, Pengguna.id == AccountCode.pengguna_id)
        .join(Orang, Orang.id == Pengguna.orang_id)
        .where(Pengguna.nama_masuk == trimmed(nama_masuk), Pengguna.aktif, Orang.aktif)
        .where(AccountCode.dibuat_at <= now, AccountCode.sampai_at > now)
    )
    rows = session.execute(query if demo else query.where(~Pengguna.demo)).all()
    hashes = {row.guna: row.kode_hash for row in rows}
    return CodeAttempt(ids, rows[0].pengguna_id if rows else None, hashes)


def matching(attempt: CodeAttempt, code: str) -> str:
    """The purpose of the code that was typed; DomainError for none, after the same work always."""
    typed = "".join(letter for letter in code.upper() if letter.isalnum())
    found = [purpose for purpose in LIFE if passwords.cocok(attempt.hashes.get(purpose), typed)]
    if not found:
        raise DomainError(CODE_FAILED)
    return found[0]


def use_code(
    session: Session, attempt: CodeAttempt, purpose: str, baru: str, ulang: str, now: datetime
) -> Actor:
    """Set the password that the code allows; the code and all others of the account are used up."""
    assert attempt.pengguna_id is not None
    pengguna = session.get_one(Pengguna, attempt.pengguna_id, with_for_update=True)
    code = session.get(AccountCode, (pengguna.id, purpose))
    if code is None or code.kode_hash != attempt.hashes[purpose]:
        raise DomainError(CODE_FAILED)
    own_account.set_password(session, pengguna, baru, ulang, now)
    guessing.succeeded(session, attempt.ids)
    orang = session.get_one(Orang, pengguna.orang_id)
    actor = Actor(orang.id, pengguna.id, orang.nama)
    subject, after = f"pengguna:{pengguna.id}", {"guna": purpose}
    event_log.record(session, actor, None, "akun:sandi:kode", subject, now=now, after=after)
    return actor
