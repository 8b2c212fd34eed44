"""Data for those outside: open data for the public, lines for SIPD. Every taking is an event."""

from __future__ import annotations

from typing import Final

from flask import abort, render_template, request
from werkzeug.wrappers import Response

from kkpd.core.errors import NotFound
from kkpd.core.permissions import require
from kkpd.engines.paper.writers import WRITERS
from kkpd.records import settings as records_settings
from kkpd.records.report_request import ALL, coverage
from kkpd.reports import issue
from kkpd.reports import open_data as public_data
from kkpd.reports import sipd as lines
from kkpd.views.reports.base import ASKED, bp, period_choices, requested_opd, requested_period
from kkpd.web.document_html import bagian
from kkpd.web.downloads import downloaded
from kkpd.web.globals import now, today
from kkpd.web.request.context import opds
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.quotas import counted
from kkpd.web.request.refused import stands_on
from kkpd.web.request.transaction import reading, writing

#: SIPD takes tables, no pages.
_SIPD_FORMATS: Final = ("xlsx", "csv")


@bp.get("/terbuka")
@needs("data_terbuka:unduh")
def terbuka() -> str:
    """What would be published for the period chosen above it."""
    span = requested_period()
    coverage(reading(), actor(), ALL, "data_terbuka:unduh")
    return render_template(
        "pages/laporan/terbuka.html",
        rows=public_data.belanja(reading(), span),
        kolom=public_data.COLUMNS,
        small=public_data.SMALL_CELL,
        span=span,
        tahun=period_choices(span),
    )


@bp.post("/terbuka")
@needs("data_terbuka:unduh")
@counted("ekspor")
@stands_on("laporan.terbuka", carries=ASKED)
def unduh_terbuka() -> Response:
    """CSV and datapackage.json in one ZIP."""
    span = requested_period()
    with writing() as session:
        coverage(session, actor(), ALL, "data_terbuka:unduh")
        rows = [row.sel() for row in public_data.available_rows(session, span)]
        government = (
            records_settings.value(session, "nama_pemerintah", today()) or "Pemerintah Daerah"
        )
        files = public_data.berkas(rows, span, government)
        table = files[public_data.TABLE_FILE]
        issue.record(session, actor(), "data_terbuka", None, span.kode, table, now())
    data = public_data.as_zip(files, span.sampai)
    return downloaded(data, f"data-terbuka-kkpd-{span.kode}", "zip")


@bp.get("/sipd")
@needs("sipd:unduh")
def sipd() -> str:
    """NPD or TBP lines of an OPD's period as they would be handed to SIPD."""
    span, opd, isi = requested_period(), requested_opd(actor(), "sipd:unduh"), _contents()
    inputs = lines.inputs(reading(), actor(), opd, span, today())
    try:
        document, kosong = lines.CONTENTS[isi](inputs), ""
    except NotFound as nothing:
        document, kosong = None, str(nothing)
    return render_template(
        "pages/laporan/sipd.html",
        document=document,
        bagian=[] if document is None else list(bagian(document)),
        kosong=kosong,
        isi=isi,
        bentuk=_SIPD_FORMATS,
        opds=opds(),
        opd_dipilih=opd,
        everything=actor().opds_for("sipd:unduh") is None,
        span=span,
        tahun=period_choices(span),
    )


@bp.post("/sipd")
@needs("sipd:unduh")
@counted("ekspor")
@stands_on("laporan.sipd", carries=ASKED)
def unduh_sipd() -> Response:
    """The lines as a file."""
    span, isi, ending = requested_period(), _contents(), request.form.get("bentuk", "xlsx")
    if ending not in _SIPD_FORMATS:
        abort(404)
    with writing() as session:
        kode = requested_opd(actor(), "sipd:unduh")
        inputs = lines.inputs(session, actor(), kode, span, today())
        opd = inputs.coverage.opd
        data = WRITERS[ending](lines.CONTENTS[isi](inputs))
        opd_id = None if opd is None else opd.id
        issue.record(session, actor(), f"sipd:{isi}", opd_id, span.kode, data, now())
        name = f"sipd-{isi}-{inputs.coverage.kode}-{span.kode}"
    return downloaded(data, name, ending)


def _contents() -> str:
    require(actor(), "sipd:unduh")
    asked = request.values.get("isi", "npd")
    return asked if asked in lines.CONTENTS else abort(404)
