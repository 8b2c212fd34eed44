"""The security log for the inspector: who tried what, from where, and how it ended.

The files are read backwards, a block at a time, so that a long log costs no memory. One page reads
at most MOST_READ bytes; where that is not enough the page says up to which moment it has looked.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, BinaryIO, Final
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.core.permissions import Actor, require
from kkpd.models import Orang, Pengguna
from kkpd.oversight.event_words import words_of
from kkpd.records import security_log
from kkpd.records.security_log import OUTCOMES

PAGE_SIZE: Final = 40
MOST_READ: Final = 32 * 1024 * 1024
_BLOCK: Final = 64 * 1024
#: A line is a few hundred bytes; what is longer is no line of ours.
_LONGEST: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class LogFilter:
    """What of the log is wanted; empty is all. `before` is the moment behind which a page ends."""

    pengguna_id: int | None = None
    area: str = ""
    outcome: str = ""
    day: date | None = None
    before: datetime | None = None

    def words(self) -> list[bytes]:
        """What stands in every line that fits, as it is written: cheaper than reading it all."""
        found = []
        if self.area:
            found.append(f'"message": "{self.area}:'.encode())
        if self.outcome in OUTCOMES:
            found.append(f'"outcome": "{self.outcome}"'.encode())
        return found


@dataclass(frozen=True, slots=True)
class LoggedAct:
    """One line in words; `act` is Indonesian, to be translated by the page."""

    at: datetime
    who: str
    act: str
    kind: str
    outcome: str
    address: str
    about: str


@dataclass(frozen=True, slots=True)
class LogPage:
    """The newest lines that fit; `next_before` begins the next page, `looked_until` says up to
    where was looked when there may be more that fits.
    """

    rows: tuple[LoggedAct, ...]
    next_before: datetime | None
    looked_until: datetime | None


def listing(
    session: Session,
    actor: Actor,
    folder: Path,
    asked: LogFilter,
    zone: str,
    limit: int = PAGE_SIZE,
) -> LogPage:
    """The newest lines that fit, newest first; lines of one moment are never on two pages."""
    require(actor, "peristiwa:lihat")
    begins, ends = _span(asked, zone)
    found: list[dict[str, Any]] = []
    last: datetime | None = None
    read = 0
    for raw in _backwards(folder, ends):
        at = _moment(raw)
        if at is None or at >= ends:
            continue
        if at < begins:
            break
        if last is not None and at != last and (len(found) >= limit or read > MOST_READ):
            return LogPage(_told(session, found), last, None if len(found) >= limit else last)
        last, read = at, read + len(raw)
        line = _line(raw) if all(word in raw for word in asked.words()) else None
        if line is not None and asked.pengguna_id in (None, *_accounts(line)):
            found.append(line)
    return LogPage(_told(session, found), None, None)


def people(session: Session, actor: Actor) -> tuple[tuple[int, str], ...]:
    """Every account with the name of its person, for choosing."""
    require(actor, "peristiwa:lihat")
    rows = session.execute(select(Pengguna.id, Orang.nama).join(Orang).order_by(Orang.nama))
    return tuple((key, nama) for key, nama in rows)


def _span(asked: LogFilter, zone: str) -> tuple[datetime, datetime]:
    """The moments between which lines are wanted."""
    begins, ends = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    if asked.day is not None:
        begins = datetime.combine(asked.day, time(), ZoneInfo(zone))
        ends = begins + timedelta(days=1)
    return begins, min(ends, asked.before or ends)


def _backwards(folder: Path, ends: datetime) -> Iterator[bytes]:
    """Every line of the log's files, the newest first, without the files that begin after `ends`.
    They are opened before the first is read; one that is renamed at that moment is not read twice.
    """
    with ExitStack() as stack:
        opened: dict[int, BinaryIO] = {}
        for path in security_log.files(folder):
            try:
                handle = stack.enter_context(path.open("rb"))
            except FileNotFoundError:
                continue
            opened.setdefault(os.fstat(handle.fileno()).st_ino, handle)
        for file in opened.values():
            begins = _moment(file.readline(_LONGEST))
            if begins is None or begins < ends:
                yield from _lines_of(file)


def _lines_of(handle: BinaryIO) -> Iterator[bytes]:
    place, rest = handle.seek(0, os.SEEK_END), b""
    while place:
        size = min(_BLOCK, place)
        place -= size
        handle.seek(place)
        first, *whole = (handle.read(size) + rest).split(b"\n")
        yield from (line for line in reversed(whole) if line)
        rest = first[:_LONGEST]
    if rest:
        yield rest


def _moment(raw: bytes) -> datetime | None:
    """When the line was written; it stands first in every line of ours."""
    head, _, tail = raw.partition(b'"at": "')
    try:
        found = datetime.fromisoformat(tail[: tail.index(b'"')].decode("ascii"))
    except ValueError:
        return None
    return found if head == b"{" and found.tzinfo is not None else None


def _line(raw: bytes) -> dict[str, Any] | None:
    try:
        line = json.loads(raw)
    except ValueError:
        return None
    told = isinstance(line, dict) and isinstance(line.get("message"), str)
    return line if told else None


def _accounts(line: dict[str, Any]) -> set[int]:
    """Who acted, and whose account it is about."""
    about = str(line.get("subject", "")).removeprefix("pengguna:")
    ids = {line.get("pengguna_id"), int(about) if about.isdecimal() else None}
    return {one for one in ids if isinstance(one, int)}


def _told(session: Session, lines: list[dict[str, Any]]) -> tuple[LoggedAct, ...]:
    ids = set().union(*map(_accounts, lines)) if lines else set()
    known = select(Pengguna.id, Orang.nama).join(Orang).where(Pengguna.id.in_(ids))
    names = {row.id: row.nama for row in session.execute(known)}
    return tuple(_act(line, names) for line in lines)


def _act(line: dict[str, Any], names: dict[int, str]) -> LoggedAct:
    kind, subject = str(line["message"]), str(line.get("subject") or "")
    key = subject.removeprefix("pengguna:")
    if subject.startswith("pengguna:"):
        subject = names.get(int(key), "") if key.isdecimal() else f"nama tak dikenal {key[:8]}"
    who = names.get(line.get("pengguna_id") or 0, "")
    about = subject.replace(":", " ") if subject != who else ""
    return LoggedAct(
        datetime.fromisoformat(line["at"]),
        who,
        words_of(kind) or kind,
        kind,
        str(line.get("outcome", "")),
        str(line.get("address", "")),
        " ".join(part for part in (about, str(line.get("path") or "")) if part),
    )
