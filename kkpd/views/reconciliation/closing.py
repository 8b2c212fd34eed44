"""Closing a month: what is open, then the act."""

from __future__ import annotations

from flask import flash, render_template
from werkzeug.wrappers import Response

from kkpd.core.moments import Span
from kkpd.ledger import standing
from kkpd.ledger.difference_kinds import LABELS
from kkpd.reconciliation import minutes
from kkpd.reconciliation import month as look
from kkpd.reconciliation import periods as periode_service
from kkpd.reconciliation.links import reads as four_way
from kkpd.reports import tieout
from kkpd.views.reconciliation.base import bp
from kkpd.web.desk import lacking
from kkpd.web.globals import now, today
from kkpd.web.page import see
from kkpd.web.request.context import chosen_opd
from kkpd.web.request.converters import Periode
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.refused import stands_on
from kkpd.web.request.transaction import reading, writing
from kkpd.web.stores import penerbit
from kkpd.web.translation import _


@bp.get("/tutup")
@needs("periode:tutup")
def periksa_tutup(opd: str, periode: Periode) -> str:
    """Check-answers: what is open, or what will be true when the month is closed."""
    opd_id = chosen_opd().id
    lines = look.month_lines(reading(), actor(), opd_id, periode)
    return render_template(
        "pages/cocok/tutup.html",
        berbeda=[
            claim.sentence
            for claim in tieout.month(reading(), opd_id, Span(*periode, periode.bulan), today())
            if not claim.holds
        ],
        closing_obstacles=periode_service.closing_obstacles(
            reading(), actor(), opd_id, periode, today()
        ),
        kurang=lacking.of_plans(minutes.plan(reading(), actor(), opd_id, periode, now())),
        summary=look.summary(
            lines,
            look.open_purchases(reading(), opd_id, periode),
            set(),
            standing.unowned(reading(), opd_id, periode),
        ),
        four_way=four_way.bulan(reading(), actor(), opd_id, periode, today()),
        nama_selisih={key: _(words) for key, words in LABELS.items()},
    )


@bp.post("/tutup")
@needs("periode:tutup")
@stands_on("cocok.periksa_tutup")
def tutup(opd: str, periode: Periode) -> Response:
    """Close the month."""
    with writing() as session:
        periode_service.close(session, actor(), chosen_opd().id, periode, penerbit(), now())
    flash(_("Periode ditutup; Berita Acara Rekonsiliasi terbit dan menunggu konfirmasi PA."), "ok")
    return see("periode.rinci")
