"""Reading a long file before the check: with progress, once per file and choice."""

from __future__ import annotations

from sqlalchemy import Engine

from kkpd.core.db.session import reading, writing
from kkpd.records import jobs as records_jobs
from kkpd.records.jobs import Job
from kkpd.worker import take_in
from kkpd.worker.context import WorkStores, report_progress, this_moment
from kkpd.worker.importing import opd_of, requested


def do_work(engine: Engine, work_stores: WorkStores, task: Job) -> None:
    """Read the file of the request to its end and keep the reading for the check.

    Refusals are the same as in the check.
    """
    opd_id = opd_of(task)
    with reading(engine, {opd_id}) as session:
        actor, berkas, chosen, data = requested(session, work_stores, task)
        progress = report_progress(engine, task, data.count(b"\n"))
        shelf = work_stores.file_reading
        read = take_in.read_file(session, shelf, opd_id, data, chosen, progress)
        take_in.make_plan(session, actor, berkas, chosen, read, this_moment())
    with writing(engine, {opd_id}) as session:
        count = len(read.lines)
        records_jobs.advance(session, task.id, count, count, this_moment())
        records_jobs.conclude(session, task.id, "selesai", f"{count} baris dibaca.", this_moment())
