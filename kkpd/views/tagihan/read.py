"""Reading a long file before its check: asked for by a button, done by the worker, once."""

from __future__ import annotations

from flask import request
from werkzeug.wrappers import Response

from kkpd.records import jobs as records_jobs
from kkpd.views.tagihan.base import bp, kept, options, store
from kkpd.web.globals import engine, now
from kkpd.web.page import see
from kkpd.web.request.context import chosen_opd
from kkpd.web.request.converters import Periode
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.transaction import writing
from kkpd.web.stores import work_stores
from kkpd.worker import importing, loop, take_in
from kkpd.worker.take_in import TakeInChoice


@bp.post("/berkas/<int:berkas_id>/baca")
@needs("tagihan:unggah")
def baca(opd: str, periode: Periode, berkas_id: int) -> Response:
    """Have the kept file read with the choices sent; a second click finds the first."""
    return read_later(berkas_id, options(request.form))


def read_later(berkas_id: int, chosen: TakeInChoice) -> Response:
    """Queue the reading, and on to its progress. Nothing that was read so before is read again."""
    with writing() as session:
        berkas = kept(session, berkas_id)
        key = take_in.kunci(session, berkas.opd_id, store().get(berkas.sha256), chosen)
        asked = importing.as_request(berkas_id, chosen)
        gone = not work_stores().file_reading.present(key)
        row = records_jobs.enqueue(
            session, actor(), chosen_opd().id, asked, now(), "baca", lost=gone
        )
        row_id = row.id
    loop.wake_worker(engine(), work_stores())
    return see("tagihan.maju", pekerjaan_id=row_id)
