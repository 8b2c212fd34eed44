"""Long reports and audit packages: made outside the request, kept under their hash for download."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import date

from sqlalchemy import Engine

from kkpd.core.db.session import reading, writing
from kkpd.core.moments import parse_span
from kkpd.engines.paper.writers import WRITERS, draw
from kkpd.records import jobs as records_jobs
from kkpd.records.jobs import Job
from kkpd.reports import named
from kkpd.reports.package import make as package_make
from kkpd.worker.context import WorkStores, coverage, requester, this_moment

#: The steps: compose, draw, keep.
_STEPS = 3
#: Seconds between two checks whether the work was cancelled.
PAUSE_SECONDS = 1.0


def make_report(engine: Engine, work_stores: WorkStores, task: Job) -> None:
    """Compose and draw the requested report, and keep the file."""
    asked, ending, day = from_request(task.permintaan)
    _step(engine, task, 0)
    with reading(engine, coverage(task)) as session:
        document = named.compose(session, requester(session, task.oleh_id), asked, day)
    _step(engine, task, 1)
    if ending == "pdf":
        data = draw(document, None, _once_a_second(lambda: _step(engine, task, 1)))
    else:
        data = WRITERS[ending](document)
    _step(engine, task, 2)
    name = f"{asked.nama}-{asked.opd}-{asked.span.kode}.{ending}"
    selesai(engine, task, work_stores.hasil.put(data), name, _STEPS)


def _once_a_second(look: Callable[[], None]) -> Callable[[], None]:
    """`look` at most once a second: a sign of life; raises if it was cancelled."""
    last = time.monotonic()

    def between_pages() -> None:
        nonlocal last
        if time.monotonic() - last >= PAUSE_SECONDS:
            look()
            last = time.monotonic()

    return between_pages


def selesai(engine: Engine, task: Job, digest: str, name: str, steps: int) -> None:
    """End the row with the file that was made."""
    with writing(engine, coverage(task)) as session:
        records_jobs.advance(session, task.id, steps, steps, this_moment())
        said = f"Berkas {name} siap diunduh."
        records_jobs.conclude(
            session, task.id, "selesai", said, this_moment(), hasil=(digest, name)
        )


def _step(engine: Engine, task: Job, done: int) -> None:
    with writing(engine, coverage(task)) as session:
        records_jobs.advance(session, task.id, done, _STEPS, this_moment())


def as_request(asked: named.ReportRequest, ending: str, day: date, sidik: str) -> dict[str, str]:
    """A request for the job's row; the data's `sidik` makes a changed report a new job."""
    return {
        "nama": asked.nama,
        "opd": asked.opd,
        "periode": asked.span.kode,
        "bentuk": ending,
        "hari": day.isoformat(),
        "sidik": sidik,
    }


def from_request(fields: Mapping[str, str]) -> tuple[named.ReportRequest, str, date]:
    """The request, the form of the file and the report's day."""
    asked = named.ReportRequest(
        nama=fields["nama"], opd=fields["opd"], span=parse_span(fields["periode"])
    )
    return asked, fields["bentuk"], date.fromisoformat(fields["hari"])


def make_package(engine: Engine, work_stores: WorkStores, task: Job) -> None:
    """Make the package of the request."""
    span = parse_span(task.permintaan["periode"])
    with reading(engine, coverage(task)) as session:
        actor = requester(session, task.oleh_id)
    steps = 1

    def told(done: int, of: int) -> None:
        nonlocal steps
        steps = of
        with writing(engine, coverage(task)) as session:
            records_jobs.advance(session, task.id, done, of, this_moment())

    with tempfile.TemporaryFile() as out:
        asked = (task.permintaan["opd"], span)
        stores = (work_stores.berkas, work_stores.arsip)
        name = package_make.build(
            engine, actor, asked, stores, work_stores.kunci, out, this_moment(), told
        )
        out.seek(0)
        digest = work_stores.hasil.put(out.read())
    selesai(engine, task, digest, name, steps)
