"""What commands with a database share: settings from the environment, the engine, who acts."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Final

from sqlalchemy import ColumnElement, Engine, or_, select
from sqlalchemy.orm import Session

from kkpd.core import outside
from kkpd.core.config import SettingError, Settings
from kkpd.core.db import health
from kkpd.core.db.engine import create_engine
from kkpd.core.db.schema import is_new, upgrade
from kkpd.core.db.session import EVERY_OPD
from kkpd.core.errors import Conflict, DomainError, NotFound
from kkpd.core.permissions import ROLE_NAMES, Actor, Role
from kkpd.core.proof.log_key import load_signer
from kkpd.engines.paper.writers import draw
from kkpd.models import Opd, Orang, Pengguna, Penugasan
from kkpd.organisation import accounts as organisation_accounts
from kkpd.records import security_log
from kkpd.records.custody import Store
from kkpd.records.issue import Issuer
from kkpd.records.office_holders import in_force
from kkpd.records.report_request import ALL


def now() -> datetime:
    """This moment; below the command line `now` is an argument (law 3)."""
    return datetime.now(UTC)


def settings(**changed: str) -> Settings:
    """The settings of this installation; a bad one is a sentence that names it. `changed` are
    variables of the environment that are others here.
    """
    try:
        config = Settings.load({**os.environ, **changed})
    except SettingError as problem:
        raise DomainError(problem.message) from problem
    outside.only(outside.named(config))
    security_log.setup(config)
    return config


@contextmanager
def opened(config: Settings, *, current: bool = True, new: bool = False) -> Iterator[Engine]:
    """The engine, closed at the end; an old structure is told before anything is read.

    `new` gives a database without any structure its structure; one that has books is left alone.
    """
    if new:
        with owned(config) as engine, engine.connect() as connection:
            empty = is_new(connection)
        if empty:
            migrate(config)
    engine = create_engine(config.database_url)
    try:
        if current:
            with engine.connect() as connection:
                trouble = health.structure(connection)
                if trouble is not None:
                    raise Conflict(trouble)
        yield engine
    finally:
        engine.dispose()


@contextmanager
def owned(config: Settings) -> Iterator[Engine]:
    """The engine of the owner of the tables: on PostgreSQL another login than the program's."""
    engine = create_engine(config.database_owner_url or config.database_url, owner=True)
    try:
        yield engine
    finally:
        engine.dispose()


def migrate(config: Settings) -> None:
    """Bring the structure to the newest; DomainError where only the program's login is known."""
    if config.database_url.startswith("postgresql") and not config.database_owner_url:
        raise DomainError(
            "KKPD_DATABASE_OWNER_URL belum diisi. Isi dengan alamat basis data peran pemilik; "
            "peran program tidak dapat mengubah susunan."
        )
    with owned(config) as engine:
        upgrade(engine)


def penerbit(config: Settings) -> Issuer:
    """The issuing office of this installation: its key, its archive, the drawing."""
    return Issuer(load_signer(config.instance), Store(config.instance / "arsip"), draw)


def open_store(config: Settings) -> Store:
    """Where bank files and evidence are kept."""
    return Store(config.instance / "berkas")


#: Who is looked for, in this order, where nobody is named.
OPD_ROLES: Final = (Role.BENDAHARA, Role.BPP)
ALL_OPD_ROLES: Final = (Role.BUD, Role.INSPECTOR)
INSPECTORS: Final = (Role.INSPECTOR,)
AUDITORS: Final = (Role.AUDITOR, Role.INSPECTOR)


def acting(
    session: Session,
    kode: str,
    login: str | None,
    day: date,
    everything: Sequence[Role] = ALL_OPD_ROLES,
    opd_roles: Sequence[Role] = OPD_ROLES,
) -> Actor:
    """Who acts for this OPD (or `semua`) on this day; DomainError where that is nobody's clear."""
    opd_id = None if kode == ALL else opd(session, kode)
    if login is not None:
        rows = _people(session, Pengguna.nama_masuk == login)
        if not rows:
            raise NotFound(f"Pengguna “{login[:40]}” tidak ada atau tidak aktif.", field="oleh")
        return _actor(session, rows[0], day)
    for peran in everything if opd_id is None else (*opd_roles, *everything):
        here = opd_id if peran in opd_roles else None
        rows = _people(session, *_in_office(peran, here, day))
        if len(rows) == 1:
            return _actor(session, rows[0], day)
        if rows:
            break
    names = " atau ".join(
        ROLE_NAMES[peran] for peran in (everything if opd_id is None else opd_roles)
    )
    raise DomainError(
        f"Tidak ada tepat satu {names} yang bertugas hari ini. Sebut pelakunya dengan --oleh LOGIN."
    )


def data_scope(actor: Actor) -> Iterable[int] | str:
    """What of the database this actor's transaction may see."""
    return EVERY_OPD if actor.opd_ids is None else actor.opd_ids


def _in_office(peran: Role, opd_id: int | None, day: date) -> tuple[ColumnElement[bool], ...]:
    return (
        Pengguna.orang_id.in_(
            select(Penugasan.orang_id).where(
                Penugasan.peran == peran,
                Penugasan.opd_id.is_(None) if opd_id is None else Penugasan.opd_id == opd_id,
                in_force(day),
            )
        ),
    )


def _people(session: Session, *conditions: ColumnElement[bool]) -> list[tuple[int, int, str]]:
    rows = session.execute(
        select(Pengguna.id, Orang.id, Orang.nama)
        .join(Orang, Orang.id == Pengguna.orang_id)
        .where(Pengguna.aktif, Orang.aktif, *conditions)
        .order_by(Pengguna.id)
    )
    return [(pengguna_id, orang_id, nama) for pengguna_id, orang_id, nama in rows]


def _actor(session: Session, row: tuple[int, int, str], day: date) -> Actor:
    pengguna_id, orang_id, nama = row
    return Actor(
        orang_id, pengguna_id, nama, organisation_accounts.assignments_on(session, orang_id, day)
    )


def opd(session: Session, kode: str) -> int:
    """The key of the OPD with this code or short name."""
    found = session.scalar(select(Opd.id).where(or_(Opd.kode == kode, Opd.slug == kode)))
    if found is None:
        raise NotFound(f"OPD “{kode[:40]}” tidak ada. Periksa kodenya.", field="opd")
    return found
