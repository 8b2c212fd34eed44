"""The chosen OPD and period: from the URL, limited to what the actor may see, kept in every link.

Routes of an area read `/<opd:opd>/<periode:periode>/...`; the view takes both arguments
(`opd: str, periode: Periode`) and asks `chosen_opd()` for key and name. `url_for` fills both in.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Flask, current_app, g, request

from kkpd.core.errors import NotFound
from kkpd.core.permissions import Actor
from kkpd.organisation import accounts as organisation_context
from kkpd.organisation.accounts import ChosenOpd
from kkpd.web.globals import today
from kkpd.web.request.converters import Periode, whole_number
from kkpd.web.request.transaction import reading


def choose(actor: Actor, args: dict[str, Any]) -> None:
    """Read OPD and period from the URL into `g`; an OPD of others gives 404 (law 12)."""
    g.actor = actor
    if (periode := args.get("periode")) is not None:
        g.periode = periode
    if (slug := args.get("opd")) is not None:
        found = organisation_context.opd_by_slug(reading(), slug, actor.opd_ids)
        if found is None:
            raise NotFound("Halaman ini tidak ada. Periksa alamatnya atau mulai dari menu.")
        g.opd = found
        g.actor = actor.in_opd(found.id)


def chosen_opd() -> ChosenOpd:
    """The OPD of this page's URL."""
    found: ChosenOpd = g.opd
    return found


def opds() -> tuple[ChosenOpd, ...]:
    """The OPDs the actor may choose from."""
    if "opds" not in g:
        g.opds = organisation_context.opd_list(reading(), g.actor.opd_ids)
    found: tuple[ChosenOpd, ...] = g.opds
    return found


def default_opd() -> ChosenOpd | None:
    """The chosen OPD, else the first of the actor's."""
    return g.get("opd") or next(iter(opds()), None)


def default_periode() -> Periode:
    """The chosen period, else the default OPD's current one, else this month."""
    if "periode" not in g:
        opd = default_opd()
        found = None if opd is None else organisation_context.working_period(reading(), opd.id)
        day = today()
        g.default_period = Periode(*found) if found else Periode(day.year, day.month)
    found_periode: Periode = g.get("periode") or g.default_period
    return found_periode


def chosen_year() -> int:
    """The year that the address asks for (`?tahun=2026`), else this one."""
    asked = request.args.get("tahun", "")
    return (whole_number(asked) if len(asked) == 4 else None) or today().year


@dataclass(frozen=True, slots=True)
class Bar:
    """What the OPD-and-period bar on top of a page needs."""

    endpoint: str
    slug: str
    periode: Periode
    opds: tuple[ChosenOpd, ...]
    years: tuple[tuple[int, tuple[Periode, ...]], ...]


def context_bar() -> Bar | None:
    """The bar, on pages whose address names OPD and period."""
    if g.get("actor") is None or "opd" not in g or "periode" not in g:
        return None
    return Bar(
        endpoint=request.endpoint or "",
        slug=g.opd.slug,
        periode=g.periode,
        opds=opds(),
        years=_years(g.periode, today()),
    )


def _years(chosen: Periode, day: date) -> tuple[tuple[int, tuple[Periode, ...]], ...]:
    """The months to choose from, newest first: this year so far, the last, the chosen one."""
    years = sorted({day.year, day.year - 1, chosen.tahun}, reverse=True)
    return tuple((year, _months(year, chosen, day)) for year in years)


def _months(year: int, chosen: Periode, day: date) -> tuple[Periode, ...]:
    last = 12 if year != day.year else max(day.month, chosen.bulan if year == chosen.tahun else 0)
    return tuple(Periode(year, month) for month in range(last, 0, -1))


def _fill_in(endpoint: str, values: dict[str, Any]) -> None:
    """`url_for` of an area's page keeps the OPD and the period where they are not named."""
    if g.get("actor") is None:
        return
    expects = current_app.url_map.is_endpoint_expecting
    if "opd" not in values and expects(endpoint, "opd") and (opd := default_opd()):
        values["opd"] = opd.slug
    if "periode" not in values and expects(endpoint, "periode"):
        values["periode"] = default_periode()


def setup(app: Flask) -> None:
    """Keep OPD and period in every link."""
    app.url_defaults(_fill_in)
