"""How a mail leaves: by SMTP, or as an .eml file in a folder where no mail server is set.

A carrier is tried once a mail; what goes wrong with one address is a `TidakTerkirim` with a
sentence, and the next address is tried (`kkpd remind`).
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
from kkpd.oversight.reminder_rules import Surat
from kkpd.records.custody import utuh

#: Seconds that a mail server may be silent.
DIAM: Final = 20.0


class TidakTerkirim(Exception):
    """This mail did not go out; the text says why and holds no secret."""


class Pengantar(Protocol):
    """Who takes a mail away. `cara` is how, as the table `pengingat` says it."""

    @property
    def cara(self) -> str:
        """smtp or kotak."""

    def antar(self, surat: Surat, now: datetime) -> None:
        """Take it; TidakTerkirim when it did not go."""


def pesan(surat: Surat, pengirim: str, now: datetime) -> EmailMessage:
    """The mail as RFC 5322 wants it; equal mails of one moment have equal bytes."""
    found = EmailMessage()
    found["From"], found["To"], found["Subject"] = pengirim, surat.kepada, surat.perihal
    found["Date"] = format_datetime(now)
    mark = sha256(f"{surat.kepada}\n{surat.isi}\n{now.isoformat()}".encode()).hexdigest()[:32]
    found["Message-ID"] = f"<{mark}@{pengirim.partition('@')[2]}>"
    found["Auto-Submitted"] = "auto-generated"
    found.set_content(surat.isi, cte="base64")
    return found


@dataclass(frozen=True, slots=True)
class LewatSmtp:
    """By the mail server of the settings: one connection a mail, so one failure stays one."""

    smtp: Smtp
    cara: str = "smtp"

    def antar(self, surat: Surat, now: datetime) -> None:
        """Hand the mail to the server."""
        try:
            with self._terhubung() as server:
                server.send_message(pesan(surat, self.smtp.sender, now))
        except (OSError, smtplib.SMTPException, ValueError) as problem:
            raise TidakTerkirim(_sebab(problem)) from problem

    def _terhubung(self) -> smtplib.SMTP:
        host, port = self.smtp.host, self.smtp.port
        if self.smtp.security == "tls":
            context = ssl.create_default_context()
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=DIAM, context=context)
        else:
            server = smtplib.SMTP(host, port, timeout=DIAM)
        try:
            if self.smtp.security == "starttls":
                server.starttls(context=ssl.create_default_context())
            if self.smtp.user:
                server.login(self.smtp.user, self.smtp.password)
        except BaseException:
            server.close()
            raise
        return server


def _sebab(problem: Exception) -> str:
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
class KeFolder:
    """As a file `<day>-<mark>.eml` in a folder: whole or absent, the same mail is the same file."""

    folder: Path
    pengirim: str = "kkpd@localhost"
    cara: str = "kotak"

    def antar(self, surat: Surat, now: datetime) -> None:
        """Write the file."""
        data = pesan(surat, self.pengirim, now).as_bytes()
        name = f"{now:%Y%m%d}-{sha256(data).hexdigest()[:24]}.eml"
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with utuh(self.folder / name, 0o600) as handle:
                handle.write(data)
        except OSError as problem:
            raise TidakTerkirim(
                f"folder surat tidak dapat ditulis ({problem.strerror})"
            ) from problem
