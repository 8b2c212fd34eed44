"""The inspector's board over all OPDs: every number leads to its lines."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from kkpd.domain.money import total
from kkpd.domain.waktu import BULAN
from kkpd.queries import papan as lihat
from kkpd.queries import papan_unduh
from kkpd.web.ground import today
from kkpd.web.permissions import actor, needs
from kkpd.web.tables import sorted_by
from kkpd.web.transaction import reading
from kkpd.web.unduhan import BENTUK, unduhan

bp = Blueprint("papan", __name__, url_prefix="/papan")

#: From this age in days on a difference is old.
TUA = 60
#: So many OPDs stand beside each other at most.
BANDING = 6


@bp.get("/")
@needs("papan:lihat")
def index() -> str:
    """OPDs by month of a year, what needs eyes first; `?banding=` puts chosen ones side by side."""
    tahun, rows = _year(), _rows()
    last = max((n for row in rows for n, cell in enumerate(row.bulan, 1) if cell.ada), default=0)
    asked = request.args.getlist("banding")
    return render_template(
        "pages/papan/index.html",
        rows=rows,
        tahun=tahun,
        bulan=[name[:3] for name in BULAN[:last]],
        jumlah=[total(abs(row.bulan[month].selisih) for row in rows) for month in range(last)],
        selisih=total(row.selisih for row in rows),
        terbuka=sum(row.periode_tertua is not None for row in rows),
        tua=sum(row.tertua > TUA for row in rows),
        banding=[row for row in rows if row.slug in asked][:BANDING],
        banding_terbanyak=BANDING,
    )


def _year() -> int:
    asked = request.args.get("tahun", "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 4 else today().year


def _rows() -> list[lihat.BarisPapan]:
    order = sorted_by(lihat.URUT, "perlu")
    return lihat.papan(reading(), actor(), _year(), today(), order)


@bp.get("/unduh.csv")
@needs("papan:lihat")
def unduh_csv() -> Response:
    """The board for machines, in the order asked for."""
    return _file("csv")


@bp.get("/unduh.xlsx")
@needs("papan:lihat")
def unduh_xlsx() -> Response:
    """The board as a workbook."""
    return _file("xlsx")


def _file(ending: str) -> Response:
    document = papan_unduh.dokumen(reading(), _rows(), _year(), today())
    return unduhan(BENTUK[ending](document), f"papan-{_year()}", ending)
