"""A long reading or import under way: how far it is, and where it led."""

from __future__ import annotations

from flask import flash, make_response, render_template
from werkzeug.wrappers import Response

from kkpd.domain.errors import NotFound
from kkpd.services import pekerjaan
from kkpd.views.tagihan.dasar import as_fields, bp
from kkpd.web import pekerja, pekerja_impor
from kkpd.web.context import chosen_opd
from kkpd.web.converters import Periode
from kkpd.web.ground import engine, now
from kkpd.web.page import see
from kkpd.web.penyimpanan import gudang
from kkpd.web.permissions import actor, needs
from kkpd.web.transaction import reading

#: Seconds after which the page looks again by itself, without JavaScript too.
LIHAT_LAGI = 2


@bp.get("/pekerjaan/<int:pekerjaan_id>")
@needs("tagihan:lihat")
def maju(opd: str, periode: Periode, pekerjaan_id: int) -> Response:
    """The progress; when it is done, on to the check or to what came in."""
    row = pekerjaan.satu(reading(), actor(), pekerjaan_id, ("baca", "impor"))
    if row.opd_id != chosen_opd().id:
        raise NotFound("Pekerjaan ini tidak ada. Periksa alamatnya atau mulai dari menu.")
    if row.status == "selesai" and row.jenis == "baca":
        chosen, berkas_id = pekerja_impor.dari_permintaan(row.permintaan)
        return see("tagihan.periksa", berkas_id=berkas_id, **as_fields(chosen))
    if row.status == "selesai":
        flash(row.pesan, "ok")
        return see("tagihan.impor", impor_id=row.impor_id)
    if pekerjaan.menunggu(row, now()):
        pekerja.bangunkan(engine(), gudang())
    response = make_response(render_template("pages/tagihan/pekerjaan.html", kerja=row))
    if row.status != "gagal":
        response.headers["Refresh"] = str(LIHAT_LAGI)
    return response
