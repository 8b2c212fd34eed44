"""The area's blueprint, and what its pages share: the request in the address, files as answers."""

from __future__ import annotations

from flask import Blueprint, request

from kkpd.core.moments import Span, parse_span
from kkpd.core.permissions import Actor
from kkpd.records.report_request import ALL
from kkpd.web.globals import today
from kkpd.web.request.context import default_opd, default_periode

bp = Blueprint("laporan", __name__, url_prefix="/laporan")
#: What the address of a report's page is made of.
ASKED = ("opd", "periode", "isi")


def requested_opd(actor: Actor, permission: str) -> str:
    """The OPD of the address, else the first of the actor's, else all of them."""
    asked = request.values.get("opd", "")
    if asked:
        return asked
    first = default_opd()
    return ALL if actor.opds_for(permission) is None or first is None else first.slug


def requested_period() -> Span:
    """The period of the address, else the month in which work stands."""
    asked = request.values.get("periode", "")
    month = default_periode()
    return parse_span(asked) if asked else Span(*month, month.bulan)


def period_choices(chosen: Span) -> list[tuple[str, list[Span]]]:
    """Years to choose from, newest first, each with its year, quarters and months."""
    years = sorted({today().year, today().year - 1, chosen.tahun}, reverse=True)
    return [(str(year), _spans(year)) for year in years]


def _spans(year: int) -> list[Span]:
    quarters = [Span(year, first, first + 2) for first in (1, 4, 7, 10)]
    return [Span(year, 1, 12), *quarters, *(Span(year, m, m) for m in range(1, 13))]
