"""The list of purchases: filtered in the address, paged by key, with its total and downloads."""

from __future__ import annotations

from flask import render_template, request
from werkzeug.wrappers import Response
from wtforms import SelectField, StringField

from kkpd.approval import reads as approval_reads
from kkpd.belanja import choices as belanja_choices
from kkpd.belanja import export as belanja_export
from kkpd.belanja import lists as reads
from kkpd.belanja.lists import Saringan
from kkpd.core.choices import STATUS_TRANSAKSI
from kkpd.engines.paper.writers import WRITERS
from kkpd.views.belanja.base import bp
from kkpd.web.downloads import unduhan
from kkpd.web.forms import Formulir, pilihan
from kkpd.web.globals import today
from kkpd.web.request.context import chosen_opd
from kkpd.web.request.converters import Periode
from kkpd.web.request.permissions import needs
from kkpd.web.request.transaction import reading
from kkpd.web.tables import sorted_by
from kkpd.web.translation import _, _l

_SEMUA = ("", _l("Semua"))


class FormulirSaring(Formulir):
    """What the list can be narrowed by; the field names are those of the address."""

    cari = StringField(_l("Cari"))
    status = SelectField(_l("Status"))
    kelas = SelectField(
        _l("Kelas"),
        choices=pilihan([_SEMUA, ("operasi", "operasi"), ("modal", "modal"), ("ragu", "ragu")]),
    )
    kartu = SelectField(_l("Kartu"))
    bukti = SelectField(
        _l("Bukti"),
        choices=pilihan([_SEMUA, ("ada", _l("Ada")), ("tanpa", _l("Belum ada"))]),
    )
    temuan = SelectField(
        _l("Temuan"),
        choices=pilihan([_SEMUA, ("ada", _l("Ada")), ("tanpa", _l("Tidak ada"))]),
    )


def saringan(periode: Periode) -> Saringan:
    """What the address asks for; a word that is no choice narrows nothing."""
    args = request.args
    card = args.get("kartu", "")
    status, kelas = args.get("status", ""), args.get("kelas", "")
    return Saringan(
        opd_id=chosen_opd().id,
        tahun=periode.tahun,
        bulan=None if args.get("setahun") else periode.bulan,
        status=status if status in STATUS_TRANSAKSI else "",
        kelas=kelas if kelas in ("operasi", "modal", "ragu") else "",
        kartu_id=int(card) if card.isascii() and card.isdigit() and len(card) < 10 else None,
        bukti=args.get("bukti", ""),
        temuan=args.get("temuan", ""),
        cocok=args.get("cocok", ""),
        cari=args.get("cari", "")[:100],
    )


def _asked() -> dict[str, str]:
    """The filter fields of the address that say something."""
    names = ("setahun", "cari", "status", "kelas", "kartu", "bukti", "temuan", "cocok")
    return {name: request.args[name] for name in names if request.args.get(name)}


def _form() -> FormulirSaring:
    form = FormulirSaring(formdata=request.args)
    names = [(status, status.replace("_", " ")) for status in STATUS_TRANSAKSI]
    form.status.choices = pilihan([_SEMUA, *names])
    cards = belanja_choices.kartu(reading(), chosen_opd().id)
    form.kartu.choices = pilihan([("", _("Semua")), *((one.id, one.label) for one in cards)])
    return form


@bp.get("/")
@needs("belanja:lihat")
def index(opd: str, periode: Periode) -> str:
    """The month's purchases (?setahun=1: the whole year's)."""
    wanted = saringan(periode)
    order = sorted_by(reads.URUT, "-tanggal")
    page = reads.daftar(reading(), wanted, order, request.args.get("sesudah"))
    return render_template(
        "pages/belanja/index.html",
        form=_form(),
        halaman=page,
        putusan=approval_reads.putusan(reading(), [row.id for row in page.baris]),
        jumlah=reads.jumlah(reading(), wanted),
        tersaring=any(name != "setahun" for name in _asked()),
        disaring=_asked(),
    )


@bp.get("/unduh.csv")
@needs("belanja:lihat")
def unduh_csv(opd: str, periode: Periode) -> Response:
    """The filtered purchases for machines."""
    return _file(periode, "csv")


@bp.get("/unduh.xlsx")
@needs("belanja:lihat")
def unduh_xlsx(opd: str, periode: Periode) -> Response:
    """The filtered purchases as a workbook."""
    return _file(periode, "xlsx")


def _file(periode: Periode, ending: str) -> Response:
    document = belanja_export.dokumen(reading(), saringan(periode), chosen_opd().nama, today())
    return unduhan(WRITERS[ending](document), f"belanja-{chosen_opd().slug}-{periode}", ending)
