"""Reading a long file before it is checked: told its progress, done once a file and choice."""

from __future__ import annotations

from sqlalchemy import Engine

from kkpd.core.db.session import reading, writing
from kkpd.records import jobs as records_jobs
from kkpd.records.jobs import Tugas
from kkpd.worker import take_in
from kkpd.worker.context import Gudang, kemajuan, sekarang
from kkpd.worker.importing import diminta, opd_dari


def kerjakan(engine: Engine, gudang: Gudang, task: Tugas) -> None:
    """Read the file of the request to its end and keep the reading for the check.

    What the check would refuse is refused here, with the same sentence.
    """
    opd_id = opd_dari(task)
    with reading(engine, {opd_id}) as session:
        actor, berkas, chosen, key, lines = diminta(session, gudang, task)
        progress = kemajuan(engine, task, lines)
        read = take_in.gulung_berkas(session, gudang.berkas, berkas, chosen, progress)
        take_in.rencanakan(session, actor, berkas, chosen, read, sekarang())
    gudang.bacaan.simpan(key, read)
    with writing(engine, {opd_id}) as session:
        count = read.gulungan.banyak
        records_jobs.maju(session, task.id, count, count, sekarang())
        records_jobs.akhiri(session, task.id, "selesai", f"{count} baris dibaca.", sekarang())
