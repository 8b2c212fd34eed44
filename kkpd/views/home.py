"""The front door: to the first screen of one's role, and the change of OPD and period."""

from __future__ import annotations

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kkpd.core.errors import DomainError, NotFound
from kkpd.core.moments import parse_periode
from kkpd.web import navigation
from kkpd.web.page import see
from kkpd.web.request.context import opds
from kkpd.web.request.converters import Periode
from kkpd.web.request.permissions import actor, needs

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
    except DomainError as refusal:
        raise NotFound(refusal.message) from refusal
    target = _target(request.args.get("halaman", ""))
    address = url_for(target, opd=slug, periode=periode) if target else url_for("beranda.index")
    return redirect(address, 303)


def _target(endpoint: str) -> str | None:
    """That page, its area's first, or the first of the menu: the one that OPD and period open."""
    area = endpoint.partition(".")[0]
    menu = [name for _label, name in navigation.endpoints(actor())]
    return next((name for name in (endpoint, f"{area}.index", *menu) if _opens(name)), None)


def _opens(endpoint: str) -> bool:
    """Whether OPD and period are all that a GET of this endpoint needs."""
    return endpoint in current_app.view_functions and any(
        {"opd"} <= rule.arguments <= {"opd", "periode"} and "GET" in (rule.methods or ())
        for rule in current_app.url_map.iter_rules(endpoint)
    )
