"""Sending mail by SMTP, or as an .eml file in a folder if no mail server is set.

A carrier is tried once per mail; a failure for one address is a `NotSent` with a sentence, and the
next address is tried (`kkpd remind`).
"""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from hashlib import sha256
from pathlib import Path
from typing import Final, Protocol

from kkpd.core.config import Smtp
from kkpd.oversight.reminder_rules import Mail
from kkpd.records.custody import intact

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
            with intact(self.folder / name, 0o600) as handle:
                handle.write(data)
        except OSError as problem:
            raise NotSent(f"folder surat tidak dapat ditulis ({problem.strerror})") from problem
