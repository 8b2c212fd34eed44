"""Audit packages in the background: written to a temporary file, then kept under their hash."""

from __future__ import annotations

import tempfile

from sqlalchemy import Engine

from kkpd.core.db.session import reading, writing
from kkpd.core.span import parse
from kkpd.records import jobs as records_jobs
from kkpd.records.jobs import Job
from kkpd.reports.package import make as package_make
from kkpd.worker.context import WorkStores, coverage, requester, this_moment
from kkpd.worker.reports import selesai


def do_work(engine: Engine, work_stores: WorkStores, task: Job) -> None:
    """Make the package of the request."""
    span = parse(task.permintaan["periode"])
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
