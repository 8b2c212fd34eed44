"""The inspector's board over all OPDs: every number leads to its lines."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from kkpd.core.money import Rupiah, total
from kkpd.engines.paper.writers import WRITERS
from kkpd.oversight import board
from kkpd.oversight import board as look
from kkpd.oversight.breakdown import breakdowns
from kkpd.oversight.year_figures import YearFigures, year_figures
from kkpd.views.oversight import board_charts
from kkpd.web.downloads import downloaded
from kkpd.web.globals import today
from kkpd.web.request import read_cache
from kkpd.web.request.context import chosen_year
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.quotas import counted
from kkpd.web.request.transaction import reading
from kkpd.web.tables import sorted_by

bp = Blueprint("papan", __name__, url_prefix="/papan")

#: The columns of one amount, which have a sum below them.
SUMMED = ("at_risk", "case_money", "selisih", "late", "carried_difference")
#: From this age in days on a difference is old.
OLD_DAYS = 60
#: So many OPDs stand beside each other at most.
MOST_COMPARED = 6


@bp.get("/")
@needs("papan:lihat")
def index() -> str:
    """The OPDs by money at risk and the charts; `?banding=` puts chosen OPDs side by side,
    `?sorot=` with `?pada=` tells one cell of a chart by OPD.
    """
    tahun, rows, day = chosen_year(), _rows(), today()
    asked = request.args.getlist("banding")
    found = breakdowns(rows, _figures(rows, tahun), tahun, day)
    return render_template(
        "pages/papan/index.html",
        rows=rows,
        tahun=tahun,
        bulan_ini=f"{day:%Y-%m}",
        jumlah={key: total(getattr(row, key) for row in rows) for key in SUMMED},
        terbuka=sum(bool(row.selisih) for row in rows),
        pending=_together(row.pending for row in rows),
        not_yet_billed=_together(row.not_yet_billed for row in rows),
        dibawa=_carried(rows),
        tua=sum(row.oldest_open > OLD_DAYS for row in rows),
        banding=[row for row in rows if row.slug in asked][:MOST_COMPARED],
        banding_terbanyak=MOST_COMPARED,
        sorot=board_charts.told(found, rows, tahun, day),
        heat=board_charts.heat(rows, tahun, day),
        diagram=board_charts.columns(found, day),
        shops=board_charts.shops(found),
    )


def _figures(rows: list[look.BoardRow], tahun: int) -> dict[int, YearFigures]:
    """Each OPD's year, kept while its books do not change."""
    day = today()
    return {
        row.opd_id: read_cache.remember(
            row.opd_id,
            ("year", tahun, day),
            partial(year_figures, reading(), row.opd_id, tahun, day),
            lambda one: 1 + len(one.shops) // 8,
        )
        for row in rows
    }


def _together(pairs: Iterable[tuple[int, Rupiah]]) -> tuple[int, Rupiah]:
    """How many and how much over all rows."""
    found = list(pairs)
    return sum(count for count, _amount in found), total(amount for _count, amount in found)


def _carried(rows: list[look.BoardRow]) -> str:
    """The earlier years that left something unsettled: `2026`, `2025–2026`; empty without any."""
    years = sorted({month[0] for row in rows for month, _cell in row.dibawa})
    return "–".join(dict.fromkeys(str(year) for year in (years[0], years[-1]))) if years else ""


def _rows() -> list[look.BoardRow]:
    order = sorted_by(look.SORT_KEYS, "-risiko")
    return look.oversight_board(
        reading(), actor(), chosen_year(), today(), order, read_cache.summary
    )


@bp.get("/unduh.csv")
@needs("papan:lihat")
@counted("ekspor")
def unduh_csv() -> Response:
    """The board for machines, in the order asked for."""
    return _file("csv")


@bp.get("/unduh.xlsx")
@needs("papan:lihat")
@counted("ekspor")
def unduh_xlsx() -> Response:
    """The board as a workbook."""
    return _file("xlsx")


def _file(ending: str) -> Response:
    document = board.dokumen(reading(), _rows(), chosen_year(), today())
    return downloaded(WRITERS[ending](document), f"papan-{chosen_year()}", ending)
