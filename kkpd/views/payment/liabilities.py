"""What the budget does not bear: refused purchases, fees, stamp duty; who made it good."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, flash, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import Field, HiddenField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from kkpd.belanja import evidence
from kkpd.core.choices import BEARERS
from kkpd.core.errors import DomainError
from kkpd.core.money import total
from kkpd.ledger.difference_kinds import LABELS
from kkpd.payment import liabilities as look
from kkpd.payment import repay as payment_repay
from kkpd.web.forms import (
    DayField,
    FileSize,
    PageForm,
    RupiahField,
    UploadField,
    options,
    uploads,
)
from kkpd.web.globals import now, settings, today
from kkpd.web.page import save, see
from kkpd.web.request.context import chosen_opd
from kkpd.web.request.converters import Periode, whole_number
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.refused import stands_on
from kkpd.web.request.transaction import reading, writing
from kkpd.web.stores import store
from kkpd.web.translation import N_, _, _l

bp = Blueprint("tanggungan", __name__, url_prefix="/<opd:opd>/<periode:periode>/tanggungan")

#: who makes it good -> as people say it
NAMES: Final = {
    "pemegang": N_("pemegang kartu"),
    "bank": N_("bank"),
    "penyedia": N_("penyedia"),
    "up_tunai": N_("UP Tunai"),
}
KINDS: Final = {
    **LABELS,
    "ditolak": N_("belanja ditolak"),
    "biaya": N_("biaya kartu"),
    "kartu_salah": N_("salah jenis kartu"),
    "lewat_batas": N_("lewat batas pemakaian"),
    "meterai": N_("bea meterai"),
    "dibayar_dua_kali": N_("terlanjur dibayar"),
    "kembali_pemegang": N_("hak pemegang: pengembalian sesudah dibayar"),
}


class PaymentForm(PageForm):
    """A payment with its proof."""

    transaksi_id = HiddenField()
    selisih_id = HiddenField()
    penanggung = SelectField(_l("Dibayar oleh"))
    nilai = RupiahField(_l("Nilai"), [InputRequired()])
    tanggal = DayField(_l("Tanggal bukti"), [InputRequired()])
    nomor_bukti = StringField(_l("Nomor bukti"), [InputRequired(), Length(max=120)])
    catatan = StringField(_l("Keterangan"), [Optional(), Length(max=300)])
    berkas = UploadField(_l("Foto atau PDF bukti"), [Optional(), FileSize()])

    def validate_berkas(self, field: Field) -> None:
        """Open the proof here: it may take seconds, and no transaction is open yet."""
        for sent in uploads(field)[:1]:
            nama = evidence.safe_name(sent.filename or "bukti")
            try:
                evidence.check(sent.read(), nama, settings().max_evidence_bytes)
            except DomainError as refusal:
                raise ValidationError(refusal.message) from refusal
            sent.stream.seek(0)

    def isi(self, opd_id: int) -> payment_repay.Repay:
        """The fields as the service takes them."""
        sent = uploads(self.berkas)[:1]
        return payment_repay.Repay(
            opd_id=opd_id,
            penanggung=self.penanggung.data,
            tanggal=self.tanggal.data,
            nilai=self.nilai.data,
            nomor_bukti=self.nomor_bukti.data or "",
            catatan=self.catatan.data or "",
            transaksi_id=whole_number(self.transaksi_id.data or ""),
            selisih_id=whole_number(self.selisih_id.data or ""),
            berkas=(sent[0].filename or "bukti", sent[0].read()) if sent else None,
        )


def _form() -> PaymentForm:
    form = PaymentForm()
    form.penanggung.choices = options((key, _(NAMES[key])) for key in BEARERS)
    return form


def _page(periode: Periode, form: PaymentForm, chosen: look.Liability | None) -> str:
    rows = look.listing(reading(), actor(), chosen_opd().id, periode.tahun, today())
    return render_template(
        "pages/tanggungan/index.html",
        rows=rows,
        sisa=total(row.sisa for row in rows),
        form=form,
        chosen=chosen,
        nama={key: _(words) for key, words in NAMES.items()},
        jenis={key: _(words) for key, words in KINDS.items()},
    )


def _chosen(transaksi_id: str | None, selisih_id: str | None) -> look.Liability | None:
    first, second = whole_number(transaksi_id or ""), whole_number(selisih_id or "")
    if (first is None) == (second is None):
        return None
    return look.one_item(reading(), chosen_opd().id, first, second, today())


@bp.get("/")
@needs("bayar:lihat")
def index(opd: str, periode: Periode) -> str:
    """Everything owed; with `?transaksi_id=` or `?selisih_id=` the form to record its payment."""
    form = _form()
    chosen = _chosen(request.args.get("transaksi_id"), request.args.get("selisih_id"))
    if chosen is not None:
        form.transaksi_id.data = str(chosen.transaksi_id or "")
        form.selisih_id.data = str(chosen.selisih_id or "")
        form.penanggung.choices = options((key, _(NAMES[key])) for key in chosen.penanggung)
        form.nilai.data, form.tanggal.data = chosen.sisa, today()
    return _page(periode, form, chosen)


@bp.post("/bayar")
@needs("bayar:catat")
@stands_on("tanggungan.index", carries=("transaksi_id", "selisih_id"))
def bayar(opd: str, periode: Periode) -> Response:
    """Record a payment with its proof."""
    form = _form()

    def act(session: Session) -> None:
        command = form.isi(chosen_opd().id)
        most = settings().max_evidence_bytes
        payment_repay.record(session, actor(), command, store(), most, now())

    return save(form, act, _("Pembayaran dicatat."), "tanggungan.index")


@bp.post("/<int:bayaran_id>/balik")
@needs("bayar:catat")
@stands_on("tanggungan.index")
def balik(opd: str, periode: Periode, bayaran_id: int) -> Response:
    """Reverse a wrong entry."""
    reason = request.form.get("alasan", "")
    with writing() as session:
        payment_repay.reverse(session, actor(), chosen_opd().id, bayaran_id, reason, now())
    flash(_("Catatan dibalik."), "ok")
    return see("tanggungan.index")
