"""The area's blueprint, and what its pages share: the request in the address, files as answers."""

from __future__ import annotations

from flask import Blueprint, request

from kkpd.core.permissions import Actor
from kkpd.core.span import Rentang, parse
from kkpd.records.report_request import SEMUA
from kkpd.web.globals import today
from kkpd.web.request.context import default_opd, default_periode

bp = Blueprint("laporan", __name__, url_prefix="/laporan")


def opd_diminta(actor: Actor, izin: str) -> str:
    """The OPD of the address, else the first of the actor's, else all of them."""
    asked = request.values.get("opd", "")
    if asked:
        return asked
    first = default_opd()
    return SEMUA if actor.jangkauan(izin) is None or first is None else first.slug


def periode_diminta() -> Rentang:
    """The period of the address, else the month in which work stands."""
    asked = request.values.get("periode", "")
    month = default_periode()
    return parse(asked) if asked else Rentang(month.tahun, month.bulan, month.bulan)


def pilihan_periode(chosen: Rentang) -> list[tuple[str, list[Rentang]]]:
    """Years to choose from, newest first, each with its year, quarters and months."""
    years = sorted({today().year, today().year - 1, chosen.tahun}, reverse=True)
    return [(str(year), _spans(year)) for year in years]


def _spans(year: int) -> list[Rentang]:
    quarters = [Rentang(year, first, first + 2) for first in (1, 4, 7, 10)]
    return [Rentang(year, 1, 12), *quarters, *(Rentang(year, m, m) for m in range(1, 13))]
