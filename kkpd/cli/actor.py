"""Who acts on the command line: the login named with --oleh, else who holds the office."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from kkpd.core.db.session import EVERY_OPD
from kkpd.core.errors import DomainError, NotFound
from kkpd.core.permissions import ROLE_NAMES, Actor, Role
from kkpd.models import Opd, Orang, Pengguna, Penugasan
from kkpd.organisation import accounts as organisation_accounts
from kkpd.records.report_request import ALL

#: Who is looked for, in this order, where nobody is named.
OPD_ROLES: Final = (Role.BENDAHARA, Role.BPP)
ALL_OPD_ROLES: Final = (Role.BUD, Role.INSPECTOR)
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
                Penugasan.mulai <= day,
                or_(Penugasan.sampai.is_(None), Penugasan.sampai >= day),
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
