"""Audit packages in the background: written aside, then kept under their hash."""

from __future__ import annotations

import tempfile

from sqlalchemy import Engine

from kkpd.db.session import reading, writing
from kkpd.domain.rentang import parse
from kkpd.services import pekerjaan
from kkpd.services.pekerjaan import Tugas
from kkpd.web import paket
from kkpd.web.pekerja import Gudang, lingkup, pemohon, sekarang
from kkpd.web.pekerja_laporan import selesai


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
            pekerjaan.maju(session, task.id, done, of, sekarang())

    with tempfile.TemporaryFile() as out:
        asked = (task.permintaan["opd"], rentang)
        stores = (gudang.berkas, gudang.arsip)
        name = paket.buat(engine, actor, asked, stores, gudang.kunci, out, sekarang(), told)
        out.seek(0)
        digest = gudang.hasil.put(out.read())
    selesai(engine, task, digest, name, steps)
