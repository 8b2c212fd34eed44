"""The list of purchases: filtered in the address, paged by key, with its total and downloads."""

from __future__ import annotations

from flask import render_template, request
from werkzeug.wrappers import Response
from wtforms import SelectField, StringField

from kkpd.approval import reads as approval_reads
from kkpd.belanja import choices as belanja_choices
from kkpd.belanja import lists as belanja_export
from kkpd.belanja import lists as reads
from kkpd.belanja.lists import PurchaseCriteria
from kkpd.core.choices import PURCHASE_STATUSES
from kkpd.engines.paper.writers import WRITERS
from kkpd.views.belanja.base import bp
from kkpd.web.downloads import downloaded
from kkpd.web.forms import PageForm, options
from kkpd.web.globals import today
from kkpd.web.request.context import chosen_opd
from kkpd.web.request.converters import Periode, whole_number
from kkpd.web.request.permissions import needs
from kkpd.web.request.quotas import counted
from kkpd.web.request.transaction import reading
from kkpd.web.tables import sorted_by
from kkpd.web.translation import _, _l

_ALL = ("", _l("Semua"))


class PurchaseFilterForm(PageForm):
    """What the list can be narrowed by; the field names are those of the address."""

    cari = StringField(_l("Cari"))
    status = SelectField(_l("Status"))
    kelas = SelectField(
        _l("Kelas"),
        choices=options([_ALL, ("operasi", "operasi"), ("modal", "modal"), ("ragu", "ragu")]),
    )
    kartu = SelectField(_l("Kartu"))
    bukti = SelectField(
        _l("Bukti"),
        choices=options([_ALL, ("ada", _l("Ada")), ("tanpa", _l("Belum ada"))]),
    )
    temuan = SelectField(
        _l("Temuan"),
        choices=options([_ALL, ("ada", _l("Ada")), ("tanpa", _l("Tidak ada"))]),
    )


def criteria(periode: Periode) -> PurchaseCriteria:
    """What the address asks for; a word that is no choice narrows nothing."""
    args = request.args
    status, kelas = args.get("status", ""), args.get("kelas", "")
    return PurchaseCriteria(
        opd_id=chosen_opd().id,
        tahun=periode.tahun,
        bulan=None if args.get("setahun") else periode.bulan,
        status=status if status in PURCHASE_STATUSES else "",
        kelas=kelas if kelas in ("operasi", "modal", "ragu") else "",
        kartu_id=whole_number(args.get("kartu", "")),
        bukti=args.get("bukti", ""),
        temuan=args.get("temuan", ""),
        cocok=args.get("cocok", ""),
        cari=args.get("cari", "")[:100],
    )


def _asked() -> dict[str, str]:
    """The filter fields of the address that say something."""
    names = ("setahun", "cari", "status", "kelas", "kartu", "bukti", "temuan", "cocok")
    return {name: request.args[name] for name in names if request.args.get(name)}


def _form() -> PurchaseFilterForm:
    form = PurchaseFilterForm(formdata=request.args)
    names = [(status, status.replace("_", " ")) for status in PURCHASE_STATUSES]
    form.status.choices = options([_ALL, *names])
    cards = belanja_choices.kartu(reading(), chosen_opd().id)
    form.kartu.choices = options([("", _("Semua")), *((one.id, one.label) for one in cards)])
    return form


@bp.get("/")
@needs("belanja:lihat")
def index(opd: str, periode: Periode) -> str:
    """The month's purchases (?setahun=1: the whole year's)."""
    wanted = criteria(periode)
    order = sorted_by(reads.SORT_KEYS, "-tanggal")
    page = reads.listing(reading(), wanted, order, request.args.get("sesudah"))
    return render_template(
        "pages/belanja/index.html",
        form=_form(),
        halaman=page,
        putusan=approval_reads.decisions(reading(), [row.id for row in page.baris]),
        jumlah=reads.jumlah(reading(), wanted),
        tersaring=any(name != "setahun" for name in _asked()),
        disaring=_asked(),
    )


@bp.get("/unduh.csv")
@needs("belanja:lihat")
@counted("ekspor")
def unduh_csv(opd: str, periode: Periode) -> Response:
    """The filtered purchases for machines."""
    return _file(periode, "csv")


@bp.get("/unduh.xlsx")
@needs("belanja:lihat")
@counted("ekspor")
def unduh_xlsx(opd: str, periode: Periode) -> Response:
    """The filtered purchases as a workbook."""
    return _file(periode, "xlsx")


def _file(periode: Periode, ending: str) -> Response:
    document = belanja_export.dokumen(reading(), criteria(periode), chosen_opd().nama, today())
    return downloaded(WRITERS[ending](document), f"belanja-{chosen_opd().slug}-{periode}", ending)
