"""Findings: what rules saw, with their inputs, the gravest first."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from kkpd.oversight import board as look
from kkpd.oversight.findings import subject_purchases
from kkpd.web.globals import today
from kkpd.web.request.context import opds
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.transaction import reading

bp = Blueprint("temuan", __name__, url_prefix="/temuan")


@bp.get("/")
@needs("temuan:lihat")
def index() -> str:
    """Open findings of the OPDs the actor may see, of one when asked for."""
    chosen = next((opd for opd in opds() if opd.slug == request.args.get("opd")), None)
    rows = look.temuan(reading(), actor(), today(), opd_id=chosen.id if chosen else None)
    about = subject_purchases(reading(), (row.subjek for row in rows))
    return render_template(
        "pages/papan/temuan.html", rows=rows, opds=opds(), subject_purchases=about
    )
