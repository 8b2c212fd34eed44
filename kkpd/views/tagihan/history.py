"""What was taken in, when and by whom, and every row that was left out with its reason."""

from __future__ import annotations

from flask import render_template, request

from kkpd.tagihan import files as reads
from kkpd.views.tagihan.base import bp
from kkpd.views.tagihan.layout_form import ARTI_JAWABAN, ARTI_KUNCI
from kkpd.web.request.context import chosen_opd
from kkpd.web.request.converters import Periode
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.transaction import reading
from kkpd.worker import take_in

#: Skipped rows on one page.
SEHALAMAN = 200


@bp.get("/riwayat")
@needs("tagihan:lihat")
def riwayat(opd: str, periode: Periode) -> str:
    """The takings-in of this OPD, the newest first."""
    rows, more = reads.riwayat(reading(), actor(), chosen_opd().id, _number())
    titles = take_in.judul_bentuk(reading(), chosen_opd().id)
    return render_template(
        "pages/tagihan/riwayat.html", rows=rows, berikut=more, judul_bentuk=titles
    )


@bp.get("/riwayat/<int:impor_id>")
@needs("tagihan:lihat")
def impor(opd: str, periode: Periode, impor_id: int) -> str:
    """One taking-in: its counts, remarks and skipped rows."""
    session, opd_id = reading(), chosen_opd().id
    one = reads.satu_impor(session, actor(), opd_id, impor_id)
    skipped, start = reads.lewat(session, opd_id, impor_id), _number()
    return render_template(
        "pages/tagihan/impor.html",
        impor=one,
        lewat=skipped[start : start + SEHALAMAN],
        banyak=len(skipped),
        berikut=start + SEHALAMAN if start + SEHALAMAN < len(skipped) else None,
        catatan=reads.catatan(session, opd_id, impor_id),
        judul_bentuk=take_in.judul_bentuk(session, opd_id),
        arti_kunci=ARTI_KUNCI,
        arti_jawaban=ARTI_JAWABAN,
    )


def _number() -> int:
    key = request.args.get("sesudah", "")
    return int(key) if key.isascii() and key.isdigit() and len(key) < 12 else 0
