"""Reading a long file before its check: asked for by a button, done by the worker, once."""

from __future__ import annotations

from flask import request
from werkzeug.wrappers import Response

from kkpd.services import pekerjaan
from kkpd.views.tagihan.dasar import bp, kept, pilihan, store
from kkpd.web import pekerja, pekerja_impor, penerimaan
from kkpd.web.context import chosen_opd
from kkpd.web.converters import Periode
from kkpd.web.ground import engine, now
from kkpd.web.page import see
from kkpd.web.penerimaan import Pilihan
from kkpd.web.penyimpanan import gudang
from kkpd.web.permissions import actor, needs
from kkpd.web.transaction import writing


@bp.post("/berkas/<int:berkas_id>/baca")
@needs("tagihan:unggah")
def baca(opd: str, periode: Periode, berkas_id: int) -> Response:
    """Have the kept file read with the choices sent; a second click finds the first."""
    return baca_nanti(berkas_id, pilihan(request.form))


def baca_nanti(berkas_id: int, chosen: Pilihan) -> Response:
    """Queue the reading, and on to its progress. Nothing that was read so before is read again."""
    with writing() as session:
        berkas = kept(session, berkas_id)
        key = penerimaan.kunci(session, berkas, store().get(berkas.sha256), chosen)
        asked = pekerja_impor.ke_permintaan(berkas_id, chosen)
        gone = not gudang().bacaan.ada(key)
        row = pekerjaan.antre(session, actor(), chosen_opd().id, asked, now(), "baca", hilang=gone)
        row_id = row.id
    pekerja.bangunkan(engine(), gudang())
    return see("tagihan.maju", pekerjaan_id=row_id)
