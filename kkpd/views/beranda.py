"""The front door: to the first screen of one's role, and the change of OPD and period."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kkpd.domain.errors import DomainError, NotFound
from kkpd.domain.waktu import parse_periode
from kkpd.web import navigation
from kkpd.web.context import opds
from kkpd.web.converters import Periode
from kkpd.web.page import see
from kkpd.web.permissions import actor, needs

bp = Blueprint("beranda", __name__)


@bp.get("/")
@needs("akun:sendiri")
def index() -> str | Response:
    """To the first screen; who has no assignment today is told so."""
    for _label, endpoint in navigation.endpoints(actor()):
        return see(endpoint)
    return render_template("pages/beranda/kosong.html")


@bp.get("/pilih")
@needs("akun:sendiri")
def pilih() -> Response:
    """The same page for another OPD or period; the area's first page where it needs more."""
    slug = request.args.get("opd", "")
    if slug not in {opd.slug for opd in opds()}:
        raise NotFound("OPD ini tidak ada dalam penugasan Anda. Pilih dari daftar.")
    try:
        periode = Periode(*parse_periode(request.args.get("periode", "")))
    except DomainError:
        abort(404)
    return redirect(
        url_for(_target(request.args.get("halaman", "")), opd=slug, periode=periode), 303
    )


def _target(endpoint: str) -> str:
    area = endpoint.partition(".")[0]
    for candidate in (endpoint, f"{area}.index"):
        if candidate in current_app.view_functions and _needs_no_more(candidate):
            return candidate
    return "beranda.index"


def _needs_no_more(endpoint: str) -> bool:
    """Whether a GET of this endpoint needs OPD and period only."""
    return any(
        rule.arguments <= {"opd", "periode"} and "GET" in (rule.methods or ())
        for rule in current_app.url_map.iter_rules(endpoint)
    )
