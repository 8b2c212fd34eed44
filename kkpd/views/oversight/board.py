"""The inspector's board over all OPDs: every number leads to its lines."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from kkpd.core.moments import MONTHS
from kkpd.core.money import Rupiah, total
from kkpd.engines.paper.writers import WRITERS
from kkpd.oversight import board
from kkpd.oversight import board as look
from kkpd.web.downloads import downloaded
from kkpd.web.globals import today
from kkpd.web.request import read_cache
from kkpd.web.request.context import chosen_year
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.quotas import counted
from kkpd.web.request.transaction import reading
from kkpd.web.tables import sorted_by
from kkpd.web.translation import N_, _

bp = Blueprint("papan", __name__, url_prefix="/papan")

#: Who a waiting part is borne by, as people say it.
BEARERS: Final = {
    "holder": N_("pemegang"),
    "up_tunai": N_("UP Tunai"),
    "bank": N_("bank"),
}
#: From this age in days on a difference is old.
OLD_DAYS = 60
#: So many OPDs stand beside each other at most.
MOST_COMPARED = 6


@bp.get("/")
@needs("papan:lihat")
def index() -> str:
    """OPDs by month of a year, what needs eyes first; `?banding=` puts chosen ones side by side."""
    tahun, rows = chosen_year(), _rows()
    last = max(
        (n for row in rows for n, cell in enumerate(row.bulan, 1) if cell.present), default=0
    )
    asked = request.args.getlist("banding")
    return render_template(
        "pages/papan/index.html",
        rows=rows,
        tahun=tahun,
        bulan=[name[:3] for name in MONTHS[:last]],
        jumlah=[total(row.bulan[month].selisih for row in rows) for month in range(last)],
        menunggu_bulan=[
            total(row.bulan[month].jumlah.left for row in rows) for month in range(last)
        ],
        selisih=total(row.selisih for row in rows),
        terbuka=sum(bool(row.selisih) for row in rows),
        pending=_together(row.pending for row in rows),
        not_yet_billed=_together(row.not_yet_billed for row in rows),
        dibawa=_carried(rows),
        carried_difference=total(row.carried_difference for row in rows),
        penanggung={key: _(words) for key, words in BEARERS.items()},
        tua=sum(row.oldest_open > OLD_DAYS for row in rows),
        banding=[row for row in rows if row.slug in asked][:MOST_COMPARED],
        banding_terbanyak=MOST_COMPARED,
    )


def _together(pairs: Iterable[tuple[int, Rupiah]]) -> tuple[int, Rupiah]:
    """How many and how much over all rows."""
    found = list(pairs)
    return sum(count for count, _amount in found), total(amount for _count, amount in found)


def _carried(rows: list[look.BoardRow]) -> str:
    """The earlier years that left something unsettled: `2026`, `2025–2026`; empty without any."""
    years = sorted({month[0] for row in rows for month, _cell in row.dibawa})
    return "–".join(dict.fromkeys(str(year) for year in (years[0], years[-1]))) if years else ""


def _rows() -> list[look.BoardRow]:
    order = sorted_by(look.SORT_KEYS, "perlu")
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
