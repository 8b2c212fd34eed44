"""Audit packages in the background: written aside, then kept under their hash."""

from __future__ import annotations

import tempfile

from sqlalchemy import Engine

from kkpd.core.db.session import reading, writing
from kkpd.core.span import parse
from kkpd.records import jobs as records_jobs
from kkpd.records.jobs import Tugas
from kkpd.reports.package import make as package_make
from kkpd.worker.context import Gudang, lingkup, pemohon, sekarang
from kkpd.worker.reports import selesai


def kerjakan(engine: Engine, gudang: Gudang, task: Tugas) -> None:
    """Make the package of the request."""
    rentang = parse(task.permintaan["periode"])
    with reading(engine, lingkup(task)) as session:
        actor = pemohon(session, task.oleh_id)
    steps = 1

    def told(done: int, of: int) -> None:
        nonlocal steps
        steps = of
        with writing(engine, lingkup(task)) as session:
            records_jobs.maju(session, task.id, done, of, sekarang())

    with tempfile.TemporaryFile() as out:
        asked = (task.permintaan["opd"], rentang)
        stores = (gudang.berkas, gudang.arsip)
        name = package_make.buat(engine, actor, asked, stores, gudang.kunci, out, sekarang(), told)
        out.seek(0)
        digest = gudang.hasil.put(out.read())
    selesai(engine, task, digest, name, steps)
