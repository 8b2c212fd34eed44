"""What people do with their own account: password, mail address, calendar feed, sessions.

The present password is asked again before each of them. It is counted (`confirm`), checked without
a transaction, and then the verb is called.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from kkpd.core.errors import DomainError
from kkpd.core.permissions import Actor
from kkpd.models import AccountCode, CalendarFeed, Opd, Orang, Pengguna, Sesi
from kkpd.organisation import guessing, login, passwords
from kkpd.organisation.guessing import Origin
from kkpd.organisation.login import LoginAttempt
from kkpd.organisation.organisation import is_valid_email
from kkpd.organisation.passwords import Owner
from kkpd.organisation.second_factor import has_second_factor
from kkpd.records import event_log


def confirm(session: Session, actor: Actor, now: datetime) -> LoginAttempt:
    """Count a try at the own password on a page behind the login.

    It is counted apart from logins: who stole a session cannot lock its owner out.
    """
    ids = guessing.begin(session, [("ulang", str(actor.pengguna_id))], now)
    pengguna = session.get_one(Pengguna, actor.pengguna_id)
    return LoginAttempt(ids, pengguna.id, pengguna.sandi_hash)


def owner(session: Session, pengguna: Pengguna) -> Owner:
    """Whose password it is: what is close to the person and must not be in it."""
    orang = session.get_one(Orang, pengguna.orang_id)
    words = [*orang.nama.split(), orang.nip or ""]
    for opd in session.scalars(select(Opd)):
        words += [opd.slug, opd.nama]
    return Owner(pengguna.nama_masuk, words, has_second_factor(session, pengguna.id))


def set_password(
    session: Session, pengguna: Pengguna, baru: str, ulang: str, now: datetime
) -> None:
    """The new password that a person chose: sessions, codes and the calendar feed end with the old
    one; a second factor stays.
    """
    passwords.check_new_password(baru, ulang, owner(session, pengguna))
    pengguna.sandi_hash, pengguna.ganti_sandi = passwords.hash_password(baru), False
    cut_off(session, pengguna.id, now)


def cut_off(session: Session, pengguna_id: int, now: datetime) -> None:
    """End what lets somebody in without a login: sessions, codes that wait, the calendar feed."""
    login.revoke_all(session, pengguna_id, now)
    session.execute(delete(AccountCode).where(AccountCode.pengguna_id == pengguna_id))
    session.execute(delete(CalendarFeed).where(CalendarFeed.pengguna_id == pengguna_id))


def change_password(
    session: Session,
    actor: Actor,
    baru: str,
    ulang: str,
    origin: Origin,
    now: datetime,
    *,
    token: str,
) -> str:
    """Change the own password; all sessions end, and the token of a new one is returned, opened the
    same way as the one of `token`.
    """
    by = session.scalar(select(Sesi.cara).where(Sesi.token_hash == login.hash_token(token)))
    pengguna = session.get_one(Pengguna, actor.pengguna_id)
    if passwords.cocok(pengguna.sandi_hash, baru):
        raise DomainError("Kata sandi baru sama dengan yang lama. Pilih yang lain.", field="baru")
    set_password(session, pengguna, baru, ulang, now)
    _record(session, actor, "akun:sandi:ganti", now)
    return login.new_session(session, pengguna.id, origin, now, by=by or "sandi")


def email(session: Session, actor: Actor) -> str | None:
    """Where the person is told of changes of the account."""
    return session.get_one(Orang, actor.orang_id).surel


def change_email(session: Session, actor: Actor, surel: str, now: datetime) -> str | None:
    """The own mail address, empty for none; the old one is returned, to be told of the change."""
    if surel and not is_valid_email(surel):
        raise DomainError(
            "Alamat surel tidak sah. Tulis seperti nama@contoh.go.id, atau kosongkan.",
            field="surel",
        )
    orang = session.get_one(Orang, actor.orang_id)
    before, orang.surel = orang.surel, surel or None
    session.flush()
    event_log.record(
        session,
        actor,
        None,
        "akun:surel:ganti",
        f"orang:{orang.id}",
        now=now,
        before={"surel": before},
        after={"surel": orang.surel},
    )
    return before


def renew_feed(session: Session, actor: Actor, now: datetime) -> str:
    """A new address of the own calendar feed: its token, returned only once; an old one ends."""
    token = secrets.token_urlsafe(32)
    row = CalendarFeed(
        pengguna_id=actor.pengguna_id, token_hash=login.hash_token(token), dibuat_at=now
    )
    session.merge(row)
    _record(session, actor, "akun:kalender:baru", now)
    return token


def end_feed(session: Session, actor: Actor, now: datetime) -> None:
    """The own calendar feed answers no more."""
    session.execute(delete(CalendarFeed).where(CalendarFeed.pengguna_id == actor.pengguna_id))
    _record(session, actor, "akun:kalender:cabut", now)


@dataclass(frozen=True, slots=True)
class SessionRow:
    """An open session as its owner sees it; `here` marks the one that asks."""

    id: int
    dibuat_at: datetime
    terlihat_at: datetime
    alamat: str
    peramban: str
    here: bool


@dataclass(frozen=True, slots=True)
class AccountPage:
    """What the page of the own account shows; `feed_at` is when its calendar address was made."""

    nama_masuk: str
    surel: str
    sessions: tuple[SessionRow, ...]
    feed_at: datetime | None


def account_page(
    session: Session, actor: Actor, token: str, since: datetime, seen_since: datetime
) -> AccountPage:
    """The own account; sessions begun before `since` or last seen before `seen_since` are over."""
    pengguna = session.get_one(Pengguna, actor.pengguna_id)
    orang = session.get_one(Orang, pengguna.orang_id)
    rows = session.scalars(
        select(Sesi)
        .where(Sesi.pengguna_id == pengguna.id, Sesi.dicabut_at.is_(None))
        .where(Sesi.dibuat_at > since, Sesi.terlihat_at > seen_since)
        .order_by(Sesi.id.desc())
    )
    here = login.hash_token(token)
    feed = session.get(CalendarFeed, pengguna.id)
    return AccountPage(
        pengguna.nama_masuk,
        orang.surel or "",
        tuple(
            SessionRow(
                row.id,
                row.dibuat_at,
                row.terlihat_at,
                row.alamat,
                row.peramban,
                row.token_hash == here,
            )
            for row in rows
        ),
        None if feed is None else feed.dibuat_at,
    )


def _record(session: Session, actor: Actor, kind: str, now: datetime) -> None:
    event_log.record(session, actor, None, kind, f"pengguna:{actor.pengguna_id}", now=now)
