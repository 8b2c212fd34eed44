"""What was taken in, when and by whom, and every row that was left out with its reason."""

from __future__ import annotations

from flask import render_template

from kkpd.tagihan import files as reads
from kkpd.views.tagihan.base import bp
from kkpd.views.tagihan.layout_form import ANSWER_MEANINGS, KEY_MEANINGS
from kkpd.web.request.context import chosen_opd
from kkpd.web.request.converters import Periode
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.transaction import reading
from kkpd.web.tables import after
from kkpd.worker import take_in

#: Skipped rows on one page.
PAGE_SIZE = 200


@bp.get("/riwayat")
@needs("tagihan:lihat")
def riwayat(opd: str, periode: Periode) -> str:
    """The takings-in of this OPD, the newest first."""
    rows, more = reads.history(reading(), actor(), chosen_opd().id, after())
    titles = take_in.profile_titles(reading(), chosen_opd().id)
    return render_template(
        "pages/tagihan/riwayat.html", rows=rows, next_up=more, profile_titles=titles
    )


@bp.get("/riwayat/<int:impor_id>")
@needs("tagihan:lihat")
def impor(opd: str, periode: Periode, impor_id: int) -> str:
    """One taking-in: its counts, remarks and skipped rows."""
    session, opd_id = reading(), chosen_opd().id
    one = reads.one_import(session, actor(), opd_id, impor_id)
    skipped, start = (
        reads.lewat(session, opd_id, impor_id),
        after(),
    )
    return render_template(
        "pages/tagihan/impor.html",
        impor=one,
        lewat=skipped[start : start + PAGE_SIZE],
        banyak=len(skipped),
        next_up=start + PAGE_SIZE if start + PAGE_SIZE < len(skipped) else None,
        catatan=reads.catatan(session, opd_id, impor_id),
        profile_titles=take_in.profile_titles(session, opd_id),
        arti_kunci=KEY_MEANINGS,
        arti_jawaban=ANSWER_MEANINGS,
    )
