"""The month's tax list for the treasurer: on the page, as CSV and as XLSX (kkpd.md 4)."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, render_template
from werkzeug.wrappers import Response

from kkpd.engines.paper.writers import WRITERS
from kkpd.records import settings as records_settings
from kkpd.reports import taxes as taxes
from kkpd.web.downloads import downloaded
from kkpd.web.globals import today
from kkpd.web.request.context import chosen_opd
from kkpd.web.request.converters import Periode
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.quotas import counted
from kkpd.web.request.transaction import reading
from kkpd.web.translation import N_, _

bp = Blueprint("pajak", __name__, url_prefix="/<opd:opd>/<periode:periode>/pajak")

TAX_COLLECTORS: Final = {
    "penjual": N_("penjual"),
    "marketplace": N_("marketplace"),
    "bendahara": N_("bendahara"),
    "tidak_ada": N_("tidak ada"),
}
#: exception of PMK 59/2022 -> what it says
_EXEMPTIONS: Final = (("ppn_kecuali_kartu", "PPN"), ("pph22_kecuali_kartu", "PPh 22"))


def _found(periode: Periode) -> taxes.TaxList:
    return taxes.listing(reading(), actor(), chosen_opd().id, periode, today())


@bp.get("/")
@needs("bayar:lihat")
def index(opd: str, periode: Periode) -> str:
    """Who collects which tax this month, and what is still missing."""
    day = today()
    rules = [
        (name, records_settings.in_force(reading(), key, day, chosen_opd().id))
        for key, name in _EXEMPTIONS
    ]
    return render_template(
        "pages/pajak/index.html",
        taxes=_found(periode),
        pemungut={key: _(words) for key, words in TAX_COLLECTORS.items()},
        kecuali=[(name, row.dasar_hukum) for name, row in rules if row is not None and row.nilai],
        without=[name for name, row in rules if row is None or not row.nilai],
    )


@bp.get("/unduh.csv")
@needs("bayar:lihat")
@counted("ekspor")
def unduh_csv(opd: str, periode: Periode) -> Response:
    """The list for machines."""
    return _file(periode, "csv")


@bp.get("/unduh.xlsx")
@needs("bayar:lihat")
@counted("ekspor")
def unduh_xlsx(opd: str, periode: Periode) -> Response:
    """The list as a workbook."""
    return _file(periode, "xlsx")


def _file(periode: Periode, ending: str) -> Response:
    document = taxes.dokumen(reading(), _found(periode), chosen_opd().nama, periode, today())
    return downloaded(WRITERS[ending](document), f"pajak-{chosen_opd().slug}-{periode}", ending)
