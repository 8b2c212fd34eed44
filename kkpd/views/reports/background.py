"""Reports and packages that are made in the background: progress, calling off, fetching again."""

from __future__ import annotations

from typing import Final

from flask import flash, make_response, render_template
from werkzeug.wrappers import Response

from kkpd.core.errors import Conflict, DomainError
from kkpd.models import Pekerjaan
from kkpd.records import jobs as records_jobs
from kkpd.records.report_request import coverage
from kkpd.reports.package import make as package_verbs
from kkpd.views.reports.base import ASKED, bp, period_choices, requested_opd, requested_period
from kkpd.web.downloads import downloaded
from kkpd.web.globals import engine, now
from kkpd.web.page import see
from kkpd.web.request.context import opds
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.quotas import counted
from kkpd.web.request.refused import stands_on
from kkpd.web.request.transaction import reading, writing
from kkpd.web.stores import work_stores
from kkpd.web.translation import _
from kkpd.worker import loop

#: Seconds after which the page looks again by itself, without JavaScript too.
REFRESH_SECONDS: Final = 2
_KINDS: Final = ("laporan", "paket")


@bp.get("/pekerjaan/<int:pekerjaan_id>")
@needs("laporan:lihat")
def maju(pekerjaan_id: int) -> Response:
    """How far it is; done, the file to fetch."""
    row = _row(pekerjaan_id)
    if records_jobs.pending(row, now()):
        loop.wake_worker(engine(), work_stores())
    response = make_response(render_template("pages/laporan/pekerjaan.html", working=row))
    if row.status in ("antre", "berjalan"):
        response.headers["Refresh"] = str(REFRESH_SECONDS)
    return response


@bp.post("/pekerjaan/<int:pekerjaan_id>/batal")
@needs("laporan:lihat")
@stands_on("laporan.maju")
def batal(pekerjaan_id: int) -> Response:
    """Call it off."""
    with writing() as session:
        row = records_jobs.cancel(session, actor(), pekerjaan_id, now())
        flash(_("Pekerjaan dibatalkan.") if row.status == "batal" else row.pesan, "info")
    return see("laporan.maju", pekerjaan_id=pekerjaan_id)


@bp.post("/pekerjaan/<int:pekerjaan_id>/unduh")
@needs("laporan:lihat")
@counted("ekspor")
@stands_on("laporan.maju")
def ambil(pekerjaan_id: int) -> Response:
    """The file that was made; taking a package away is an event."""
    row = _row(pekerjaan_id)
    if row.hasil_sha256 is None:
        raise Conflict(_("Berkasnya belum jadi. Tunggu sampai selesai."))
    digest, name = row.hasil_sha256, row.hasil_nama
    data = work_stores().hasil.get(digest)
    if row.jenis == "paket":
        with writing() as session:
            package_verbs.record_download(session, actor(), row.opd_id, name, digest, now())
    stem, _dot, ending = name.rpartition(".")
    return downloaded(data, stem, ending)


def _row(pekerjaan_id: int) -> Pekerjaan:
    return records_jobs.one_item(reading(), actor(), pekerjaan_id, _KINDS)


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
@counted("laporan")
@stands_on("laporan.paket", carries=ASKED)
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
