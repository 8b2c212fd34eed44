"""Year end: what is unsettled on 31 December, what the new year lacks, and opening it."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, flash, render_template, request
from werkzeug.wrappers import Response

from kkpd.core.errors import NotFound
from kkpd.core.money import total
from kkpd.records import settings as records_settings
from kkpd.web.filters import rupiah
from kkpd.web.globals import now, today
from kkpd.web.page import see
from kkpd.web.request.context import chosen_opd
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.refused import stands_on
from kkpd.web.request.transaction import reading, writing
from kkpd.web.translation import _
from kkpd.year import open_year, reads
from kkpd.year import reads as look
from kkpd.year.rules import REQUIREMENTS

bp = Blueprint("akhir_tahun", __name__, url_prefix="/akhir-tahun")

#: From this month on the next year is the one to look at.
NEXT_YEAR_FROM_MONTH = 7


@bp.get("/")
@needs("tahun:lihat")
def index() -> str:
    """Every OPD at the turn of the year (?tahun= the new one): check before opening."""
    return _page(_asked())


def _asked() -> int:
    text, day = request.args.get("tahun", ""), today()
    if text.isascii() and text.isdigit() and len(text) == 4:
        return _year(int(text))
    return day.year + 1 if day.month >= NEXT_YEAR_FROM_MONTH else day.year


def _year(tahun: int) -> int:
    if not 2022 <= tahun <= 2100:
        raise NotFound("Tahun anggaran ini tidak ada. Tulis seperti 2027.")
    return tahun


def _page(tahun: int) -> str:
    rows, day = look.everything(reading(), actor(), tahun), date(tahun - 1, 12, 31)
    of = records_settings.everything(reading(), ("year_end_use_cutoff", "year_end_spm_cutoff"), day)
    cutoffs = [of(key, None) for key in ("year_end_use_cutoff", "year_end_spm_cutoff")]
    return render_template(
        "pages/akhir_tahun/index.html",
        rows=rows,
        tahun=tahun,
        lama=tahun - 1,
        nama=REQUIREMENTS,
        debt=total(row.debt for row in rows),
        banyak=sum(row.banyak for row in rows),
        bound=[_day(text, tahun - 1) for text in cutoffs],
        shared=_shared(rows),
        allowed=today() >= date(tahun, 1, 1),
        belum=[row for row in rows if row.opened_at is None],
    )


def _shared(rows: list[look.YearEnd]) -> list[str]:
    """What every OPD lacks: said once."""
    first = [one.kunci for one in rows[0].lacks] if rows else []
    lacking = [{one.kunci for one in row.lacks} for row in rows]
    return [key for key in first if len(rows) > 1 and all(key in keys for keys in lacking)]


def _day(text: str | None, tahun: int) -> date | None:
    """The cut-off of that year; a day of another year says nothing of it."""
    found = date.fromisoformat(text) if text else None
    return found if found and found.year == tahun else None


@bp.get("/<int:tahun>/<opd:opd>/")
@needs("tahun:lihat")
def rinci(tahun: int, opd: str) -> str:
    """One OPD: its unsettled lines, its list for the new year, what became of what went over."""
    opd_id = chosen_opd().id
    return render_template(
        "pages/akhir_tahun/rinci.html",
        finish=look.one_item(reading(), actor(), opd_id, _year(tahun)),
        tahun=tahun,
        lama=tahun - 1,
        nama=REQUIREMENTS,
        rows=reads.debt(reading(), actor(), opd_id, tahun - 1),
        fate=reads.fate(reading(), actor(), opd_id, tahun, today()),
        remaining=reads.remaining(reading(), actor(), opd_id, tahun - 1, today()),
    )


@bp.post("/<int:tahun>/buka")
@needs("tahun:buka")
@stands_on("akhir_tahun.index", carries=("tahun",))
def buka(tahun: int) -> Response:
    """Open the year in every OPD in use; doing it again adds what came late."""
    _year(tahun)
    with writing() as session:
        ids = [row.opd_id for row in look.everything(session, actor(), tahun)]
        done = [open_year.open_year(session, actor(), one, tahun, now()) for one in ids]
    said = _(
        "Tahun %(tahun)s dibuka di %(n)s OPD: %(kartu)s batas kartu dan %(baris)s baris dibawa. "
        "Belum lunas pada 31 Desember %(nilai)s, semuanya terbawa.",
        tahun=tahun,
        n=len(done),
        kartu=sum(one.kartu for one in done),
        baris=sum(one.baris for one in done),
        nilai=rupiah(total(one.nilai for one in done)),
    )
    flash(said, "ok")
    return see("akhir_tahun.index", tahun=tahun)
