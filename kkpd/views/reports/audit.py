"""Audit packages for inspectors and auditors: asked for here, made in the background."""

from __future__ import annotations

from flask import render_template
from werkzeug.wrappers import Response

from kkpd.core.errors import DomainError
from kkpd.records import jobs as records_jobs
from kkpd.records.report_request import lingkup
from kkpd.views.reports.base import bp, opd_diminta, periode_diminta, pilihan_periode
from kkpd.web.globals import engine, now
from kkpd.web.page import see
from kkpd.web.request.context import opds
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.transaction import writing
from kkpd.web.stores import gudang
from kkpd.web.translation import _
from kkpd.worker import loop


@bp.get("/paket")
@needs("paket:unduh")
def paket() -> str:
    """Choose an OPD and a period."""
    rentang = periode_diminta()
    return render_template(
        "pages/laporan/paket.html",
        opds=opds(),
        opd_dipilih=opd_diminta(actor(), "paket:unduh"),
        rentang=rentang,
        tahun=pilihan_periode(rentang),
    )


@bp.post("/paket")
@needs("paket:unduh")
def minta_paket() -> Response:
    """Ask for the package; the same request on the same day finds the first."""
    rentang = periode_diminta()
    with writing() as session:
        where = lingkup(session, actor(), opd_diminta(actor(), "paket:unduh"), "paket:unduh")
        if where.opd is None:
            raise DomainError(_("Paket audit dibuat untuk satu OPD. Pilih OPD-nya."), field="opd")
        asked = {
            "opd": where.opd.slug,
            "periode": rentang.kode,
            "saat": now().isoformat(timespec="minutes"),
        }
        row = records_jobs.antre(session, actor(), where.opd.id, asked, now(), "paket")
        id_ = row.id
    loop.bangunkan(engine(), gudang())
    return see("laporan.maju", pekerjaan_id=id_)
