"""The person behind a session or a command, their rights on a day, their OPDs and period of work.

A delegation counts while the person who gave it holds the office.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, exists, or_, select
from sqlalchemy.orm import Session, aliased

from kkpd.core.errors import Conflict
from kkpd.core.permissions import ACROSS_OPDS, COVERS_UNITS, Actor, Assignment, Role
from kkpd.models import (
    CalendarFeed,
    LinkedIdentity,
    Opd,
    Orang,
    Passkey,
    Pengguna,
    Penugasan,
    Periode,
    Sesi,
)
from kkpd.records.office_holders import in_force


def _administrators_on(day: date) -> Select[int, str, bool, date | None]:
    """Person, name, whether there is a way to log in (`_has_a_way_in`) and the last day in office,
    of everybody who can work as administrator on that day: in office, still employed, with a login
    in use; the first one first.
    """
    return (
        select(Orang.id, Orang.nama, _has_a_way_in(), Penugasan.sampai)
        .join(Penugasan, Penugasan.orang_id == Orang.id)
        .join(Pengguna, Pengguna.orang_id == Orang.id)
        .where(Penugasan.peran == Role.ADMIN, in_force(day), Orang.aktif, Pengguna.aktif)
        .order_by(Penugasan.id)
    )


def _has_a_way_in() -> ColumnElement[bool]:
    """A password, a passkey or a linked identity: each of them opens a session alone. Whose code
    nobody used yet has none.
    """
    return or_(
        Pengguna.sandi_hash.is_not(None),
        exists().where(Passkey.pengguna_id == Pengguna.id, Passkey.dicabut_at.is_(None)),
        exists().where(
            LinkedIdentity.pengguna_id == Pengguna.id, LinkedIdentity.dicabut_at.is_(None)
        ),
    )


def administrators(session: Session, day: date) -> dict[int, str]:
    """Person -> name of everybody who can work as administrator on that day."""
    return {row[0]: row[1] for row in session.execute(_administrators_on(day))}


def administrators_ending(session: Session, day: date, until: date) -> dict[int, tuple[str, date]]:
    """Person -> name and last day of the administrators whose office ends by `until`, and who hold
    no other assignment that goes on.
    """
    ends: dict[int, tuple[str, date]] = {}
    going_on = administrators(session, until + timedelta(days=1))
    for orang_id, nama, _, last in session.execute(_administrators_on(day)):
        if orang_id not in going_on and last is not None:
            ends[orang_id] = max((nama, last), ends.get(orang_id, (nama, last)))
    return ends


def administrator(session: Session, day: date) -> Actor:
    """The first of them, who stands for the command line; Conflict while there is none."""
    for orang_id, nama in administrators(session, day).items():
        return Actor(orang_id, 0, nama, (Assignment(Role.ADMIN, None),))
    raise Conflict(
        "Belum ada administrator yang dapat bekerja. Jalankan dahulu: kkpd user first-admin"
    )


def keep_an_administrator(session: Session, orang_id: int, last_day: date) -> None:
    """Conflict when this person is the only administrator who would be left after `last_day`.

    Asked before a login is disabled, a person leaves, or an assignment ends. The logins are locked
    until the transaction ends, so that two of them cannot remove each other at the same time.
    """
    query = _administrators_on(last_day + timedelta(days=1)).with_for_update(of=Pengguna)
    left = {person: has_way_in for person, _, has_way_in, _ in session.execute(query)}
    others = [other for other, has_way_in in left.items() if has_way_in and other != orang_id]
    if orang_id in left and not others:
        raise Conflict(
            "Ini administrator terakhir yang aktif. Tetapkan dahulu administrator lain, yang sudah "
            "pernah masuk dengan caranya sendiri, lalu ulangi."
        )


@dataclass(frozen=True, slots=True)
class ChosenOpd:
    """An OPD for pages: its id, its short name in URLs, its official name."""

    id: int
    slug: str
    nama: str


def opd_list(session: Session, opd_ids: Collection[int] | None) -> tuple[ChosenOpd, ...]:
    """The OPDs in use among `opd_ids` (None: all), by name."""
    query = select(Opd.id, Opd.slug, Opd.nama).where(Opd.aktif).order_by(Opd.nama, Opd.id)
    if opd_ids is not None:
        query = query.where(Opd.id.in_(opd_ids))
    return tuple(ChosenOpd(*row) for row in session.execute(query))


def opd_by_slug(session: Session, slug: str, opd_ids: Collection[int] | None) -> ChosenOpd | None:
    """The OPD with this short name if it is among `opd_ids`, else None (law 12)."""
    query = select(Opd.id, Opd.slug, Opd.nama).where(Opd.slug == slug)
    if opd_ids is not None:
        query = query.where(Opd.id.in_(opd_ids))
    row = session.execute(query).one_or_none()
    return None if row is None else ChosenOpd(*row)


def working_period(session: Session, opd_id: int) -> tuple[int, int] | None:
    """The earliest open period (year, month): periods close in order, so work happens there."""
    row = session.execute(
        select(Periode.tahun, Periode.bulan)
        .where(Periode.opd_id == opd_id, Periode.status == "terbuka")
        .order_by(Periode.tahun, Periode.bulan)
        .limit(1)
    ).one_or_none()
    return None if row is None else (row.tahun, row.bulan)


@dataclass(frozen=True, slots=True)
class LiveSession:
    """A login session that was not revoked; its account and person are still active."""

    session_id: int
    pengguna_id: int
    orang_id: int
    nama: str
    demo: bool
    dibuat_at: datetime
    terlihat_at: datetime
    change_due: bool
    cara: str


def find_live_session(session: Session, token_hash: str) -> LiveSession | None:
    """The session with this token hash; the caller checks whether it has expired."""
    row = session.execute(
        select(
            Sesi.id,
            Pengguna.id,
            Orang.id,
            Orang.nama,
            Pengguna.demo,
            Sesi.dibuat_at,
            Sesi.terlihat_at,
            Pengguna.ganti_sandi,
            Sesi.cara,
        )
        .join(Pengguna, Pengguna.id == Sesi.pengguna_id)
        .join(Orang, Orang.id == Pengguna.orang_id)
        .where(Sesi.token_hash == token_hash, Sesi.dicabut_at.is_(None))
        .where(Pengguna.aktif, Orang.aktif)
    ).one_or_none()
    return None if row is None else LiveSession(*row)


def assignments_on(session: Session, orang_id: int, day: date) -> tuple[Assignment, ...]:
    """The assignments of a person that are valid on a day, in a fixed order.

    An assignment to all OPDs counts only for roles that may span OPDs; the officers of an SKPD (PA,
    treasurer, PPK) also reach its units. A delegation counts while the person who gave it holds the
    office.
    """
    rows = session.execute(
        select(Penugasan.peran, Penugasan.opd_id, Penugasan.sub_kegiatan)
        .where(Penugasan.orang_id == orang_id, in_force(day), _still_authorised(day))
        .distinct()
        .order_by(Penugasan.peran, Penugasan.opd_id, Penugasan.sub_kegiatan)
    ).all()
    found = [Assignment(Role(peran), opd_id, part) for peran, opd_id, part in rows]
    own = [t for t in found if t.opd_id is not None or t.peran in ACROSS_OPDS]
    return (*own, *(t for t in _in_units(session, own) if t not in own))


def _still_authorised(day: date) -> ColumnElement[bool]:
    """An own assignment, or a delegation by an officer who is active and holds the office."""
    asal = aliased(Penugasan)
    held = (
        select(asal.id)
        .join(Orang, Orang.id == asal.orang_id)
        .where(
            *(asal.orang_id == Penugasan.atas_nama_id, asal.peran == Penugasan.peran),
            or_(asal.opd_id == Penugasan.opd_id, asal.opd_id.is_(None)),
            *(asal.atas_nama_id.is_(None), in_force(day, asal), Orang.aktif),
        )
    )
    return or_(Penugasan.atas_nama_id.is_(None), held.exists())


def _in_units(session: Session, own: list[Assignment]) -> list[Assignment]:
    """The same offices in the units under the person's OPDs (Pasal 5: the PA's whole SKPD)."""
    held = {t.opd_id for t in own if t.peran in COVERS_UNITS and t.opd_id is not None}
    if not held:
        return []
    units = session.execute(
        select(Opd.induk_id, Opd.id).where(Opd.induk_id.in_(held)).order_by(Opd.id)
    ).all()
    return [
        Assignment(t.peran, unit)
        for t in own
        if t.peran in COVERS_UNITS
        for parent, unit in units
        if parent == t.opd_id
    ]


@dataclass(frozen=True, slots=True)
class FeedOwner:
    """An active account and its person, found by the address of its calendar feed."""

    pengguna_id: int
    orang_id: int
    nama: str
    demo: bool


def feed_owner(session: Session, token_hash: str) -> FeedOwner | None:
    """The account with this calendar address, if it and its person are active."""
    row = session.execute(
        select(Pengguna.id, Orang.id, Orang.nama, Pengguna.demo)
        .join(Orang, Orang.id == Pengguna.orang_id)
        .join(CalendarFeed, CalendarFeed.pengguna_id == Pengguna.id)
        .where(CalendarFeed.token_hash == token_hash, Pengguna.aktif, Orang.aktif)
    ).one_or_none()
    return None if row is None else FeedOwner(*row)
