"""Reminders of a day: one digest per person, each item at most once a day.

Items are recorded and committed before the mail is sent (law 4): a crash in between loses one mail
of that day but never sends one twice. A failed mail releases its items for the next run.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from hashlib import sha256
from pathlib import Path
from typing import Final, Protocol

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from kkpd.core.config import Smtp
from kkpd.core.db.session import EVERY_OPD
from kkpd.core.files import intact
from kkpd.core.permissions import Actor
from kkpd.core.proof.canonical import Json
from kkpd.models import Orang, Pengguna, Pengingat, Penugasan
from kkpd.organisation import accounts as organisation_accounts
from kkpd.organisation.organisation import is_valid_email
from kkpd.oversight.reminder_rules import DueEntry, Mail, letter
from kkpd.oversight.todo import to_do
from kkpd.records import event_log
from kkpd.records.office_holders import in_force


class OpenTransaction(Protocol):
    """Opens one transaction with this scope: `db.session.reading` or `writing` of an engine."""

    def __call__(self, scope: Iterable[int] | str) -> AbstractContextManager[Session]:
        """The transaction."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """An account in service with an office on the day, and where its mail goes."""

    orang_id: int
    pengguna_id: int
    nama: str
    surel: str | None

    def actor(self, session: Session, day: date) -> Actor:
        """The person with the assignments of that day."""
        assignment = organisation_accounts.assignments_on(session, self.orang_id, day)
        return Actor(self.orang_id, self.pengguna_id, self.nama, assignment)


@dataclass(frozen=True, slots=True)
class ReminderFate:
    """The result for one person: terkirim, sudah, sepi, tanpa_surel, gagal or rencana.

    `already`: all of it was told that day; `is_quiet`: nothing waits; `sebab` says why it failed.
    """

    nama: str
    hasil: str
    butir: int = 0
    sebab: str = ""


def penerima(session: Session, day: date, *, demo: bool) -> list[Recipient]:
    """Who has an account and an office that day, by name; demo accounts only in demo mode."""
    rows = session.execute(
        select(Orang.id, Pengguna.id, Orang.nama, Orang.surel)
        .join(Pengguna, Pengguna.orang_id == Orang.id)
        .where(
            Orang.aktif,
            Pengguna.aktif,
            or_(Pengguna.demo.is_(False), Pengguna.demo.is_(demo)),
            Orang.id.in_(select(Penugasan.orang_id).where(in_force(day))),
        )
        .order_by(Orang.nama, Orang.id)
    )
    return [Recipient(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class ReminderRun:
    """One run: its day, how near is near (working days), by whom mails go, and the transactions.

    `mail_carrier` None sends nothing and only reports.
    """

    read_in: OpenTransaction
    write_out: OpenTransaction
    day: date
    near: int
    now: datetime
    mail_carrier: Carrier | None
    alamat: str = ""

    def everything(self, people: Sequence[Recipient]) -> list[ReminderFate]:
        """Everybody's digest, one after the other; one that fails does not stop the others."""
        return [self.one_item(one) for one in people]

    def one_item(self, who: Recipient) -> ReminderFate:
        """One person's digest."""
        butir = self._waiting(who)
        if not butir:
            return ReminderFate(who.nama, "sepi")
        if not who.surel:
            return ReminderFate(who.nama, "tanpa_surel", len(butir))
        if not is_valid_email(who.surel):
            return ReminderFate(who.nama, "gagal", len(butir), "alamat surelnya tidak sah")
        if self.mail_carrier is None:
            return ReminderFate(who.nama, "rencana", len(butir))
        with self.write_out(EVERY_OPD) as session:
            ke, baru = _record(session, who, butir, self)
        if not baru:
            return ReminderFate(who.nama, "sudah")
        try:
            mail = letter(who.nama, who.surel, baru, self.day, self.alamat)
            self.mail_carrier.deliver(mail, self.now)
        except NotSent as problem:
            with self.write_out(EVERY_OPD) as session:
                _write(session, who, "gagal", ke, baru, str(problem), self)
            return ReminderFate(who.nama, "gagal", len(baru), str(problem))
        return ReminderFate(who.nama, "terkirim", len(baru))

    def _waiting(self, who: Recipient) -> list[DueEntry]:
        with self.read_in(EVERY_OPD) as session:
            actor = who.actor(session, self.day)
        scope = EVERY_OPD if actor.opd_ids is None else actor.opd_ids
        with self.read_in(scope) as session:
            return [one for one in to_do(session, actor, self.day) if one.is_pressing(self.near)]


def _record(
    session: Session, who: Recipient, butir: Sequence[DueEntry], run: ReminderRun
) -> tuple[int, list[DueEntry]]:
    """(number of the mail that day, what is new in it); nothing new where another run was first."""
    session.get_one(Orang, who.orang_id, with_for_update=True)  # two runs wait for each other
    told, last = _already_told(session, who.orang_id, run.day)
    baru = [one for one in butir if one.tanda not in told]
    if baru:
        _write(session, who, "mulai", last + 1, baru, "", run)
    return last + 1, baru


def _already_told(session: Session, orang_id: int, day: date) -> tuple[set[str], int]:
    """What the person was told that day and did go out (or may have), and the last number."""
    rows = session.scalars(
        select(Pengingat).where(Pengingat.orang_id == orang_id, Pengingat.tanggal == day)
    ).all()
    failed = {row.ke for row in rows if row.hasil == "gagal"}
    told = {tanda for row in rows if row.ke not in failed for tanda in row.butir}
    return told, max((row.ke for row in rows), default=0)


def _write(
    session: Session,
    who: Recipient,
    hasil: str,
    ke: int,
    butir: Sequence[DueEntry],
    sebab: str,
    run: ReminderRun,
) -> None:
    """The row and its event in the administration's chain."""
    assert run.mail_carrier is not None
    marks, cara = [one.tanda for one in butir], run.mail_carrier.cara
    session.add(
        Pengingat(
            orang_id=who.orang_id,
            tanggal=run.day,
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
            "tanggal": run.day.isoformat(),
            "ke": ke,
            "cara": cara,
            "butir": told,
            "sebab": sebab[:200],
        },
    )


#: Seconds that a mail server may be silent.
SILENCE_LIMIT: Final = 20.0


class NotSent(Exception):
    """This mail was not sent; the text says why and contains no secret."""


class Carrier(Protocol):
    """Sends a mail. `cara` is the way, as stored in the table `pengingat`."""

    @property
    def cara(self) -> str:
        """smtp or kotak."""

    def deliver(self, letter: Mail, now: datetime) -> None:
        """Send it; NotSent if that failed."""


def pesan(letter: Mail, from_address: str, now: datetime) -> EmailMessage:
    """The mail as RFC 5322 wants it; equal mails of one moment have equal bytes."""
    found = EmailMessage()
    found["From"], found["To"], found["Subject"] = (
        from_address,
        letter.recipient,
        letter.subject_line,
    )
    found["Date"] = format_datetime(now)
    mark = sha256(f"{letter.recipient}\n{letter.isi}\n{now.isoformat()}".encode()).hexdigest()[:32]
    found["Message-ID"] = f"<{mark}@{from_address.partition('@')[2]}>"
    found["Auto-Submitted"] = "auto-generated"
    found.set_content(letter.isi, cte="base64")
    return found


@dataclass(frozen=True, slots=True)
class SmtpCarrier:
    """By the mail server of the settings, with one connection per mail."""

    smtp: Smtp
    cara: str = "smtp"

    def deliver(self, letter: Mail, now: datetime) -> None:
        """Send the mail to the server."""
        try:
            with self._connected() as server:
                server.send_message(pesan(letter, self.smtp.sender, now))
        except (OSError, smtplib.SMTPException, ValueError) as problem:
            raise NotSent(_reason(problem)) from problem

    def _connected(self) -> smtplib.SMTP:
        host, port = self.smtp.host, self.smtp.port
        if self.smtp.security == "tls":
            context = ssl.create_default_context()
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                host, port, timeout=SILENCE_LIMIT, context=context
            )
        else:
            server = smtplib.SMTP(host, port, timeout=SILENCE_LIMIT)
        try:
            if self.smtp.security == "starttls":
                server.starttls(context=ssl.create_default_context())
            if self.smtp.user:
                server.login(self.smtp.user, self.smtp.password)
        except BaseException:
            server.close()
            raise
        return server


def _reason(problem: Exception) -> str:
    """Why, in a few words: the server's answer without what we had sent it."""
    if isinstance(problem, smtplib.SMTPAuthenticationError):
        return "server surel menolak nama atau kata sandi pengirim"
    if isinstance(problem, ssl.SSLCertVerificationError):
        return "sertifikat server surel tidak dapat dipercaya"
    if isinstance(problem, smtplib.SMTPNotSupportedError):
        return "server surel tidak menawarkan STARTTLS atau cara masuk yang dikenal"
    if isinstance(problem, smtplib.SMTPRecipientsRefused):
        return "server surel menolak alamat penerima"
    if isinstance(problem, smtplib.SMTPResponseException):
        return f"server surel menjawab {problem.smtp_code}"
    return f"server surel tidak dapat dihubungi ({type(problem).__name__})"


@dataclass(frozen=True, slots=True)
class FolderCarrier:
    """As a file `<day>-<mark>.eml` in a folder: whole or absent, the same mail is the same file."""

    folder: Path
    from_address: str = "kkpd@localhost"
    cara: str = "kotak"

    def deliver(self, letter: Mail, now: datetime) -> None:
        """Write the file."""
        data = pesan(letter, self.from_address, now).as_bytes()
        name = f"{now:%Y%m%d}-{sha256(data).hexdigest()[:24]}.eml"
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with intact(self.folder / name) as handle:
                handle.write(data)
        except OSError as problem:
            raise NotSent(f"folder surat tidak dapat ditulis ({problem.strerror})") from problem
