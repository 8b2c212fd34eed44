"""Setting up and removing second factors: the owner's own acts, and the administrator's for a lost
phone. Every change ends the account's other sessions.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.core.errors import Conflict, DomainError, NotFound
from kkpd.core.permissions import Actor, Role, require
from kkpd.models import Passkey, Pengguna, TotpSeed
from kkpd.organisation import login, passkeys, recovery_codes, second_factor, totp
from kkpd.organisation.recovery_codes import Fresh
from kkpd.organisation.second_factor import Means
from kkpd.records import event_log


def confirm_app(
    session: Session,
    actor: Actor,
    sealed: str,
    code: str,
    codes: Fresh,
    means: Means,
    token: str,
    now: datetime,
) -> list[str]:
    """Keep the app of this (sealed) seed once it showed a right code; returns new recovery codes if
    the account had none left.
    """
    if second_factor.app_of(session, actor.pengguna_id) is not None:
        raise Conflict("Aplikasi kode sudah terpasang. Cabut dahulu yang lama.")
    seed = totp.unseal(means.secret_key, sealed)
    step = None if seed is None else totp.matching_step(seed, code, -1, now)
    if step is None:
        raise DomainError(
            "Kode itu tidak cocok. Periksa jam telepon, tunggu kode berikutnya lalu ketik lagi.",
            field="kode",
        )
    session.add(TotpSeed(pengguna_id=actor.pengguna_id, benih=sealed, langkah=step, dibuat_at=now))
    return _changed(session, actor, "akun:totp:pasang", codes, token, now)


def add_passkey(
    session: Session,
    actor: Actor,
    nama: str,
    answer: passkeys.Answer,
    codes: Fresh,
    token: str,
    now: datetime,
) -> list[str]:
    """Keep a passkey that the browser made; returns new recovery codes if there were none left."""
    passkeys.register(session, actor.pengguna_id, nama, answer, now)
    return _changed(session, actor, "akun:kunci:daftar", codes, token, now)


def new_codes(session: Session, actor: Actor, codes: Fresh, token: str, now: datetime) -> list[str]:
    """Ten new recovery codes; the old ones work no more."""
    if not second_factor.has_second_factor(session, actor.pengguna_id):
        raise Conflict("Pasang dahulu aplikasi kode atau kunci sandi.")
    recovery_codes.void(session, actor.pengguna_id, now)
    return _changed(session, actor, "akun:pemulihan:buat", codes, token, now)


def remove_app(session: Session, actor: Actor, token: str, now: datetime) -> None:
    """The owner removes the own app."""
    row = second_factor.app_of(session, actor.pengguna_id)
    if row is None:
        raise NotFound("Aplikasi kode tidak terpasang.")
    row.dicabut_at, row.dicabut_oleh_id = now, actor.orang_id
    _removed(session, actor, "akun:totp:cabut", token, now)


def remove_passkey(session: Session, actor: Actor, key_id: int, token: str, now: datetime) -> None:
    """The owner removes one of the own passkeys."""
    row = next((k for k in passkeys.kept(session, actor.pengguna_id) if k.id == key_id), None)
    if row is None:
        raise NotFound("Kunci sandi itu tidak ada.")
    row.dicabut_at, row.dicabut_oleh_id = now, actor.orang_id
    _removed(session, actor, "akun:kunci:cabut", token, now)


def remove_all(session: Session, actor: Actor, pengguna_id: int, alasan: str, now: datetime) -> int:
    """For a lost phone: the administrator, after proof of identity, removes every second factor of
    another account and its recovery codes. Its sessions end, and its owner must set up a new one at
    the next login. Returns how many were removed.
    """
    role = require(actor, "pengguna:kelola")
    if pengguna_id == actor.pengguna_id:
        raise Conflict("Faktor kedua Anda sendiri dicabut di halaman “Faktor kedua saya”.")
    return _remove_all(session, actor, role, pengguna_id, alasan, now)


def remove_all_on_machine(session: Session, nama_masuk: str, alasan: str, now: datetime) -> int:
    """The same by who runs the machine, for an installation whose administrators are all out."""
    found = session.scalar(select(Pengguna.id).where(Pengguna.nama_masuk == nama_masuk))
    if found is None:
        raise NotFound(f"Nama masuk “{nama_masuk[:40]}” tidak ada.")
    return _remove_all(session, None, None, found, alasan, now)


def _remove_all(
    session: Session,
    actor: Actor | None,
    role: Role | None,
    pengguna_id: int,
    alasan: str,
    now: datetime,
) -> int:
    if len(alasan.strip()) < 5:
        raise DomainError(
            "Tulis alasan dan bagaimana jati diri orangnya dipastikan.", field="alasan"
        )
    rows: list[TotpSeed | Passkey] = [*passkeys.kept(session, pengguna_id)]
    if (app := second_factor.app_of(session, pengguna_id)) is not None:
        rows.append(app)
    if not rows:
        raise Conflict("Akun ini tidak punya faktor kedua.")
    for row in rows:
        row.dicabut_at, row.alasan = now, alasan.strip()[:300]
        row.dicabut_oleh_id = None if actor is None else actor.orang_id
    recovery_codes.void(session, pengguna_id, now)
    login.revoke_all(session, pengguna_id, now)
    event_log.record(
        session,
        actor,
        role,
        "akun:faktor:cabut",
        f"pengguna:{pengguna_id}",
        now=now,
        after={"alasan": alasan.strip()[:300], "banyak": len(rows)},
    )
    return len(rows)


def _changed(
    session: Session, actor: Actor, kind: str, codes: Fresh, token: str, now: datetime
) -> list[str]:
    session.flush()
    shown: list[str] = []
    if not recovery_codes.left(session, actor.pengguna_id):
        shown = recovery_codes.replace(session, actor.pengguna_id, codes, now)
    login.revoke_others(session, actor.pengguna_id, token, now)
    event_log.record(session, actor, None, kind, f"pengguna:{actor.pengguna_id}", now=now)
    return shown


def _removed(session: Session, actor: Actor, kind: str, token: str, now: datetime) -> None:
    """Without any factor left the recovery codes are void too."""
    session.flush()
    if not second_factor.has_second_factor(session, actor.pengguna_id):
        recovery_codes.void(session, actor.pengguna_id, now)
    login.revoke_others(session, actor.pengguna_id, token, now)
    event_log.record(session, actor, None, kind, f"pengguna:{actor.pengguna_id}", now=now)
