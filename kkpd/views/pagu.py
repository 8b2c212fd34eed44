"""Room left: DPA lines, UP KKPD and cards, each with limit, reserved and posted (law 6)."""

from __future__ import annotations

from flask import Blueprint, render_template

from kkpd.queries import ceilings
from kkpd.web.context import chosen_opd
from kkpd.web.converters import Periode
from kkpd.web.permissions import actor, needs
from kkpd.web.transaction import reading

bp = Blueprint("pagu", __name__, url_prefix="/<opd:opd>/<periode:periode>/pagu")


@bp.get("/")
@needs("pagu:lihat")
def index(opd: str, periode: Periode) -> str:
    """Every ceiling of the OPD's year, by kind."""
    rows = ceilings.daftar(reading(), actor(), chosen_opd().id, periode.tahun)
    return render_template("pages/pagu/index.html", rows=rows)
