"""The set-up path of an installation: nine steps to the first bill, each judged by the books.

No step is ticked by anybody: a step is done while nothing of it is lacking.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.core.choices import IN_FORCE, PROPOSED
from kkpd.core.permissions import Actor, Role, require
from kkpd.models import (
    Dpa,
    Kartu,
    Opd,
    Orang,
    Pengguna,
    Penugasan,
    Rekening,
    SubKegiatan,
    UpKeputusan,
)
from kkpd.organisation import accounts
from kkpd.organisation.setup import setting_defaults
from kkpd.organisation.setup.letterhead import NEEDED
from kkpd.records import settings as records_settings
from kkpd.records.office_holders import in_force

#: The offices that an OPD cannot do without: one of each group.
_OFFICES: Final = (
    (Role.PA, Role.KPA),
    (Role.BENDAHARA, Role.BPP),
    (Role.PPTK,),
    (Role.PPK,),
)


@dataclass(frozen=True, slots=True)
class Lacking:
    """What somebody lacks: `whose` is an OPD's or a person's name or empty, `what` are words of the
    program (a role, a setting, `alamat` ...).
    """

    whose: str
    what: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SetupStep:
    """A step; done while it lacks nothing."""

    key: str
    left: tuple[Lacking, ...]

    @property
    def done(self) -> bool:
        """Whether nothing is lacking."""
        return not self.left


def steps(session: Session, actor: Actor, day: date) -> tuple[SetupStep, ...]:
    """The nine steps in order, as the books stand on that day."""
    require(actor, "admin:lihat")
    ground = _Ground(session, day)
    return tuple(SetupStep(key, tuple(find(ground))) for key, find in _STEPS.items())


class _Ground:
    """What several steps ask of the books, read once."""

    def __init__(self, session: Session, day: date) -> None:
        self.session, self.day = session, day
        self.opds = session.scalars(select(Opd).where(Opd.aktif).order_by(Opd.nama)).all()
        self.roles = session.execute(
            select(Penugasan.opd_id, Penugasan.peran, Penugasan.status, in_force(day)).where(
                Penugasan.status.in_((PROPOSED, IN_FORCE))
            )
        ).all()

    def having(self, column: Any, *conditions: Any) -> set[int]:
        """The OPDs of these rows."""
        return set(self.session.scalars(select(column).where(*conditions).distinct()))

    def offices(self, *, proposed: bool) -> Iterator[Lacking]:
        """The OPDs with the offices that nobody holds; `proposed` ones count where asked."""
        held = {
            (opd_id, peran)
            for opd_id, peran, status, now in self.roles
            if now or (proposed and status == PROPOSED)
        }
        for opd in self.opds:
            places = {opd.id, opd.induk_id or opd.id}
            lacks = [
                group[0].value
                for group in _OFFICES
                if not any((place, role.value) in held for place in places for role in group)
            ]
            if lacks:
                yield Lacking(opd.nama, tuple(lacks))
        if (None, Role.BUD.value) not in held:
            yield Lacking("", (Role.BUD.value,))


def _second(ground: _Ground) -> Iterator[Lacking]:
    if len(accounts.administrators(ground.session, ground.day)) < 2:
        yield Lacking("", ("administrator",))


def _head(ground: _Ground) -> Iterator[Lacking]:
    session, day = ground.session, ground.day
    lacks = [key for key in NEEDED if not records_settings.value(session, key, day)]
    if lacks:
        yield Lacking("", tuple(lacks))


def _settings(ground: _Ground) -> Iterator[Lacking]:
    lacks = [one.kunci for one in setting_defaults.undecided(ground.session)]
    if lacks:
        yield Lacking("", tuple(lacks))


def _codes(ground: _Ground) -> Iterator[Lacking]:
    for word, model in (("rekening", Rekening), ("sub_kegiatan", SubKegiatan)):
        known = select(model.kode).where(model.tahun == ground.day.year).limit(1)
        if ground.session.scalar(known) is None:
            yield Lacking("", (word,))


def _people(ground: _Ground) -> Iterator[Lacking]:
    """OPDs without address or NPWP, offices that nobody was proposed for, OPDs without a card."""
    if not ground.opds:
        yield Lacking("", ("opd",))
        return
    with_card = ground.having(Kartu.opd_id)
    for opd in ground.opds:
        parts = (("alamat", opd.alamat), ("npwp", opd.npwp), ("kartu", opd.id in with_card))
        lacks = tuple(word for word, there in parts if not there)
        if lacks:
            yield Lacking(opd.nama, lacks)
    yield from ground.offices(proposed=True)


def _confirmed(ground: _Ground) -> Iterator[Lacking]:
    """Proposals that wait, offices without anybody in force, people in office without a login."""
    waiting = sum(1 for _, _, status, _ in ground.roles if status == PROPOSED)
    cards = ground.session.scalars(select(Kartu.id).where(Kartu.status == "diusulkan")).all()
    if waiting or cards:
        yield Lacking("", ("konfirmasi",))
    if not ground.opds:
        yield Lacking("", ("opd",))
    yield from ground.offices(proposed=False)
    names = ground.session.scalars(
        select(Orang.nama)
        .join(Penugasan, Penugasan.orang_id == Orang.id)
        .outerjoin(Pengguna, Pengguna.orang_id == Orang.id)
        .where(in_force(ground.day), Orang.aktif, Pengguna.id.is_(None))
        .distinct()
        .order_by(Orang.nama)
    )
    for name in names:
        yield Lacking(name, ("masuk",))


def _of_year(word: str, model: type[Dpa] | type[UpKeputusan]) -> Callable[..., Iterator[Lacking]]:
    """OPDs without this document in the year; units are under that of their OPD."""

    def find(ground: _Ground) -> Iterator[Lacking]:
        if not ground.opds:
            yield Lacking("", ("opd",))
        there = ground.having(model.opd_id, model.tahun == ground.day.year)
        for opd in ground.opds:
            if not there & {opd.id, opd.induk_id or opd.id}:
                yield Lacking(opd.nama, (word,))

    return find


def _bank(ground: _Ground) -> Iterator[Lacking]:
    session, day = ground.session, ground.day
    if not records_settings.value(session, "bank_rkud", day):
        yield Lacking("", ("bank_rkud",))
    of = records_settings.everything(session, ("rekening_bendahara",), day)
    for opd in ground.opds:
        if not of("rekening_bendahara", opd.id) and opd.induk_id is None:
            yield Lacking(opd.nama, ("rekening_bendahara",))


_STEPS: Final[dict[str, Callable[[_Ground], Iterator[Lacking]]]] = {
    "administrator": _second,
    "kepala": _head,
    "setelan": _settings,
    "kode": _codes,
    "lembar": _people,
    "konfirmasi": _confirmed,
    "dpa": _of_year("dpa", Dpa),
    "up": _of_year("up", UpKeputusan),
    "bank": _bank,
}
