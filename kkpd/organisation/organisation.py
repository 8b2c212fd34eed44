"""The administrator's verbs: OPDs, people, logins, assignments, settings."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Final, TypeVar

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from kkpd.core.db.columns import Base
from kkpd.core.errors import Conflict, DomainError, NotFound
from kkpd.core.permissions import ACROSS_OPDS, ROLE_NAMES, Actor, Assignment, Role, require
from kkpd.core.proof.canonical import Json
from kkpd.models import Opd, Orang, Pengguna, Penugasan, Program, Setelan, SubKegiatan
from kkpd.organisation import accounts, cards, login, setting_forms
from kkpd.records import event_log


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentData:
    """A role with its dates; `dasar` is the decision or the letter.

    With `atas_nama_id` it is a delegation: that officer's role for some days, by a letter.
    """

    orang_id: int
    peran: str
    mulai: date
    opd_id: int | None = None
    sampai: date | None = None
    dasar: str = ""
    atas_nama_id: int | None = None
    sub_kegiatan: str = ""


def check_assignment(session: Session, data: AssignmentData) -> None:
    """DomainError with the field at fault."""
    if data.sub_kegiatan:
        _sub_kegiatan(session, data)
    if data.atas_nama_id is not None:
        _delegation(session, data)


def _sub_kegiatan(session: Session, data: AssignmentData) -> None:
    """Only a PPTK may be limited to a sub kegiatan, and it must exist in a year's tables."""
    if data.peran != Role.PPTK:
        raise DomainError("Hanya PPTK yang terikat sub kegiatan.", field="sub_kegiatan")
    known = select(SubKegiatan.kode).where(SubKegiatan.kode == data.sub_kegiatan).limit(1)
    if session.scalar(known) is None:
        raise DomainError(
            f"Sub kegiatan {data.sub_kegiatan} tidak dikenal. Periksa kodenya.",
            field="sub_kegiatan",
        )


def _delegation(session: Session, data: AssignmentData) -> None:
    """A delegation has a letter and an end date, and is given by the holder of the office on its
    days.
    """
    if data.atas_nama_id == data.orang_id:
        raise DomainError("Pelimpahan diberikan kepada orang lain.", field="atas_nama_id")
    if data.sampai is None or not data.dasar.strip():
        raise DomainError("Pelimpahan memerlukan nomor surat dan hari terakhir.", field="dasar")
    holds = select(Penugasan.id).where(
        Penugasan.orang_id == data.atas_nama_id,
        Penugasan.peran == data.peran,
        Penugasan.opd_id == data.opd_id if data.opd_id else Penugasan.opd_id.is_(None),
        Penugasan.atas_nama_id.is_(None),
        Penugasan.mulai <= data.mulai,
        or_(Penugasan.sampai.is_(None), Penugasan.sampai >= data.sampai),
    )
    if session.scalars(holds.limit(1)).first() is None:
        raise DomainError(
            "Yang melimpahkan tidak memegang peran itu di OPD ini selama masa pelimpahan.",
            field="atas_nama_id",
        )


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
    _unique(session, Opd, "kode", data.kode, opd_id, "Kode OPD itu sudah dipakai.")
    _unique(session, Opd, "slug", data.slug, opd_id, "Nama pendek itu sudah dipakai.")
    return _save(session, actor, "opd:kelola", Opd, opd_id, asdict(data), now)


def save_person(
    session: Session, actor: Actor, data: PersonData, now: datetime, orang_id: int | None = None
) -> Orang:
    """Create a person, or change this one."""
    if not data.nama.strip():
        raise DomainError("Isi nama.", field="nama")
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


def assign_role(session: Session, actor: Actor, data: AssignmentData, now: datetime) -> Penugasan:
    """Give a person a role; a role that spans OPDs names no OPD, every other role names one."""
    if data.peran not in set(Role):
        raise DomainError("Pilih peran dari daftar.", field="peran")
    spans = Role(data.peran) in ACROSS_OPDS
    if spans == (data.opd_id is not None):
        name = ROLE_NAMES[Role(data.peran)]
        word = "tidak terikat satu OPD; kosongkan OPD" if spans else "terikat satu OPD; pilih OPD"
        raise DomainError(f"Peran {name} {word}.", field="opd_id")
    if data.sampai is not None and data.sampai < data.mulai:
        raise DomainError("Tanggal akhir sebelum tanggal mulai.", field="sampai")
    check_assignment(session, data)
    return _save(session, actor, "penugasan:kelola", Penugasan, None, asdict(data), now)


def end_assignment(
    session: Session, actor: Actor, penugasan_id: int, sampai: date, now: datetime
) -> Penugasan:
    """End an assignment on a day; it is never deleted."""
    row = _get(session, Penugasan, penugasan_id)
    if sampai < row.mulai:
        raise DomainError("Tanggal akhir sebelum tanggal mulai.", field="sampai")
    values = {"sampai": sampai}
    return _save(session, actor, "penugasan:kelola", Penugasan, penugasan_id, values, now)


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
    mulai: date,
    now: datetime,
    demo: bool = False,
) -> Actor:
    """The first administrator of an installation, or the next one when none of them is left;
    Conflict while one can still act.
    """
    if accounts.active_administrators(session, mulai):
        raise Conflict("Administrator sudah ada; mintalah dia menambah orang dan penugasan.")
    check_login_name(session, nama_masuk)
    orang = Orang(**asdict(data))
    session.add(orang)
    session.flush()
    session.add(Penugasan(orang_id=orang.id, peran=Role.ADMIN, mulai=mulai, dasar="pemasangan"))
    account = Pengguna(
        orang_id=orang.id,
        nama_masuk=nama_masuk,
        sandi_hash=sandi_hash,
        dibuat_at=now,
        demo=demo,
    )
    session.add(account)
    session.flush()
    after: dict[str, Json] = {"nama": orang.nama, "nama_masuk": nama_masuk}
    event_log.record(
        session, None, None, "admin:orang:pertama", f"orang:{orang.id}", now=now, after=after
    )
    return Actor(orang.id, account.id, orang.nama, (Assignment(Role.ADMIN, None),))


def is_valid_email(alamat: str) -> bool:
    """Whether this can be a mail address; it cannot inject a mail header."""
    return len(alamat) <= 200 and _EMAIL.fullmatch(alamat) is not None
