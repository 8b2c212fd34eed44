"""Mails about an account: a code that was asked for, and notices of changes.

They go out on a thread of their own, so that an answer never waits for a mail server, and asking
for a code takes the same time whether the account exists or not. Nothing is sent without
KKPD_SMTP_HOST. A mail that fails is noted in the log and not tried again.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime
from queue import Empty, Full, Queue
from typing import Final

from sqlalchemy import Engine

from kkpd.core.config import Settings
from kkpd.core.db.session import EVERY_OPD, writing
from kkpd.organisation import codes
from kkpd.oversight.remind import NotSent, SmtpCarrier
from kkpd.oversight.reminder_rules import Mail

_log = logging.getLogger("kkpd.account_mail")
#: Mails that may wait; what comes beyond is dropped, so that a flood fills nothing.
_QUEUE: Final[Queue[Callable[[], None]]] = Queue(maxsize=100)
_guard = threading.Lock()
#: Seconds after which an idle thread ends.
_IDLE: Final = 5.0
_threads: list[threading.Thread] = []

_CODE: Final = """\
Yth. {nama},

Ada yang meminta kode untuk kata sandi baru akun “{nama_masuk}” di Buku KKPD.

Kode: {code}

Kode berlaku satu jam dan hanya sekali. Pakailah di halaman {page}
Bila bukan Anda yang meminta, abaikan surel ini: kata sandi lama tetap berlaku.
"""


def send_code(engine: Engine, config: Settings, nama_masuk: str, now: datetime) -> None:
    """Mail a code to the owner of this login name, if there is one with a mail address."""

    def work() -> None:
        with writing(engine, EVERY_OPD) as session:
            found = codes.by_mail(session, nama_masuk, now)
        if found is not None:
            page = f"{config.public_url.rstrip('/')}/kode"
            text = _CODE.format(
                nama=found.nama, nama_masuk=found.nama_masuk, code=found.code, page=page
            )
            _deliver(config, Mail(found.recipient, "Kode untuk kata sandi baru", text), now)

    _later(config, work)


def send_notice(
    config: Settings, recipient: str | None, nama: str, said: str, now: datetime
) -> None:
    """Tell a person of a change of their account; nothing without an address."""
    if recipient:
        text = (
            f"Yth. {nama},\n\n{said}\n\n"
            "Bila bukan Anda yang meminta, hubungi administrator sekarang juga.\n"
        )
        letter = Mail(recipient, "Perubahan pada akun Buku KKPD Anda", text)
        _later(config, lambda: _deliver(config, letter, now))


def wait_idle() -> None:
    """Wait until every mail that was asked for went out or failed."""
    _QUEUE.join()


def _deliver(config: Settings, letter: Mail, now: datetime) -> None:
    assert config.smtp is not None
    try:
        SmtpCarrier(config.smtp).deliver(letter, now)
    except NotSent as problem:
        _log.warning("mail not sent: %s", problem)


def _later(config: Settings, work: Callable[[], None]) -> None:
    if config.smtp is None:
        return
    with _guard:
        try:
            _QUEUE.put_nowait(work)
        except Full:
            _log.warning("too many mails wait; one was dropped")
            return
        if not _threads:
            _threads.append(threading.Thread(target=_work, daemon=True))
            _threads[0].start()


def _work() -> None:
    while True:
        try:
            work = _QUEUE.get(timeout=_IDLE)
        except Empty:
            with _guard:
                if _QUEUE.empty():
                    _threads.clear()
                    return
            continue
        try:
            work()
        except Exception:  # noqa: BLE001 -- the next mail goes out all the same
            _log.exception("a mail about an account failed")
        finally:
            _QUEUE.task_done()
