"""The month's tax list for the treasurer: on the page, as CSV and as XLSX (kkpd.md 4)."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, render_template

from kkpd.domain.documents import Dokumen
from kkpd.queries import pajak, setelan
from kkpd.reports import csv, xlsx
from kkpd.web.context import chosen_opd
from kkpd.web.converters import Periode
from kkpd.web.ground import today
from kkpd.web.permissions import actor, needs
from kkpd.web.transaction import reading
from kkpd.web.translation import N_, _

bp = Blueprint("pajak", __name__, url_prefix="/<opd:opd>/<periode:periode>/pajak")

PEMUNGUT: Final = {
    "penjual": N_("penjual"),
    "marketplace": N_("marketplace"),
    "bendahara": N_("bendahara"),
    "tidak_ada": N_("tidak ada"),
}
#: exception of PMK 59/2022 -> what it says
_KECUALI: Final = (("ppn_kecuali_kartu", "PPN"), ("pph22_kecuali_kartu", "PPh 22"))


def _found(periode: Periode) -> pajak.DaftarPajak:
    when = (periode.tahun, periode.bulan)
    return pajak.daftar(reading(), actor(), chosen_opd().id, when)


@bp.get("/")
@needs("bayar:lihat")
def index(opd: str, periode: Periode) -> str:
    """Who collects which tax this month, and what is still missing."""
    day = today()
    rules = [
        (name, setelan.in_force(reading(), key, day, chosen_opd().id)) for key, name in _KECUALI
    ]
    return render_template(
        "pages/pajak/index.html",
        pajak=_found(periode),
        pemungut={key: _(words) for key, words in PEMUNGUT.items()},
        kecuali=[(name, row.dasar_hukum) for name, row in rules if row is not None and row.nilai],
        tanpa=[name for name, row in rules if row is None or not row.nilai],
    )


@bp.get("/unduh.csv")
@needs("bayar:lihat")
def unduh_csv(opd: str, periode: Periode) -> Response:
    """The list for machines."""
    return _file(csv.write(_document(periode)), "text/csv; charset=utf-8", periode, "csv")


@bp.get("/unduh.xlsx")
@needs("bayar:lihat")
def unduh_xlsx(opd: str, periode: Periode) -> Response:
    """The list as a workbook."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return _file(xlsx.write(_document(periode)), kind, periode, "xlsx")


def _document(periode: Periode) -> Dokumen:
    when = (periode.tahun, periode.bulan)
    return pajak.dokumen(reading(), _found(periode), chosen_opd().nama, when, today())


def _file(data: bytes, kind: str, periode: Periode, ending: str) -> Response:
    response = Response(data, content_type=kind)
    name = f"pajak-{chosen_opd().slug}-{periode}.{ending}"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
