"""Perlu Anda: everything that waits for the person who is logged in, over all their OPDs."""

from __future__ import annotations

from flask import Blueprint, render_template

from kkpd.oversight.todo import NEAR_DAYS
from kkpd.web.desk import my_todo
from kkpd.web.request.permissions import needs

bp = Blueprint("perlu", __name__, url_prefix="/perlu")


@bp.get("/")
@needs("akun:sendiri")
def index() -> str:
    """What is late, what is due, what waits; the most pressing first."""
    return render_template(
        "pages/perlu/index.html",
        rows=my_todo.listing(),
        wording=my_todo.wording,
        alamat=my_todo.alamat,
        near=NEAR_DAYS,
    )
