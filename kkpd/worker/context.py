"""The context of long work: stores and key, requester, progress."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from kkpd.core.db.session import EVERY_OPD, writing
from kkpd.core.moments import business_day
from kkpd.core.permissions import Actor
from kkpd.core.proof.log_key import load_signer
from kkpd.models import Orang, Pengguna
from kkpd.organisation import accounts as organisation_accounts
from kkpd.records import jobs as records_jobs
from kkpd.records.custody import Store
from kkpd.records.event_log import CheckpointSigner
from kkpd.records.jobs import Job
from kkpd.worker.kept_readings import ReadingShelf

#: Progress is written at most this often (seconds).
_REPORT_EVERY: Final = 1.0


@dataclass(frozen=True, slots=True)
class WorkStores:
    """The stores (bank files and evidence, issued reports, results of long work, readings of long
    files) and the key that signs checkpoints.
    """

    berkas: Store
    arsip: Store
    hasil: Store
    file_reading: ReadingShelf
    kunci: CheckpointSigner


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
