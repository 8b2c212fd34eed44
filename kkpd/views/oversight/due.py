"""What is due and when: the board of an OPD, and each person's own calendar feed (RFC 5545)."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, render_template
from werkzeug.wrappers import Response

from kkpd.core.db import session as db
from kkpd.core.errors import NotFound
from kkpd.organisation import accounts as organisation_context
from kkpd.organisation import holidays as days_off
from kkpd.oversight import due
from kkpd.oversight.due import CalendarEvent, DueDate, calendar
from kkpd.web import calendar_address
from kkpd.web.globals import engine, now, today
from kkpd.web.request.context import chosen_opd
from kkpd.web.request.converters import Periode
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.transaction import reading
from kkpd.web.terms import DUE_NAMES, blank_settings, due_title
from kkpd.web.translation import _

bp = Blueprint("tenggat", __name__)
#: settings that count the days
_DAY: Final = ("days_to_pay_after_funds", "settle_within_days")


@bp.get("/<opd:opd>/<periode:periode>/tenggat/")
@needs("bulan:lihat")
def index(opd: str, periode: Periode) -> str:
    """Every due date of the OPD, late ones first, and the calendar they are counted on."""
    session, day, who = reading(), today(), actor()
    return render_template(
        "pages/tenggat/index.html",
        rows=due.due_dates(session, who, chosen_opd().id, day),
        jenis={key: _(text) for key, text in DUE_NAMES.items()},
        judul=due_title,
        days_off=days_off.days_off(session, day.year),
        kosong=blank_settings(session, _DAY, day, chosen_opd().id),
    )


@bp.get("/tenggat/<token>.ics")
def langganan_ics(token: str) -> Response:
    """The feed behind a person's own address; the OPDs are those of their assignments today."""
    with db.reading(engine()) as session:
        who = calendar_address.actor_from(session, token)
    if who is None:
        raise NotFound("Alamat kalender ini tidak ada. Buat yang baru di halaman Akun saya.")
    reach = who.opds_for("bulan:lihat")
    with db.reading(engine(), db.EVERY_OPD if reach is None else reach) as session:
        calendar_events = [
            _calendar_event(one, opd.slug)
            for opd in organisation_context.opd_list(session, reach)
            for one in due.due_dates(session, who, opd.id, today())
        ]
    body = calendar("Tenggat KKPD", calendar_events, now())
    return Response(body, content_type="text/calendar; charset=utf-8")


def _calendar_event(one: DueDate, slug: str) -> CalendarEvent:
    uid = f"{one.jenis}-{one.kunci}-{slug}@kkpd"
    return CalendarEvent(uid, one.due_day, f"{slug}: {due_title(one)}, Rp {one.nilai}", one.dasar)
