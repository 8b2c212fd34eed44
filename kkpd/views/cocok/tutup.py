"""Closing a month: what is open, then the act."""

from __future__ import annotations

from flask import flash, render_template
from werkzeug.wrappers import Response

from kkpd import tieout
from kkpd.domain.rentang import Rentang
from kkpd.queries import cocok as lihat
from kkpd.queries import empat, standing
from kkpd.services import periode as periode_service
from kkpd.views.cocok.dasar import bp
from kkpd.web.context import chosen_opd
from kkpd.web.converters import Periode
from kkpd.web.ground import now, today
from kkpd.web.istilah import NAMA_SELISIH
from kkpd.web.page import see
from kkpd.web.penerbit import penerbit
from kkpd.web.permissions import actor, needs
from kkpd.web.transaction import reading, writing
from kkpd.web.translation import _


@bp.get("/tutup")
@needs("periode:tutup")
def periksa_tutup(opd: str, periode: Periode) -> str:
    """Check-answers: what is open, or what will be true when the month is closed."""
    month, opd_id = (periode.tahun, periode.bulan), chosen_opd().id
    lines = lihat.baris_bulan(reading(), actor(), opd_id, month)
    return render_template(
        "pages/cocok/tutup.html",
        berbeda=[
            claim.sentence
            for claim in tieout.month(reading(), opd_id, Rentang(*month, month[1]), today())
            if not claim.holds
        ],
        hambatan=periode_service.hambatan(reading(), actor(), opd_id, month, today()),
        ringkasan=lihat.ringkasan(
            lines,
            lihat.belanja_terbuka(reading(), opd_id, month),
            set(),
            standing.tak_bertuan(reading(), opd_id, month),
        ),
        empat=empat.bulan(reading(), actor(), opd_id, month, today()),
        nama_selisih={key: _(words) for key, words in NAMA_SELISIH.items()},
    )


@bp.post("/tutup")
@needs("periode:tutup")
def tutup(opd: str, periode: Periode) -> Response:
    """Close the month."""
    with writing() as session:
        month = (periode.tahun, periode.bulan)
        periode_service.tutup(session, actor(), chosen_opd().id, month, penerbit(), now())
    flash(_("Periode ditutup; Berita Acara Rekonsiliasi terbit dan menunggu konfirmasi PA."), "ok")
    return see("periode.rinci")
