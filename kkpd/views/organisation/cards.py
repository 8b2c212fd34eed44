"""Cards and their life: proposed to closed, each step with date and document."""

from __future__ import annotations

from flask import render_template
from werkzeug.wrappers import Response
from wtforms import RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from kkpd.core.errors import NotFound
from kkpd.organisation import admin as organisation_admin
from kkpd.organisation import cards as service
from kkpd.web.admin_area import bp, opd_choices, person_choices
from kkpd.web.forms import DayField, PageForm, RupiahField, options
from kkpd.web.globals import now, today
from kkpd.web.page import save
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.refused import stands_on
from kkpd.web.request.transaction import reading
from kkpd.web.translation import _, _l


class CardForm(PageForm):
    """A new card; never its number."""

    opd_id = SelectField(_l("OPD"))
    jenis = RadioField(_l("Jenis kartu"), [InputRequired()])
    nomor_akhir = StringField(_l("Empat angka terakhir"), [InputRequired(), Length(min=4, max=4)])
    bank = StringField(_l("Bank penerbit"), [InputRequired(), Length(max=80)], default="Bank Sumut")
    pemegang_id = SelectField(_l("Pemegang"))
    limit = RupiahField(_l("Batas kartu tahun ini"), [Optional()])
    berlaku_sampai = DayField(_l("Berlaku sampai"), [Optional()])
    tanggal = DayField(_l("Tanggal usulan"), [InputRequired()])
    nomor_dokumen = StringField(_l("Nomor surat usulan"), [InputRequired(), Length(max=120)])

    def isi(self) -> service.ProposeCard:
        """The fields as the service takes them."""
        return service.ProposeCard(
            opd_id=int(self.opd_id.data),
            jenis=self.jenis.data,
            nomor_akhir=self.nomor_akhir.data or "",
            bank=self.bank.data or "",
            pemegang_id=int(self.pemegang_id.data),
            tanggal=self.tanggal.data,
            nomor_dokumen=self.nomor_dokumen.data or "",
            limit=self.limit.data,
            berlaku_sampai=self.berlaku_sampai.data,
        )


class CardStatusForm(PageForm):
    """One step of a card's life."""

    status = SelectField(_l("Keadaan baru"))
    tanggal = DayField(_l("Tanggal kejadian"), [InputRequired()])
    nomor_dokumen = StringField(_l("Nomor surat atau berita acara"), [InputRequired()])
    keterangan = StringField(_l("Keterangan"), [Optional(), Length(max=300)])


def _form() -> CardForm:
    form = CardForm()
    form.opd_id.choices = opd_choices()
    form.pemegang_id.choices = person_choices()
    form.jenis.choices = options(
        [("barang", _("barang, jasa dan modal")), ("perjalanan", _("perjalanan dinas"))]
    )
    return form


def _page(form: CardForm) -> str:
    rows = organisation_admin.kartu(reading(), actor(), today().year)
    return render_template("pages/admin/kartu.html", form=form, rows=rows)


@bp.get("/kartu")
@needs("kartu:kelola")
def kartu() -> str:
    """All cards."""
    return _page(_form())


@bp.post("/kartu")
@needs("kartu:kelola")
@stands_on("admin.kartu")
def kartu_buat() -> Response:
    """Register a proposed card."""
    form = _form()
    return save(
        form,
        lambda session: service.propose(session, actor(), form.isi(), now()),
        _("Kartu diusulkan."),
        "admin.kartu",
    )


@bp.get("/kartu/<int:kartu_id>")
@needs("kartu:kelola")
def kartu_rinci(kartu_id: int) -> str:
    """One card with its life so far."""
    return render_template(
        "pages/admin/kartu_rinci.html",
        row=_get(kartu_id),
        form=_status_form(kartu_id),
        riwayat=organisation_admin.card_steps(reading(), kartu_id),
    )


@bp.post("/kartu/<int:kartu_id>")
@needs("kartu:kelola")
@stands_on("admin.kartu_rinci")
def kartu_status(kartu_id: int) -> Response:
    """One step further."""
    form = _status_form(kartu_id)

    def command() -> service.ChangeStatus:
        return service.ChangeStatus(
            kartu_id=kartu_id,
            status=form.status.data,
            tanggal=form.tanggal.data,
            nomor_dokumen=form.nomor_dokumen.data or "",
            keterangan=form.keterangan.data or "",
        )

    return save(
        form,
        lambda session: service.change_status(session, actor(), command(), now()),
        _("Keadaan kartu dicatat."),
        "admin.kartu",
    )


def _status_form(kartu_id: int) -> CardStatusForm:
    form = CardStatusForm()
    form.status.choices = options((one, one) for one in service.NEXT_STATES[_get(kartu_id).status])
    return form


def _get(kartu_id: int) -> organisation_admin.CardRow:
    row = organisation_admin.find_card(reading(), actor(), kartu_id, today().year)
    if row is None:
        raise NotFound(_("Kartu tidak ditemukan."))
    return row
