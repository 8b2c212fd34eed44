"""The second factor of an account: an app (TOTP) or a passkey, with recovery codes. Who needs one,
whether what somebody shows is right, and setting up and removing: the owner's own acts, and the
administrator's for a lost phone. Every change ends the account's other sessions.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from kkpd.core.errors import Conflict, DomainError, NotFound
from kkpd.core.permissions import NEED_SECOND_FACTOR, Actor, Role, require
from kkpd.models import Event, Orang, Passkey, Pengguna, Setelan, TotpSeed
from kkpd.organisation import (
    guessing,
    login,
    login_steps,
    organisation,
    passkeys,
    totp,
)
from kkpd.organisation.guessing import Origin
from kkpd.organisation.login_steps import OpenStep
from kkpd.organisation.passkeys import Site
from kkpd.organisation.totp import Fresh
from kkpd.records import event_log, settings

#: The dated setting that requires a second factor of some roles: `ya`, or blank for nobody.
REQUIRED: Final = "faktor_kedua_wajib"
#: So long one administrator's proposal to remove somebody's factors waits for another one.
PROPOSAL_LASTS: Final = timedelta(days=3)
_PROPOSED, _REMOVED = "akun:faktor:usul", "akun:faktor:cabut"
WRONG: Final = (
    "Kode atau kunci sandi itu tidak benar, atau kodenya sudah dipakai. Tunggu kode berikutnya "
    "lalu coba lagi; bila aplikasi tidak ada, pakai kode pemulihan."
)


@dataclass(frozen=True, slots=True)
class Shown:
    """What somebody shows: a code of the app or a recovery code, or the answer of a passkey."""

    code: str = ""
    passkey: str = ""


@dataclass(frozen=True, slots=True)
class Means:
    """What is needed to judge it: where the program is reached, and the instance's key."""

    site: Site
    secret_key: str


def challenge() -> str:
    """A fresh challenge for a passkey: 256 random bits, base64url."""
    return secrets.token_urlsafe(32)


def has_second_factor(session: Session, pengguna_id: int) -> bool:
    """Whether the account has a confirmed app or a passkey; recovery codes alone are none."""
    return bool(session.execute(select(_kept(pengguna_id))).scalar_one())


def _kept(pengguna_id: int) -> ColumnElement[bool]:
    return or_(
        exists().where(TotpSeed.pengguna_id == pengguna_id, TotpSeed.dicabut_at.is_(None)),
        exists().where(Passkey.pengguna_id == pengguna_id, Passkey.dicabut_at.is_(None)),
    )


def _taken(model: type[TotpSeed] | type[Passkey], actor: Actor) -> ColumnElement[bool]:
    """Factors of this person that somebody else removed."""
    other = or_(model.dicabut_oleh_id.is_(None), model.dicabut_oleh_id != actor.orang_id)
    return and_(model.pengguna_id == actor.pengguna_id, model.dicabut_at.is_not(None), other)


def requirement(session: Session, roles: Collection[Role], day: date) -> Setelan | None:
    """The setting in force that requires a second factor of one of these roles, else None."""
    if not NEED_SECOND_FACTOR.intersection(roles):
        return None
    row = settings.in_force(session, REQUIRED, day)
    return row if row is not None and row.nilai == "ya" else None


def require_from(session: Session, actor: Actor, day: date, now: datetime) -> None:
    """A new installation requires it from its first day; a decision that is there stays."""
    if session.scalar(select(Setelan.id).where(Setelan.kunci == REQUIRED).limit(1)) is None:
        data = organisation.SettingData(
            kunci=REQUIRED, nilai="ya", mulai=day, dasar_hukum="Peraturan BSSN 4/2021; pemasangan"
        )
        organisation.decide_setting(session, actor, data, now)


def must_set_up(session: Session, actor: Actor, cara: str, day: date) -> bool:
    """Whether this person may do nothing but set up a second factor: the role requires one, or
    somebody else removed it, and there is none. A provider that asked for two is enough.
    """
    if cara == "penyedia_mfa":
        return False
    taken = or_(*(exists().where(_taken(model, actor)) for model in (TotpSeed, Passkey)))
    kept, removed = session.execute(select(_kept(actor.pengguna_id), taken)).one()
    return not kept and bool(removed or requirement(session, actor.peran, day))


def removed_by_another(session: Session, actor: Actor) -> TotpSeed | Passkey | None:
    """The newest factor of this account that somebody else removed."""
    found: list[TotpSeed | Passkey] = [
        *session.scalars(select(TotpSeed).where(_taken(TotpSeed, actor))),
        *session.scalars(select(Passkey).where(_taken(Passkey, actor))),
    ]
    return max(found, key=lambda row: row.dicabut_at or row.dibuat_at, default=None)


def app_of(session: Session, pengguna_id: int) -> TotpSeed | None:
    """The confirmed app of the account."""
    return session.scalars(
        select(TotpSeed).where(TotpSeed.pengguna_id == pengguna_id, TotpSeed.dicabut_at.is_(None))
    ).one_or_none()


def check(
    session: Session,
    pengguna_id: int,
    shown: Shown,
    asked: str,
    means: Means,
    now: datetime,
) -> str | None:
    """By what the account proved itself (a word of LOGIN_WAYS), or None; `asked` is the challenge.

    TooOften after some failures. Two checks of an account wait for each other, so that many guesses
    at once are no more than as many one after the other; a wrong answer is an event.
    """
    session.execute(select(Pengguna.id).where(Pengguna.id == pengguna_id).with_for_update())
    ids = guessing.begin(session, [("faktor", str(pengguna_id))], now)
    way = _way(session, pengguna_id, shown, asked, means, now)
    if way is None:
        owner, subject = owner_of(session, pengguna_id), f"pengguna:{pengguna_id}"
        event_log.record(session, owner, None, "akun:faktor:gagal", subject, now=now)
    else:
        guessing.succeeded(session, ids)
    return way


def _way(
    session: Session, pengguna_id: int, shown: Shown, asked: str, means: Means, now: datetime
) -> str | None:
    if shown.passkey:
        answer = passkeys.Answer(shown.passkey, asked, means.site)
        row = passkeys.answered(session, answer, now, alone=False)
        return "kunci" if row is not None and row.pengguna_id == pengguna_id else None
    app = app_of(session, pengguna_id)
    if app is not None and totp.plain(shown.code).isdigit():
        seed = totp.unseal(means.secret_key, app.benih)
        step = None if seed is None else totp.matching_step(seed, shown.code, app.langkah, now)
        if step is None:
            return None
        app.langkah = step
        return "totp"
    return "pemulihan" if totp.use(session, pengguna_id, shown.code, now) else None


def owner_of(session: Session, pengguna_id: int) -> Actor:
    """The person behind an account, for events before there is a session."""
    row = session.execute(
        select(Orang.id, Orang.nama)
        .join(Pengguna, Pengguna.orang_id == Orang.id)
        .where(Pengguna.id == pengguna_id)
    ).one()
    return Actor(row.id, pengguna_id, row.nama)


def ask(session: Session, pengguna_id: int, wanted: str, now: datetime) -> str:
    """After the right password: the token of a state that waits for the second factor; `wanted` is
    the address to go to afterwards.
    """
    isi = {"tantangan": challenge(), "lanjut": wanted[:500]}
    return login_steps.begin(session, "faktor", pengguna_id, isi, now)


def log_in(
    session: Session, step: OpenStep, shown: Shown, means: Means, origin: Origin, now: datetime
) -> tuple[str, Actor] | None:
    """Open a session when the second factor is right; else None, and the challenge is another."""
    assert step.pengguna_id is not None
    way = check(session, step.pengguna_id, shown, str(step.isi["tantangan"]), means, now)
    if way is None:
        login_steps.change(session, step, tantangan=challenge())
        return None
    login_steps.end(session, step)
    return login.enter(session, step.pengguna_id, origin, now, by=way)


def log_in_by_passkey(
    session: Session,
    step: OpenStep,
    answer: str,
    means: Means,
    origin: Origin,
    now: datetime,
    *,
    demo: bool,
) -> tuple[str, Actor] | None:
    """Open a session by a passkey alone, whose authenticator verified its holder; else None."""
    login_steps.end(session, step)
    shown = passkeys.Answer(answer, str(step.isi["tantangan"]), means.site)
    row = passkeys.answered(session, shown, now, alone=True)
    if row is None or not login.may_enter(session, row.pengguna_id, demo=demo):
        return None
    return login.enter(session, row.pengguna_id, origin, now, by="kunci")


def proves_one(
    session: Session, actor: Actor, shown: Shown, asked: str, means: Means, now: datetime
) -> bool:
    """Whether the logged-in person shows a second factor of the own account."""
    if check(session, actor.pengguna_id, shown, asked, means, now) is None:
        return False
    _record(session, actor, "akun:faktor:bukti", now)
    return True


def proves_all(
    session: Session,
    actor: Actor,
    shown: Shown,
    asked: str,
    means: Means,
    now: datetime,
    *,
    by_password: bool,
) -> bool:
    """Whether the person, who typed the own password if there is one, also shows a second factor if
    there is one: a stolen session is not enough to change how one logs in. An account with neither
    proves it by the provider.
    """
    if has_second_factor(session, actor.pengguna_id):
        return proves_one(session, actor, shown, asked, means, now)
    if by_password:
        _record(session, actor, "akun:faktor:bukti", now)
    return by_password


def begin_changes(session: Session, actor: Actor, secret_key: str, now: datetime) -> str:
    """The token of a state in which the account's factors may be changed: with the seed for an app
    and a challenge for a passkey.
    """
    isi = {"benih": totp.seal(secret_key, totp.new_seed()), "tantangan": challenge()}
    return login_steps.begin(session, "ubah", actor.pengguna_id, isi, now)


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
    if app_of(session, actor.pengguna_id) is not None:
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
    if not has_second_factor(session, actor.pengguna_id):
        raise Conflict("Pasang dahulu aplikasi kode atau kunci sandi.")
    totp.void(session, actor.pengguna_id, now)
    return _changed(session, actor, "akun:pemulihan:buat", codes, token, now)


def remove_app(session: Session, actor: Actor, token: str, now: datetime) -> None:
    """The owner removes the own app."""
    row = app_of(session, actor.pengguna_id)
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
    """For a lost phone: one administrator proposes, another one, after proof of identity, removes
    every second factor of the account and its recovery codes. Its sessions end, and its owner must
    set up a new one at the next login. Returns how many were removed, 0 for a proposal.

    An administrator alone could take the account over: he also gives the code for a new password.
    """
    role = require(actor, "pengguna:kelola")
    if pengguna_id == actor.pengguna_id:
        raise Conflict("Faktor kedua Anda sendiri dicabut di halaman “Faktor kedua saya”.")
    proposal = remove_proposal(session, pengguna_id, now)
    if proposal is not None and proposal.orang_id == actor.orang_id:
        raise Conflict(
            "Anda yang mengusulkannya. Administrator lain yang mencabut, sesudah ia sendiri "
            "memastikan jati diri orangnya."
        )
    rows = _to_remove(session, pengguna_id, alasan)
    if proposal is not None:
        return _remove_all(session, actor, role, pengguna_id, rows, alasan, now)
    event_log.record(
        session,
        actor,
        role,
        _PROPOSED,
        f"pengguna:{pengguna_id}",
        now=now,
        after={"alasan": alasan.strip()[:300]},
    )
    return 0


@dataclass(frozen=True, slots=True)
class RemoveProposal:
    """Who proposed to remove the factors of an account, and why."""

    orang_id: int
    nama: str
    alasan: str


def remove_proposal(session: Session, pengguna_id: int, now: datetime) -> RemoveProposal | None:
    """The proposal that waits for another administrator; None where there is none any more."""
    newest = session.execute(
        select(Event.jenis, Event.aktor, Event.isi)
        .where(Event.subjek == f"pengguna:{pengguna_id}", Event.jenis.in_((_PROPOSED, _REMOVED)))
        .where(Event.at > now - PROPOSAL_LASTS)
        .order_by(Event.id.desc())
        .limit(1)
    ).one_or_none()
    if newest is None or newest.jenis != _PROPOSED:
        return None
    orang = session.get_one(Orang, int(newest.aktor.removeprefix("orang:")))
    return RemoveProposal(orang.id, orang.nama, json.loads(newest.isi)["after"]["alasan"])


def remove_all_on_machine(session: Session, nama_masuk: str, alasan: str, now: datetime) -> int:
    """The same by who runs the machine, for an installation whose administrators are all out."""
    found = session.scalar(select(Pengguna.id).where(Pengguna.nama_masuk == nama_masuk))
    if found is None:
        raise NotFound(f"Nama masuk “{nama_masuk[:40]}” tidak ada.")
    rows = _to_remove(session, found, alasan)
    return _remove_all(session, None, None, found, rows, alasan, now)


def _to_remove(session: Session, pengguna_id: int, alasan: str) -> list[TotpSeed | Passkey]:
    """What would be removed, for a reason that says enough."""
    if len(alasan.strip()) < 5:
        raise DomainError(
            "Tulis alasan dan bagaimana jati diri orangnya dipastikan.", field="alasan"
        )
    rows: list[TotpSeed | Passkey] = [*passkeys.kept(session, pengguna_id)]
    if (app := app_of(session, pengguna_id)) is not None:
        rows.append(app)
    if not rows:
        raise Conflict("Akun ini tidak punya faktor kedua.")
    return rows


def _remove_all(
    session: Session,
    actor: Actor | None,
    role: Role | None,
    pengguna_id: int,
    rows: Collection[TotpSeed | Passkey],
    alasan: str,
    now: datetime,
) -> int:
    for row in rows:
        row.dicabut_at, row.alasan = now, alasan.strip()[:300]
        row.dicabut_oleh_id = None if actor is None else actor.orang_id
    totp.void(session, pengguna_id, now)
    login.revoke_all(session, pengguna_id, now)
    event_log.record(
        session,
        actor,
        role,
        _REMOVED,
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
    if not totp.left(session, actor.pengguna_id):
        shown = totp.replace(session, actor.pengguna_id, codes, now)
    login.revoke_others(session, actor.pengguna_id, token, now)
    _record(session, actor, kind, now)
    return shown


def _record(session: Session, actor: Actor, kind: str, now: datetime) -> None:
    event_log.record(session, actor, None, kind, f"pengguna:{actor.pengguna_id}", now=now)


def _removed(session: Session, actor: Actor, kind: str, token: str, now: datetime) -> None:
    """Without any factor left the recovery codes are void too."""
    session.flush()
    if not has_second_factor(session, actor.pengguna_id):
        totp.void(session, actor.pengguna_id, now)
    login.revoke_others(session, actor.pengguna_id, token, now)
    _record(session, actor, kind, now)
