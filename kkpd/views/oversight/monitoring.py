"""Monitoring of card use: all OPDs by quarter, and one OPD's months down to their lines."""

from __future__ import annotations

from flask import Blueprint, render_template
from werkzeug.wrappers import Response

from kkpd.core.moments import MONTHS
from kkpd.core.money import total
from kkpd.engines.paper.writers import WRITERS
from kkpd.oversight import monitoring
from kkpd.oversight.monitoring_rules import SETTING_KEYS
from kkpd.records import settings as setelan
from kkpd.web.downloads import downloaded
from kkpd.web.globals import today
from kkpd.web.request.context import chosen_opd, chosen_year
from kkpd.web.request.converters import Periode
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.quotas import counted
from kkpd.web.request.transaction import reading
from kkpd.web.terms import (
    HIGHLIGHT_NAMES,
    SETTING_NAMES,
    blank_settings,
    highlight_text,
    month_names,
)
from kkpd.web.translation import _

bp = Blueprint("pemantauan", __name__)


@bp.get("/pemantauan/")
@needs("pemantauan:lihat")
def index() -> str:
    """The OPDs the actor watches, by quarter of a year, those that stand out first."""
    tahun, rows = chosen_year(), _rows()
    return render_template(
        "pages/pemantauan/index.html",
        rows=sorted(rows, key=lambda row: (not row.highlights, row.nama)),
        tahun=tahun,
        tahun_ini=today().year,
        jumlah=[total(row.year_quarters[at].belanja for row in rows) for at in range(4)],
        aturan={key: _(text) for key, text in HIGHLIGHT_NAMES.items()},
        wording=highlight_text,
        label_text=month_names,
        kosong=_unset(),
    )


def _unset() -> list[str]:
    """Rules that no setting for all OPDs turns on."""
    of = setelan.everything(reading(), SETTING_KEYS, today())
    return [_(SETTING_NAMES[key]) for key in SETTING_KEYS if of(key, None) is None]


def _rows() -> list[monitoring.WatchedYear]:
    return monitoring.watch_opds(reading(), actor(), chosen_year(), today())


@bp.get("/<opd:opd>/<periode:periode>/pemantauan/")
@needs("pemantauan:lihat")
def rinci(opd: str, periode: Periode) -> str:
    """One OPD's year: each month's figure leads to its lines, each rule says its setting."""
    opd_id, day = chosen_opd().id, today()
    (row,) = monitoring.watch_opds(reading(), actor(), periode.tahun, day, opd_id)
    rules = [
        (_(SETTING_NAMES[key]), setelan.in_force(reading(), key, day, opd_id))
        for key in SETTING_KEYS
    ]
    return render_template(
        "pages/pemantauan/rinci.html",
        pantauan=row,
        tahun=periode.tahun,
        bulan=MONTHS,
        label_text=month_names,
        aturan={key: _(text) for key, text in HIGHLIGHT_NAMES.items()},
        wording=highlight_text,
        setelan=[(name, rule) for name, rule in rules if rule is not None and rule.nilai],
        kosong=blank_settings(reading(), SETTING_KEYS, day, opd_id),
    )


@bp.get("/pemantauan/unduh.csv")
@needs("pemantauan:lihat")
@counted("ekspor")
def unduh_csv() -> Response:
    """Quarters of every OPD for machines."""
    return _file("csv")


@bp.get("/pemantauan/unduh.xlsx")
@needs("pemantauan:lihat")
@counted("ekspor")
def unduh_xlsx() -> Response:
    """The same as a workbook."""
    return _file("xlsx")


def _file(ending: str) -> Response:
    document = monitoring.dokumen(reading(), _rows(), chosen_year(), today())
    return downloaded(WRITERS[ending](document), f"pemantauan-{chosen_year()}", ending)
