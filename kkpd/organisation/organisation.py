"""The administrator's verbs: OPDs, people, logins, settings; and administrators by the machine."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.core.db.columns import Base
from kkpd.core.errors import Conflict, DomainError, NotFound
from kkpd.core.moments import business_day
from kkpd.core.pan import HIDDEN, spans, tidy_npwp
from kkpd.core.permissions import Actor, Assignment, Role, require
from kkpd.core.proof.canonical import Json
from kkpd.models import Kartu, Opd, Orang, Pengguna, Penugasan, Program, Setelan
from kkpd.organisation import accounts, assignments, cards, login, setting_forms
from kkpd.records import event_log

_Row = TypeVar("_Row", bound=Base)

_SLUG: Final = re.compile(r"[a-z][a-z0-9-]{1,39}", re.ASCII)
_LOGIN_NAME: Final = re.compile(r"[a-z][a-z0-9._-]{2,79}", re.ASCII)
#: A mail address: one `@`, no blanks or control characters, a host with a dot.
_EMAIL: Final = re.compile(
    r"[A-Za-z0-9._%+'-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,63}", re.ASCII
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DataOpd:
    """An OPD as the administrator enters it."""

    kode: str
    slug: str
    nama: str
    alamat: str = ""
    npwp: str | None = None
    induk_id: int | None = None
    aktif: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonData:
    """A person as the administrator enters them."""

    nama: str
    nip: str | None = None
    pangkat: str = ""
    jabatan: str = ""
    surel: str | None = None
    opd_id: int | None = None
    aktif: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginData:
    """A login; without `sandi_hash` (Argon2id) it waits for a code (kkpd.organisation.codes)."""

    orang_id: int
    nama_masuk: str
    sandi_hash: str | None = None
    demo: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingData:
    """A dated setting; `nilai` None means "not checked" (law 15)."""

    kunci: str
    nilai: str | None
    mulai: date
    dasar_hukum: str
    opd_id: int | None = None


def save_opd(
    session: Session, actor: Actor, data: DataOpd, now: datetime, opd_id: int | None = None
) -> Opd:
    """Create an OPD, or change this one."""
    if not _SLUG.fullmatch(data.slug):
        raise DomainError("Nama pendek: huruf kecil dan angka, mis. dinkes.", field="slug")
    if not data.kode.strip() or not data.nama.strip():
        raise DomainError("Isi kode dan nama OPD.", field="nama")
    if opd_id is not None:
        _keep_parent(session, opd_id, data.induk_id)
    if data.npwp and HIDDEN in tidy_npwp(data.npwp):
        raise DomainError("Ini nomor kartu, bukan NPWP. Tulis NPWP dengan titik.", field="npwp")
    _unique(session, Opd, "kode", data.kode, opd_id, "Kode OPD itu sudah dipakai.")
    _unique(session, Opd, "slug", data.slug, opd_id, "Nama pendek itu sudah dipakai.")
    return _save(session, actor, "opd:kelola", Opd, opd_id, asdict(data), now)


def _keep_parent(session: Session, opd_id: int, induk_id: int | None) -> None:
    """The parent's officers hold their roles in its units too, so another parent is a grant that
    one person may not make: an OPD where somebody has a role or a card keeps its parent.
    """
    known = select(Opd.induk_id).where(Opd.id == opd_id)
    used = (
        select(Penugasan.id)
        .where(Penugasan.opd_id == opd_id)
        .union_all(select(Kartu.id).where(Kartu.opd_id == opd_id))
    )
    if session.scalar(known) != induk_id and session.scalar(select(used.exists())):
        raise Conflict(
            "OPD ini sudah berpenugasan atau berkartu, jadi induknya tidak dapat diubah: pejabat "
            "induk menjadi berwenang di unitnya. Buat OPD baru sebagai unit, lalu usulkan "
            "orangnya.",
            field="induk_id",
        )


def save_person(
    session: Session, actor: Actor, data: PersonData, now: datetime, orang_id: int | None = None
) -> Orang:
    """Create a person, or change this one."""
    if not data.nama.strip():
        raise DomainError("Isi nama.", field="nama")
    if data.nip and (spans(data.nip) or HIDDEN in data.nip):
        raise DomainError("Ini nomor kartu, bukan NIP. Tulis NIP-nya atau kosongkan.", field="nip")
    if data.nip:
        _unique(session, Orang, "nip", data.nip, orang_id, "NIP itu sudah terdaftar.")
    if data.surel and not is_valid_email(data.surel):
        raise DomainError(
            "Alamat surel tidak sah. Tulis seperti nama@contoh.go.id, atau kosongkan.",
            field="surel",
        )
    values = asdict(data) | {"nip": data.nip or None, "surel": data.surel or None}
    if orang_id is not None and not data.aktif:
        _leaves(session, orang_id, now)
    orang = _save(session, actor, "pengguna:kelola", Orang, orang_id, values, now)
    if orang_id is not None:
        cards.holder_changed(session, orang, now)
    return orang


def _leaves(session: Session, orang_id: int, now: datetime) -> None:
    """Who works here no longer is logged out; the last administrator stays."""
    accounts.keep_an_administrator(session, orang_id, now.date())
    pengguna_id = session.scalar(select(Pengguna.id).where(Pengguna.orang_id == orang_id))
    if pengguna_id is not None:
        login.revoke_all(session, pengguna_id, now)


def create_login(session: Session, actor: Actor, data: LoginData, now: datetime) -> Pengguna:
    """A login for a person who has none."""
    check_login_name(session, data.nama_masuk)
    _unique(session, Pengguna, "orang_id", data.orang_id, None, "Orang ini sudah punya nama masuk.")
    values = asdict(data) | {"dibuat_at": now}
    return _save(session, actor, "pengguna:kelola", Pengguna, None, values, now)


def check_login_name(session: Session, nama_masuk: str, pengguna_id: int | None = None) -> None:
    """DomainError for a login name that cannot be, or is somebody else's."""
    if not _LOGIN_NAME.fullmatch(nama_masuk):
        raise DomainError("Nama masuk: huruf kecil dan angka, mulai huruf.", field="nama_masuk")
    _unique(session, Pengguna, "nama_masuk", nama_masuk, pengguna_id, "Nama masuk sudah dipakai.")


def add_program(
    session: Session, actor: Actor, opd_id: int, nama: str, dimensi: str, uraian: str, now: datetime
) -> Program:
    """A smart-city programme of an OPD."""
    values = {"opd_id": opd_id, "nama": nama, "dimensi": dimensi, "uraian": uraian}
    return _save(session, actor, "opd:kelola", Program, None, values, now)


def decide_setting(session: Session, actor: Actor, data: SettingData, now: datetime) -> Setelan:
    """Record a dated setting with its legal basis; the history stays."""
    if not data.dasar_hukum.strip():
        raise DomainError("Tulis dasar hukumnya.", field="dasar_hukum")
    setting_forms.check(data.kunci, data.nilai)
    values = asdict(data) | {"dicatat_at": now, "dicatat_oleh_id": actor.orang_id}
    return _save(session, actor, "pengaturan:kelola", Setelan, None, values, now)


def _save(
    session: Session,
    actor: Actor,
    permission: str,
    model: type[_Row],
    row_id: int | None,
    values: dict[str, Any],
    now: datetime,
) -> _Row:
    """Insert or change one row, and record the event in the administration's chain."""
    role = require(actor, permission)
    row = model(**values) if row_id is None else _get(session, model, row_id)
    before = None if row_id is None else {name: _json(getattr(row, name)) for name in values}
    if row_id is None:
        session.add(row)
    for name, value in values.items():
        setattr(row, name, value)
    session.flush()
    table = model.__tablename__
    action = "buat" if row_id is None else "ubah"
    hidden = {"sandi_hash"}
    event_log.record(
        session,
        actor,
        role,
        f"admin:{table}:{action}",
        f"{table}:{getattr(row, 'id')}",  # noqa: B009 -- every one of these has it
        now=now,
        before=before,
        after={name: _json(value) for name, value in values.items() if name not in hidden},
    )
    return row


def _json(value: Any) -> Json:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if value is None or isinstance(value, bool | int | str):
        return value
    return str(value)


def _get(session: Session, model: type[_Row], row_id: int) -> _Row:
    row = session.get(model, row_id)
    if row is None:
        raise NotFound("Tidak ditemukan.")
    return row


def _unique(
    session: Session,
    model: type[Base],
    column: str,
    value: object,
    row_id: int | None,
    sentence: str,
) -> None:
    identity = model.__table__.c.id
    found = session.execute(
        select(identity).where(model.__table__.c[column] == value)
    ).scalar_one_or_none()
    if found is not None and found != row_id:
        raise Conflict(sentence, field=column)


def first_one(
    session: Session,
    data: PersonData,
    nama_masuk: str,
    sandi_hash: str | None,
    *,
    now: datetime,
    others: int = 0,
    dasar: str = "",
    tanggal_dasar: date | None = None,
    demo: bool = False,
) -> Actor:
    """An administrator made on the machine: the first while nobody else can work as one, a second
    while exactly `others` = 1 other can; Conflict otherwise, because two can do it in the web. Who
    is administrator already gets a new term: of two, neither may confirm the other's.

    A known login name keeps its person and password (`data` and `sandi_hash` are not used); a new
    one without `sandi_hash` waits for a one-time code.
    """
    today = business_day(now)
    account = session.scalars(
        select(Pengguna).where(Pengguna.nama_masuk == nama_masuk)
    ).one_or_none()
    _require_able(session, today, others, None if account is None else account.orang_id)
    if account is None:
        account = _first_login(session, data, nama_masuk, sandi_hash, now, demo)
    orang = session.get_one(Orang, account.orang_id)
    if not (account.aktif and orang.aktif):
        raise Conflict(
            f"Nama masuk {nama_masuk} tidak aktif. Pakai nama masuk lain.", field="nama_masuk"
        )
    assignments.install(session, orang, _basis(session, dasar), tanggal_dasar or today, now)
    return Actor(orang.id, account.id, orang.nama, (Assignment(Role.ADMIN, None),))


def _require_able(session: Session, day: date, others: int, orang_id: int | None) -> None:
    """Conflict unless exactly so many others can work, and this person's office does not go on."""
    able = accounts.administrators(session, day)
    held = able.pop(orang_id or 0, None)
    ending = accounts.administrators_ending(session, day, date.max - timedelta(days=1))
    if held is not None and orang_id not in ending:
        raise Conflict(
            f"{held} sudah administrator tanpa hari terakhir; tidak ada yang diperpanjang.",
            field="nama_masuk",
        )
    if len(able) == others:
        return
    names = ", ".join(able.values())
    if not able:
        raise Conflict(
            "Belum ada administrator yang dapat bekerja. Jalankan dahulu: kkpd user first-admin"
        )
    if len(able) == 1:
        raise Conflict(f"Administrator sudah ada: {names}. Yang kedua: kkpd user second-admin")
    raise Conflict(
        f"Administrator sudah ada: {names}. Yang lain mereka usulkan di halaman Penugasan."
    )


def _basis(session: Session, dasar: str) -> str:
    """The decision's number; only a program without any administrator yet goes without one."""
    known = select(Penugasan.id).where(Penugasan.peran == Role.ADMIN).limit(1)
    if not dasar.strip() and session.scalar(known) is not None:
        raise DomainError("Tulis nomor keputusannya: --dasar.", field="dasar")
    return dasar.strip() or "pemasangan program"


def _first_login(
    session: Session,
    data: PersonData,
    nama_masuk: str,
    sandi_hash: str | None,
    now: datetime,
    demo: bool,
) -> Pengguna:
    if not data.nama.strip():
        raise DomainError("Sebut nama lengkapnya: --nama.", field="nama")
    check_login_name(session, nama_masuk)
    orang = Orang(**asdict(data))
    session.add(orang)
    session.flush()
    account = Pengguna(
        orang_id=orang.id,
        nama_masuk=nama_masuk,
        sandi_hash=sandi_hash,
        dibuat_at=now,
        demo=demo,
    )
    session.add(account)
    session.flush()
    return account


def is_valid_email(alamat: str) -> bool:
    """Whether this can be a mail address; it cannot inject a mail header."""
    return len(alamat) <= 200 and _EMAIL.fullmatch(alamat) is not None
