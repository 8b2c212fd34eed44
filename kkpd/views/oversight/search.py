"""One search over purchases, bank lines and papers."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from kkpd.core.document_kinds import NAMES
from kkpd.core.errors import DomainError
from kkpd.oversight.search import MOST, SearchResult, search
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.transaction import reading

bp = Blueprint("cari", __name__, url_prefix="/cari")


@bp.get("/")
@needs("belanja:lihat")
def index() -> str:
    """What bears the words or the amount in the address, within the OPDs of the actor."""
    words = request.args.get("q", "")
    found: SearchResult | None = None
    refusal = ""
    if words:
        try:
            found = search(reading(), words, actor().opds_for("belanja:lihat"))
        except DomainError as problem:
            refusal = problem.message
    return render_template(
        "pages/cari/index.html",
        words=words,
        found=found,
        refusal=refusal,
        most=MOST,
        kinds=NAMES,
    )
