"""Audit packages for inspectors and auditors: asked for here, made in the background."""

from __future__ import annotations

from flask import render_template
from werkzeug.wrappers import Response

from kkpd.core.errors import DomainError
from kkpd.records import jobs as records_jobs
from kkpd.records.report_request import coverage
from kkpd.views.reports.base import bp, period_choices, requested_opd, requested_period
from kkpd.web.globals import engine, now
from kkpd.web.page import see
from kkpd.web.request.context import opds
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.transaction import writing
from kkpd.web.stores import work_stores
from kkpd.web.translation import _
from kkpd.worker import loop


@bp.get("/paket")
@needs("paket:unduh")
def paket() -> str:
    """Choose an OPD and a period."""
    span = requested_period()
    return render_template(
        "pages/laporan/paket.html",
        opds=opds(),
        opd_dipilih=requested_opd(actor(), "paket:unduh"),
        span=span,
        tahun=period_choices(span),
    )


@bp.post("/paket")
@needs("paket:unduh")
def minta_paket() -> Response:
    """Ask for the package; the same request on the same day finds the first."""
    span = requested_period()
    with writing() as session:
        where = coverage(session, actor(), requested_opd(actor(), "paket:unduh"), "paket:unduh")
        if where.opd is None:
            raise DomainError(_("Paket audit dibuat untuk satu OPD. Pilih OPD-nya."), field="opd")
        asked = {
            "opd": where.opd.slug,
            "periode": span.kode,
            "saat": now().isoformat(timespec="minutes"),
        }
        row = records_jobs.enqueue(session, actor(), where.opd.id, asked, now(), "paket")
        id_ = row.id
    loop.wake_worker(engine(), work_stores())
    return see("laporan.maju", pekerjaan_id=id_)
