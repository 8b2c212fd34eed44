"""A long reading or import under way: how far it is, and where it led."""

from __future__ import annotations

from flask import flash, make_response, render_template
from werkzeug.wrappers import Response

from kkpd.core.errors import NotFound
from kkpd.records import jobs as records_jobs
from kkpd.views.tagihan.base import as_fields, bp
from kkpd.web.globals import engine, now
from kkpd.web.page import see
from kkpd.web.request.context import chosen_opd
from kkpd.web.request.converters import Periode
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.transaction import reading
from kkpd.web.stores import work_stores
from kkpd.worker import importing, loop

#: Seconds after which the page looks again by itself, without JavaScript too.
REFRESH_SECONDS = 2


@bp.get("/pekerjaan/<int:pekerjaan_id>")
@needs("tagihan:lihat")
def maju(opd: str, periode: Periode, pekerjaan_id: int) -> Response:
    """The progress; when it is done, on to the check or to what came in."""
    row = records_jobs.one_item(reading(), actor(), pekerjaan_id, ("baca", "impor"))
    if row.opd_id != chosen_opd().id:
        raise NotFound("Pekerjaan ini tidak ada. Periksa alamatnya atau mulai dari menu.")
    if row.status == "selesai" and row.jenis == "baca":
        chosen, berkas_id = importing.from_request(row.permintaan)
        return see("tagihan.periksa", berkas_id=berkas_id, **as_fields(chosen))
    if row.status == "selesai":
        flash(row.pesan, "ok")
        return see("tagihan.impor", impor_id=row.impor_id)
    if records_jobs.pending(row, now()):
        loop.wake_worker(engine(), work_stores())
    response = make_response(render_template("pages/tagihan/pekerjaan.html", working=row))
    if row.status != "gagal":
        response.headers["Refresh"] = str(REFRESH_SECONDS)
    return response
