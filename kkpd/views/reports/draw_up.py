"""Drawing up a report: choose it, see it, take it as PDF, XLSX or CSV, issue it."""

from __future__ import annotations

from typing import Final

from flask import abort, flash, render_template, request
from werkzeug.wrappers import Response

from kkpd.core.errors import DomainError
from kkpd.core.permissions import require
from kkpd.engines.paper.writers import WRITERS
from kkpd.records import jobs as records_jobs
from kkpd.reports import issue as services
from kkpd.reports import named as reporting
from kkpd.reports.named import issued
from kkpd.views.reports.base import ASKED, bp, period_choices, requested_opd, requested_period
from kkpd.web.desk import lacking
from kkpd.web.document_html import bagian, row_count
from kkpd.web.downloads import downloaded
from kkpd.web.globals import engine, now, today
from kkpd.web.page import see
from kkpd.web.request.context import opds
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.quotas import counted
from kkpd.web.request.refused import stands_on
from kkpd.web.request.transaction import reading, writing
from kkpd.web.stores import penerbit, work_stores
from kkpd.web.translation import _
from kkpd.worker import loop, reports

#: Past so many rows a file is work for later: a person would wait.
LONG_ROW_COUNT: Final = 5_000


@bp.get("/susun")
@needs("laporan:susun")
def susun() -> str:
    """The reports of the OPD and period chosen above them."""
    span, chosen = requested_period(), requested_opd(actor(), "laporan:susun")
    where = reporting.coverage(reading(), actor(), chosen, "laporan:susun")
    return render_template(
        "pages/laporan/susun.html",
        listing=[one for one in reporting.LISTING.values() if _is_of(one, where)],
        untuk_semua=where.opd is None,
        opd_dipilih=chosen,
        opds=opds(),
        everything=actor().opds_for("laporan:susun") is None,
        span=span,
        tahun=period_choices(span),
    )


@bp.get("/susun/<nama>")
@needs("laporan:susun")
def pratinjau(nama: str) -> str | tuple[str, int]:
    """The report on the screen, with what can be done with it; or why there is none."""
    asked = _asked(nama)
    session, who = reading(), actor()
    report = reporting.find(nama)
    where = reporting.coverage(session, who, asked.opd, "laporan:susun")
    try:
        document = reporting.compose(session, who, asked, today())
    except DomainError as none:
        return _without(report, asked, where, none)
    opd_id = None if where.opd is None else where.opd.id
    last = None
    if not report.of_chain:
        last = issued.terakhir(session, opd_id, report.dokumen, asked.span.kode)
    may_issue = not report.of_chain and who.can("laporan:terbit", opd_id)
    is_long = row_count(document) > LONG_ROW_COUNT
    lacks = services.report_lacks(session, who, asked, now()) if may_issue and not is_long else ()
    return render_template(
        "pages/laporan/pratinjau.html",
        reporting=report,
        document=document,
        bagian=list(bagian(document)),
        requested=asked,
        coverage=where,
        terakhir=last,
        is_fresh=last is not None and issued.is_fresh(session, who, last),
        boleh_terbit=may_issue,
        long=is_long,
        kurang=lacking.shown(lacks),
    )


@bp.post("/susun/<nama>/unduh")
@needs("laporan:susun")
@counted("laporan")
@stands_on("laporan.pratinjau", carries=ASKED)
def unduh(nama: str) -> Response:
    """The draft as a file; a long one becomes work for later."""
    asked, ending = _asked(nama), request.form.get("bentuk", "pdf")
    if ending not in WRITERS:
        abort(404)
    document = reporting.compose(reading(), actor(), asked, today())
    if row_count(document) <= LONG_ROW_COUNT:
        return downloaded(
            WRITERS[ending](document), f"{nama}-{asked.opd}-{asked.span.kode}", ending
        )
    with writing() as session:
        where = reporting.coverage(session, actor(), asked.opd, "laporan:susun")
        row = records_jobs.enqueue(
            session,
            actor(),
            None if where.opd is None else where.opd.id,
            reports.as_request(asked, ending, today(), document.sidik()),
            now(),
            "laporan",
        )
        id_ = row.id
    loop.wake_worker(engine(), work_stores())
    return see("laporan.maju", pekerjaan_id=id_)


@bp.post("/susun/<nama>/terbit")
@needs("laporan:terbit")
@stands_on("laporan.pratinjau", carries=ASKED)
def terbit(nama: str) -> Response:
    """Issue it; where the newest issue still says the same, that one is shown."""
    with writing() as session:
        found = services.issue(session, actor(), _asked(nama), penerbit(), now())
        id_, nomor = found.dokumen.id, found.dokumen.nomor
    said = _("Terbit dengan nomor %(n)s.") if found.baru else _("Sudah terbit: %(n)s masih sama.")
    flash(said % {"n": nomor}, "ok")
    return see("dokumen.rinci", dokumen_id=id_)


def _is_of(report: reporting.Report, where: reporting.ReportScope) -> bool:
    """Whether these OPDs can have the report."""
    if where.opd is None:
        return not report.single_opd
    return len(where.members) > 1 or not report.of_units


def _without(
    report: reporting.Report,
    asked: reporting.ReportRequest,
    where: reporting.ReportScope,
    why: DomainError,
) -> tuple[str, int]:
    """The page of a report that the period does not have: why, and back to the choice."""
    page = render_template(
        "pages/laporan/tanpa.html",
        reporting=report,
        requested=asked,
        coverage=where,
        sebab=why.message,
    )
    return page, why.status


def _asked(nama: str) -> reporting.ReportRequest:
    require(actor(), "laporan:lihat")
    return reporting.ReportRequest(
        nama=nama, opd=requested_opd(actor(), "laporan:susun"), span=requested_period()
    )
