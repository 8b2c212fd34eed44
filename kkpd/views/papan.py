"""The inspector's board over all OPDs: every number leads to its lines."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from kkpd.domain.money import total
from kkpd.domain.waktu import BULAN
from kkpd.queries import papan as lihat
from kkpd.web.ground import today
from kkpd.web.permissions import actor, needs
from kkpd.web.transaction import reading

bp = Blueprint("papan", __name__, url_prefix="/papan")

#: From this age in days on a difference is old.
TUA = 60


@bp.get("/")
@needs("papan:lihat")
def index() -> str:
    """OPDs by month of a year, what needs eyes first."""
    asked = request.args.get("tahun", "")
    tahun = int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 4 else today().year
    rows = lihat.papan(reading(), actor(), tahun, today())
    last = max((n for row in rows for n, cell in enumerate(row.bulan, 1) if cell.ada), default=0)
    return render_template(
        "pages/papan/index.html",
        rows=rows,
        tahun=tahun,
        bulan=[name[:3] for name in BULAN[:last]],
        jumlah=[total(abs(row.bulan[month].selisih) for row in rows) for month in range(last)],
        selisih=total(row.selisih for row in rows),
        terbuka=sum(bool(row.selisih) for row in rows),
        tua=sum(row.tertua > TUA for row in rows),
    )
