"""The worker: one thread in the server's process, started when work is requested.

It claims rows and calls the handler of their kind. If the process dies, the row stays and the next
worker takes it over.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Final
from weakref import WeakKeyDictionary

from sqlalchemy import Engine

from kkpd.core.db.session import EVERY_OPD, writing
from kkpd.core.errors import DomainError, TooLarge, Unreadable
from kkpd.records import jobs as records_jobs
from kkpd.records import security_log
from kkpd.records.jobs import Job
from kkpd.worker.context import WorkStores, coverage, this_moment

_BROKEN_OFF: Final = (
    "Program berhenti di tengah pekerjaan ini. Belum ada yang jadi; coba sekali lagi."
)


#: The handler of one kind of work; it ends the job's row itself, or raises.
Handler = Callable[[Engine, WorkStores, Job], None]

_threads: WeakKeyDictionary[Engine, threading.Thread] = WeakKeyDictionary()
_guard = threading.Lock()


def wake_worker(engine: Engine, work_stores: WorkStores) -> None:
    """Make sure that a worker runs; it ends when nothing waits any more."""
    with _guard:
        running = _threads.get(engine)
        if running is None or not running.is_alive():
            thread = threading.Thread(target=do_work, args=(engine, work_stores), daemon=True)
            _threads[engine] = thread
            thread.start()


def wait_idle(engine: Engine, seconds: float) -> None:
    """Wait until the worker has nothing more to do."""
    running = _threads.get(engine)
    if running is not None:
        running.join(seconds)


def do_work(engine: Engine, work_stores: WorkStores) -> None:
    """Claim and process rows until none waits."""
    while True:
        with writing(engine, EVERY_OPD) as session:
            task = records_jobs.claim(session, this_moment())
        if task is None:
            return
        _do(engine, work_stores, task)


def _do(engine: Engine, work_stores: WorkStores, task: Job) -> None:
    done, said = False, _BROKEN_OFF
    try:
        handlers()[task.jenis](engine, work_stores, task)
        done = True
    except DomainError as refusal:
        said = refusal.message
        if isinstance(refusal, TooLarge | Unreadable):
            security_log.note("berkas:baca", "ditolak", subject=f"pekerjaan:{task.id}")
    finally:
        if not done:
            with writing(engine, coverage(task)) as session:
                records_jobs.conclude(session, task.id, "gagal", said, this_moment())


def handlers() -> Mapping[str, Handler]:
    """kind -> handler; imported only when there is work, not when the server starts."""
    from kkpd.worker import importing, reports

    return {
        "baca": importing.read_ahead,
        "impor": importing.import_file,
        "laporan": reports.make_report,
        "paket": reports.make_package,
    }
