"""Issued reports across what the actor may see: the auditor's only page, everybody's archive."""

from __future__ import annotations

from flask import render_template, request

from kkpd.core.document_kinds import NAMES
from kkpd.core.errors import DomainError
from kkpd.core.moments import parse_periode
from kkpd.records import documents as look
from kkpd.views.reports.base import bp
from kkpd.web.request.context import opds
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.transaction import reading
from kkpd.web.tables import after


@bp.get("/")
@needs("laporan:lihat")
def index() -> str:
    """Issued documents, newest first, filtered by OPD, month and kind; the filter is in the URL."""
    chosen = next((opd for opd in opds() if opd.slug == request.args.get("opd")), None)
    rows = look.listing(
        reading(),
        actor(),
        opd_id=chosen.id if chosen else None,
        periode=_periode(),
        jenis=request.args.get("jenis") or None,
        sesudah=after() or None,
    )
    return render_template(
        "pages/laporan/index.html",
        rows=rows,
        opds=opds(),
        jenis=NAMES,
        next_up=rows[-1].id if len(rows) == look.PAGE_SIZE else None,
        bulan=look.issue_months(reading(), actor()),
    )


def _periode() -> tuple[int, int] | None:
    asked = request.args.get("bulan", "")
    try:
        return parse_periode(asked) if asked else None
    except DomainError:
        return None
