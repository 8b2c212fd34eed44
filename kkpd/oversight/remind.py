"""Reminders of a day: one digest a person, the same thing never twice on one day.

What is told is written down and committed before the mail leaves (law 4): a crash in between loses
one mail of that day and never sends one twice. A mail that failed frees what it was to tell for the
next run.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from kkpd.core.db.session import EVERY_OPD
from kkpd.core.permissions import Actor
from kkpd.core.proof.canonical import Json
from kkpd.models import Orang, Pengguna, Pengingat, Penugasan
from kkpd.organisation import accounts as organisation_accounts
from kkpd.organisation.organisation import surel_sah
from kkpd.oversight.mail import Pengantar, TidakTerkirim
from kkpd.oversight.reminder_rules import Butir, surat
from kkpd.oversight.todo import perlu
from kkpd.records import event_log


class Buka(Protocol):
    """Opens one transaction with this scope: `db.session.reading` or `writing` of an engine."""

    def __call__(self, scope: Iterable[int] | str) -> AbstractContextManager[Session]:
        """The transaction."""


@dataclass(frozen=True, slots=True)
class Penerima:
    """An account in service with an office on the day, and where its mail goes."""

    orang_id: int
    pengguna_id: int
    nama: str
    surel: str | None

    def actor(self, session: Session, hari: date) -> Actor:
        """The person with the assignments of that day."""
        tugas = organisation_accounts.tugas_pada(session, self.orang_id, hari)
        return Actor(self.orang_id, self.pengguna_id, self.nama, tugas)


@dataclass(frozen=True, slots=True)
class Nasib:
    """What became of one person's digest: terkirim, sudah, sepi, tanpa_surel, gagal or rencana.

    `sudah`: all of it was told that day; `sepi`: nothing waits; `sebab` says why it failed.
    """

    nama: str
    hasil: str
    butir: int = 0
    sebab: str = ""


def penerima(session: Session, hari: date, *, demo: bool) -> list[Penerima]:
    """Who has an account and an office that day, by name; demo accounts only in demo mode."""
    rows = session.execute(
        select(Orang.id, Pengguna.id, Orang.nama, Orang.surel)
        .join(Pengguna, Pengguna.orang_id == Orang.id)
        .where(
            Orang.aktif,
            Pengguna.aktif,
            or_(Pengguna.demo.is_(False), Pengguna.demo.is_(demo)),
            Orang.id.in_(
                select(Penugasan.orang_id).where(
                    Penugasan.mulai <= hari,
                    or_(Penugasan.sampai.is_(None), Penugasan.sampai >= hari),
                )
            ),
        )
        .order_by(Orang.nama, Orang.id)
    )
    return [Penerima(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class Putaran:
    """One run: its day, how near is near (working days), by whom mails go, and the transactions.

    `pengantar` None sends nothing and says what would be sent.
    """

    baca: Buka
    tulis: Buka
    hari: date
    dekat: int
    now: datetime
    pengantar: Pengantar | None
    alamat: str = ""

    def semua(self, people: Sequence[Penerima]) -> list[Nasib]:
        """Everybody's digest, one after the other; one that fails does not stop the others."""
        return [self.satu(one) for one in people]

    def satu(self, who: Penerima) -> Nasib:
        """One person's digest."""
        butir = self._menunggu(who)
        if not butir:
            return Nasib(who.nama, "sepi")
        if not who.surel:
            return Nasib(who.nama, "tanpa_surel", len(butir))
        if not surel_sah(who.surel):
            return Nasib(who.nama, "gagal", len(butir), "alamat surelnya tidak sah")
        if self.pengantar is None:
            return Nasib(who.nama, "rencana", len(butir))
        with self.tulis(EVERY_OPD) as session:
            ke, baru = _catat(session, who, butir, self)
        if not baru:
            return Nasib(who.nama, "sudah")
        try:
            mail = surat(who.nama, who.surel, baru, self.hari, self.alamat)
            self.pengantar.antar(mail, self.now)
        except TidakTerkirim as problem:
            with self.tulis(EVERY_OPD) as session:
                _tulis(session, who, "gagal", ke, baru, str(problem), self)
            return Nasib(who.nama, "gagal", len(baru), str(problem))
        return Nasib(who.nama, "terkirim", len(baru))

    def _menunggu(self, who: Penerima) -> list[Butir]:
        with self.baca(EVERY_OPD) as session:
            actor = who.actor(session, self.hari)
        scope = EVERY_OPD if actor.opd_ids is None else actor.opd_ids
        with self.baca(scope) as session:
            return [one for one in perlu(session, actor, self.hari) if one.mendesak(self.dekat)]


def _catat(
    session: Session, who: Penerima, butir: Sequence[Butir], run: Putaran
) -> tuple[int, list[Butir]]:
    """(number of the mail that day, what is new in it); nothing new where another run was first."""
    session.get_one(Orang, who.orang_id, with_for_update=True)  # two runs: one after the other
    told, last = _diceritakan(session, who.orang_id, run.hari)
    baru = [one for one in butir if one.tanda not in told]
    if baru:
        _tulis(session, who, "mulai", last + 1, baru, "", run)
    return last + 1, baru


def _diceritakan(session: Session, orang_id: int, hari: date) -> tuple[set[str], int]:
    """What the person was told that day and did go out (or may have), and the last number."""
    rows = session.scalars(
        select(Pengingat).where(Pengingat.orang_id == orang_id, Pengingat.tanggal == hari)
    ).all()
    failed = {row.ke for row in rows if row.hasil == "gagal"}
    told = {tanda for row in rows if row.ke not in failed for tanda in row.butir}
    return told, max((row.ke for row in rows), default=0)


def _tulis(
    session: Session,
    who: Penerima,
    hasil: str,
    ke: int,
    butir: Sequence[Butir],
    sebab: str,
    run: Putaran,
) -> None:
    """The row and its event in the administration's chain."""
    assert run.pengantar is not None
    marks, cara = [one.tanda for one in butir], run.pengantar.cara
    session.add(
        Pengingat(
            orang_id=who.orang_id,
            tanggal=run.hari,
            ke=ke,
            hasil=hasil,
            cara=cara,
            butir=marks,
            at=run.now,
            sebab=sebab[:200],
        )
    )
    told: list[Json] = [*marks]
    event_log.record(
        session,
        None,
        None,
        f"pengingat:surat:{hasil}",
        f"orang:{who.orang_id}",
        now=run.now,
        after={
            "tanggal": run.hari.isoformat(),
            "ke": ke,
            "cara": cara,
            "butir": told,
            "sebab": sebab[:200],
        },
    )
