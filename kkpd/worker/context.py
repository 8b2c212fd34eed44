"""The context of long work: stores, kept readings and key, requester, progress.

Readings are kept aside, so that each file is read once: for the upload, the check and taking it in.
They are keyed by the hash of the file, the profile and the answers. Card numbers are hidden
already. A reading is thrown away when its file is taken in, or after a week. Only the shapes of a
reading are loaded from these files: one that somebody else put there runs nothing.
"""

from __future__ import annotations

import hashlib
import pickle
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from kkpd.core.db.session import EVERY_OPD, writing
from kkpd.core.files import intact
from kkpd.core.moments import business_day
from kkpd.core.permissions import Actor
from kkpd.core.proof.canonical import Json, dumps
from kkpd.core.proof.log_key import load_signer
from kkpd.engines.reading import apart
from kkpd.engines.reading.statement import Statement
from kkpd.models import Orang, Pengguna
from kkpd.organisation import accounts as organisation_accounts
from kkpd.records import jobs as records_jobs
from kkpd.records.custody import Store
from kkpd.records.jobs import Job
from kkpd.records.log_signing import KeyHolder

#: The form of these files; another one is read anew.
SHAPE: Final = 6
_WEEK_SECONDS: Final = 7 * 24 * 3600
#: What reading a damaged file, or one of another version, ends with.
_DAMAGED: Final = (
    *(pickle.UnpicklingError, EOFError, ValueError, TypeError, LookupError),
    *(AttributeError, ImportError, MemoryError),
)


@dataclass(frozen=True, slots=True)
class ReadingShelf:
    """The folder of readings; a reading is whole or absent."""

    root: Path

    def present(self, kunci: str) -> bool:
        """Whether the file was read so."""
        return (self.root / kunci).exists()

    def load_data(self, kunci: str) -> Statement | None:
        """The reading; None when there is none, or none that can still be read: it is made anew."""
        try:
            with (self.root / kunci).open("rb") as handle:
                return apart.unpacked(handle)
        except FileNotFoundError:
            return None
        except _DAMAGED:
            self.drop(kunci)
            return None

    def save(self, kunci: str, packed: bytes) -> None:
        """Keep a reading (`apart.parsed`), and throw away those that nobody came for."""
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        for old in self.root.iterdir():
            if old.stat().st_mtime < time.time() - _WEEK_SECONDS:
                old.unlink(missing_ok=True)
        with intact(self.root / kunci) as handle:
            handle.write(packed)

    def drop(self, kunci: str) -> None:
        """The file is in the books: its reading has done its work."""
        (self.root / kunci).unlink(missing_ok=True)


def reading_key(sha256: str, profil: str, jawaban: Mapping[str, str]) -> str:
    """What a reading depends on; `profil` is the profile's text, empty for recognition."""
    asked: Json = {"bentuk": SHAPE, "isi": sha256, "profil": profil, "jawaban": dict(jawaban)}
    return hashlib.sha256(dumps(asked)).hexdigest()


#: Progress is written at most this often (seconds).
_REPORT_EVERY: Final = 1.0


@dataclass(frozen=True, slots=True)
class WorkStores:
    """The stores (bank files and evidence, issued reports, results of long work, readings of long
    files) and the holder of the log's key.
    """

    berkas: Store
    arsip: Store
    hasil: Store
    file_reading: ReadingShelf
    kunci: KeyHolder


def work_stores_in(instance: Path) -> WorkStores:
    """The stores and the key of an installation."""
    return WorkStores(
        Store(instance / "berkas"),
        Store(instance / "arsip"),
        Store(instance / "hasil"),
        ReadingShelf(instance / "bacaan"),
        load_signer(instance),
    )


def coverage(task: Job) -> Iterable[int] | str:
    """The OPDs that the work may see."""
    return EVERY_OPD if task.opd_id is None else {task.opd_id}


def report_progress(engine: Engine, task: Job, total: int) -> Callable[[int], None]:
    """A function to report progress, written to the row at most once a second."""
    last = time.monotonic()

    def told(count: int) -> None:
        nonlocal last
        if time.monotonic() - last < _REPORT_EVERY:
            return
        last = time.monotonic()
        with writing(engine, coverage(task)) as session:
            records_jobs.advance(session, task.id, count, max(count, total), this_moment())

    return told


def requester(session: Session, orang_id: int) -> Actor:
    """The requester with today's assignments; rights that ended meanwhile are gone."""
    row = session.execute(
        select(Pengguna.id, Orang.nama)
        .join(Orang, Orang.id == Pengguna.orang_id)
        .where(Orang.id == orang_id)
    ).one()
    tasks = organisation_accounts.assignments_on(session, orang_id, business_day(this_moment()))
    return Actor(orang_id, row.id, row.nama, tasks)


def this_moment() -> datetime:
    """This moment."""
    return datetime.now(UTC)
