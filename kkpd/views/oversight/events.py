"""The event log for inspector and auditor: grants first, then everything, filtered and paged."""

from __future__ import annotations

from datetime import MAXYEAR, MINYEAR, date, datetime

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from kkpd.engines.paper.csv import write_records
from kkpd.oversight import event_page as look
from kkpd.oversight import security_page
from kkpd.oversight.event_words import AREAS, NOTED_AREAS
from kkpd.records.security_log import OUTCOMES
from kkpd.web.downloads import downloaded
from kkpd.web.globals import settings, today
from kkpd.web.request.context import opds
from kkpd.web.request.converters import whole_number
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.transaction import reading
from kkpd.web.tables import after
from kkpd.web.translation import _

bp = Blueprint("peristiwa", __name__, url_prefix="/peristiwa")

#: Events in one file; an older day is asked for by its date.
_FILE_ROWS = 2_000


@bp.get("/")
@needs("peristiwa:lihat")
def index() -> str:
    """Who did what, newest first; the filter is in the address."""
    asked = _asked()
    rows = look.listing(reading(), actor(), asked, settings().zone)
    return render_template(
        "pages/peristiwa/index.html",
        rows=rows,
        grants=look.grants(reading(), actor()),
        people=look.people(reading(), actor()),
        opds=opds(),
        areas=AREAS,
        asked=asked,
        most=_FILE_ROWS,
        next_up=rows[-1].id if len(rows) == look.PAGE_SIZE else None,
    )


@bp.get("/unduh.csv")
@needs("peristiwa:lihat")
def unduh_csv() -> Response:
    """The events of the filter as CSV, one row a changed field."""
    rows = look.listing(reading(), actor(), _asked(), settings().zone, _FILE_ROWS)
    heads = ("nomor", "waktu", "siapa", "peran", "apa", "jenis", "tentang", "opd")
    lines: list[tuple[object, ...]] = []
    for row in rows:
        plain, changes = _plain(row), row.changes or (look.ToldChange("", "", ""),)
        lines.extend((*plain, one.what, one.before, one.after) for one in changes)
    data = write_records((*heads, "kolom", "sebelum", "sesudah"), lines)
    return downloaded(data, f"peristiwa-{today():%Y-%m-%d}", "csv")


@bp.get("/keamanan/")
@needs("peristiwa:lihat")
def keamanan() -> str:
    """The security log, newest first: also what was tried and wrote nothing."""
    asked = _asked_of_log()
    page = security_page.listing(reading(), actor(), settings().instance, asked, settings().zone)
    return render_template(
        "pages/peristiwa/keamanan.html",
        page=page,
        people=security_page.people(reading(), actor()),
        areas={**NOTED_AREAS, **AREAS},
        outcomes=OUTCOMES,
        asked=asked,
        most=_FILE_ROWS,
    )


@bp.get("/keamanan/unduh.csv")
@needs("peristiwa:lihat")
def keamanan_csv() -> Response:
    """The newest lines of the filter as CSV."""
    asked, config = _asked_of_log(), settings()
    page = security_page.listing(
        reading(), actor(), config.instance, asked, config.zone, _FILE_ROWS
    )
    heads = ("waktu", "siapa", "apa", "jenis", "hasil", "alamat", "tentang")
    lines = [
        (one.at.isoformat(), one.who, _(one.act), one.kind, one.outcome, one.address, one.about)
        for one in page.rows
    ]
    return downloaded(write_records(heads, lines), f"keamanan-{today():%Y-%m-%d}", "csv")


def _asked_of_log() -> security_page.LogFilter:
    area, outcome = request.args.get("jenis", ""), request.args.get("hasil", "")
    return security_page.LogFilter(
        pengguna_id=whole_number(request.args.get("akun", "")),
        area=area if area in {**NOTED_AREAS, **AREAS} else "",
        outcome=outcome if outcome in OUTCOMES else "",
        day=_day(request.args.get("hari", "")),
        before=_moment(request.args.get("sesudah", "")),
    )


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


def _plain(row: look.ReadableEvent) -> tuple[object, ...]:
    what = (row.id, row.at.isoformat(), row.who, row.role, _(row.act), row.kind)
    return (*what, row.subject.words, row.opd)


def _asked() -> look.EventFilter:
    chosen = next((opd.id for opd in opds() if opd.slug == request.args.get("opd")), None)
    area = request.args.get("jenis", "")
    return look.EventFilter(
        orang_id=whole_number(request.args.get("orang", "")),
        area=area if area in AREAS else "",
        opd_id=chosen,
        day=_day(request.args.get("hari", "")),
        before_id=after() or None,
    )


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if MINYEAR < found.year < MAXYEAR else None  # its day before and after exist
