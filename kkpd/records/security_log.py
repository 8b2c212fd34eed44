"""The security log: one line of JSON for each thing that a guard of the system must be able to see.

Every event of the event log gets a line when its transaction is committed, with its chain and
number; refusals, failed logins and downloads, which write no event, are noted by whoever sees them.
A line says when, in which request, from which address and session, who, what, and how it ended. It
holds no password, token, code, card number or content of a form (law 8).

The lines go to `keamanan.log` in the instance folder, to the program's own log, and to syslog where
a setting names it.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import logging
import logging.handlers
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Literal, get_args

from kkpd.core.config import Settings
from kkpd.core.pan import mask

Outcome = Literal["berhasil", "gagal", "ditolak"]
OUTCOMES: Final[tuple[str, ...]] = get_args(Outcome)

#: A file of the log is renamed when it reaches this size; so many old ones are kept.
MOST_BYTES: Final = 10 * 1024 * 1024
OLD_FILES: Final = 20
FILE: Final = "keamanan.log"

_log = logging.getLogger("kkpd.keamanan")
#: What is known of the request that is being answered in this thread.
_about: ContextVar[Mapping[str, object] | None] = ContextVar("about", default=None)
_key = b""


def note(kind: str, outcome: Outcome, **facts: object) -> None:
    """Write one line. `kind` is `area:subject:action`, as of events; `facts` are keys, numbers and
    names of things, never what a person typed (`digest` for that).
    """
    told = {"outcome": outcome, **facts}
    level = logging.INFO if outcome == "berhasil" else logging.WARNING
    _log.log(level, kind, extra={"facts": told})


def digest(text: str) -> str:
    """A mark by which lines about the same typed text can be found, without the text: somebody may
    type a password where the name belongs.
    """
    return hmac.new(_key, text.strip().lower().encode(), hashlib.sha256).hexdigest()[:16]


def about(facts: Mapping[str, object]) -> None:
    """What every line of this request says from now on, beside what it said already."""
    _about.set({**(_about.get() or {}), **facts})


def nothing_more() -> None:
    """The request is over."""
    _about.set(None)


class JsonLines(logging.Formatter):
    """A log record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Moment, level, logger, message, the request, the fields under `facts`, and a trace."""
        moment = datetime.fromtimestamp(record.created, UTC)
        line: dict[str, Any] = {
            "at": moment.isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= _about.get() or {}
        line |= getattr(record, "facts", {})
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return mask(json.dumps(line, ensure_ascii=False, default=str))


class KeptFile(logging.Handler):
    """Appends to one file that only its owner reads; several processes may write to it."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self.setFormatter(JsonLines())

    def emit(self, record: logging.LogRecord) -> None:
        """Append the line; a full or missing disk stops no request."""
        try:
            line = self.format(record).encode("utf-8", "backslashreplace") + b"\n"
            with self._alone():
                self._make_room(len(line))
                descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
                try:
                    os.fchmod(descriptor, 0o600)
                    os.write(descriptor, line)
                finally:
                    os.close(descriptor)
        except OSError as problem:
            sys.stderr.write(f"kkpd: {self.path.name} tidak dapat ditulis ({problem.strerror}).\n")

    @contextmanager
    def _alone(self) -> Iterator[None]:
        descriptor = os.open(self.path.with_suffix(".kunci"), os.O_RDONLY | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _make_room(self, more: int) -> None:
        """keamanan.log becomes keamanan.log.1, that one .2, and so on; the oldest goes."""
        with suppress(FileNotFoundError):
            if self.path.stat().st_size + more <= MOST_BYTES:
                return
            for number in range(OLD_FILES, 0, -1):
                newer = _numbered(self.path, number - 1)
                if newer.exists():
                    newer.replace(_numbered(self.path, number))


def _numbered(path: Path, number: int) -> Path:
    return path.with_name(f"{path.name}.{number}") if number else path


def files(folder: Path) -> list[Path]:
    """The files of the log in an instance folder, the newest first; some may not be there."""
    return [_numbered(folder / FILE, number) for number in range(OLD_FILES + 1)]


def setup(config: Settings) -> None:
    """Where the lines of this process go; the latest installation counts."""
    global _key
    _key = config.secret_key.encode()
    for handler in list(_log.handlers):
        _log.removeHandler(handler)
        handler.close()
    _log.setLevel(logging.INFO)
    _log.addHandler(KeptFile(config.instance / FILE))
    if config.security_log:
        _log.addHandler(_syslog(config.security_log))


def _syslog(place: str) -> logging.Handler:
    """A socket of this machine (`/dev/log`) or a server (`host:514`, by UDP): neither waits."""
    host, _, port = place.rpartition(":")
    address = place if place.startswith("/") else (host, int(port))
    handler = logging.handlers.SysLogHandler(address, logging.handlers.SysLogHandler.LOG_AUTHPRIV)
    handler.ident, handler.append_nul = "kkpd: ", False
    handler.setFormatter(JsonLines())
    return handler
