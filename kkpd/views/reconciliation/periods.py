"""Closed months: confirmed by the PA, reviewed or opened again by the inspector."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, render_template, request
from werkzeug.wrappers import Response

from kkpd.ledger import standing
from kkpd.reconciliation import month as month_matching
from kkpd.reconciliation import periods as look
from kkpd.reconciliation import periods as periode_service
from kkpd.reconciliation.minutes import newest_minutes
from kkpd.reconciliation.periods import ACTS, allowed
from kkpd.web.globals import now
from kkpd.web.page import see
from kkpd.web.request.context import chosen_opd
from kkpd.web.request.converters import Periode
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.refused import stands_on
from kkpd.web.request.transaction import reading, writing
from kkpd.web.terms import ACTION_NAMES, PERIOD_STATUS_NAMES
from kkpd.web.translation import _

bp = Blueprint("periode", __name__)
_MONTH_PATH = "/<opd:opd>/<periode:periode>/penutupan"


@bp.get("/periode/")
@needs("periode:lihat")
def index() -> str:
    """Closed months of every OPD the actor may see; those that wait the longest first."""
    return render_template(
        "pages/periode/index.html",
        rows=look.closed_months(reading(), actor()),
        nama_status=_words(PERIOD_STATUS_NAMES),
    )


@bp.get(f"{_MONTH_PATH}/")
@needs("periode:lihat")
def rinci(opd: str, periode: Periode) -> str:
    """One month: its figures, its minutes, every act on it, and the act that is the actor's."""
    opd_id = chosen_opd().id
    lines = month_matching.month_lines(reading(), actor(), opd_id, periode)
    status = look.status_periode(reading(), opd_id, periode)
    return render_template(
        "pages/periode/rinci.html",
        status=status,
        came_late=look.came_late(reading(), actor(), opd_id, periode),
        riwayat=look.history(reading(), actor(), opd_id, periode),
        berita=newest_minutes(reading(), opd_id, periode),
        summary=month_matching.summary(
            lines,
            month_matching.open_purchases(reading(), opd_id, periode),
            set(),
            standing.unowned(reading(), opd_id, periode),
        ),
        tindakan=[nama for nama in allowed(status) if actor().can(ACTS[nama].permission, opd_id)],
        nama_status=_words(PERIOD_STATUS_NAMES),
        nama_tindakan=_words(ACTION_NAMES),
    )


def _words(names: dict[str, str]) -> dict[str, str]:
    return {key: _(words) for key, words in names.items()}


@bp.post(f"{_MONTH_PATH}/konfirmasi")
@needs("periode:konfirmasi")
@stands_on("periode.rinci")
def konfirmasi(opd: str, periode: Periode) -> Response:
    """Confirm the closed month."""
    return _act(periode, periode_service.confirm, _("Periode dikonfirmasi."))


@bp.post(f"{_MONTH_PATH}/tinjau")
@needs("periode:tinjau")
@stands_on("periode.rinci")
def tinjau(opd: str, periode: Periode) -> Response:
    """Say that the month was reviewed."""
    return _act(periode, periode_service.review, _("Tinjauan dicatat."), _reason())


@bp.post(f"{_MONTH_PATH}/buka")
@needs("periode:buka")
@stands_on("periode.rinci")
def buka(opd: str, periode: Periode) -> Response:
    """Open the month again, with the reason."""
    said = _("Periode dibuka kembali; bendahara dapat memperbaikinya.")
    return _act(periode, periode_service.reopen, said, _reason())


def _reason() -> str:
    return request.form.get("alasan", "")


def _act(periode: Periode, verb: Callable[..., object], said: str, *words: str) -> Response:
    with writing() as session:
        verb(session, actor(), chosen_opd().id, periode, *words, now())
    flash(said, "ok")
    return see("periode.rinci")
