"""Cards and their life: proposed to closed, each step with date and document."""

from __future__ import annotations

from flask import render_template
from werkzeug.wrappers import Response
from wtforms import RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from kkpd.core.errors import NotFound
from kkpd.organisation import admin as organisation_admin
from kkpd.organisation import card_states as siklus
from kkpd.organisation import cards as service
from kkpd.web.admin_area import bp, opd_choices, orang_choices, save
from kkpd.web.forms import Formulir, RupiahField, TanggalField, pilihan
from kkpd.web.globals import now, today
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.transaction import reading
from kkpd.web.translation import _, _l


class FormulirKartu(Formulir):
    """A new card; never its number."""

    opd_id = SelectField(_l("OPD"))
    jenis = RadioField(_l("Jenis kartu"), [InputRequired()])
    nomor_akhir = StringField(_l("Empat angka terakhir"), [InputRequired(), Length(min=4, max=4)])
    bank = StringField(_l("Bank penerbit"), [InputRequired(), Length(max=80)], default="Bank Sumut")
    pemegang_id = SelectField(_l("Pemegang"))
    limit = RupiahField(_l("Batas kartu tahun ini"), [Optional()])
    berlaku_sampai = TanggalField(_l("Berlaku sampai"), [Optional()])
    tanggal = TanggalField(_l("Tanggal usulan"), [InputRequired()])
    nomor_dokumen = StringField(_l("Nomor surat usulan"), [InputRequired(), Length(max=120)])

    def isi(self) -> service.UsulkanKartu:
        """The fields as the service takes them."""
        return service.UsulkanKartu(
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


class FormulirStatus(Formulir):
    """One step of a card's life."""

    status = SelectField(_l("Keadaan baru"))
    tanggal = TanggalField(_l("Tanggal kejadian"), [InputRequired()])
    nomor_dokumen = StringField(_l("Nomor surat atau berita acara"), [InputRequired()])
    keterangan = StringField(_l("Keterangan"), [Optional(), Length(max=300)])


def _form() -> FormulirKartu:
    form = FormulirKartu()
    form.opd_id.choices = opd_choices()
    form.pemegang_id.choices = orang_choices()
    form.jenis.choices = pilihan(
        [("barang", _("barang, jasa dan modal")), ("perjalanan", _("perjalanan dinas"))]
    )
    return form


def _page(form: FormulirKartu) -> str:
    rows = organisation_admin.kartu(reading(), actor(), today().year)
    return render_template("pages/admin/kartu.html", form=form, rows=rows)


@bp.get("/kartu")
@needs("kartu:kelola")
def kartu() -> str:
    """All cards."""
    return _page(_form())


@bp.post("/kartu")
@needs("kartu:kelola")
def kartu_buat() -> Response | tuple[str, int]:
    """Register a proposed card."""
    form = _form()
    return save(
        form,
        lambda session: service.usulkan(session, actor(), form.isi(), now()),
        _("Kartu diusulkan."),
        "admin.kartu",
        lambda: _page(form),
    )


@bp.get("/kartu/<int:kartu_id>")
@needs("kartu:kelola")
def kartu_rinci(kartu_id: int) -> str:
    """One card with its life so far."""
    return _detail(kartu_id, None)


@bp.post("/kartu/<int:kartu_id>")
@needs("kartu:kelola")
def kartu_status(kartu_id: int) -> Response | tuple[str, int]:
    """One step further."""
    form = _status_form(kartu_id)

    def command() -> service.UbahStatus:
        return service.UbahStatus(
            kartu_id=kartu_id,
            status=form.status.data,
            tanggal=form.tanggal.data,
            nomor_dokumen=form.nomor_dokumen.data or "",
            keterangan=form.keterangan.data or "",
        )

    return save(
        form,
        lambda session: service.ubah_status(session, actor(), command(), now()),
        _("Keadaan kartu dicatat."),
        "admin.kartu",
        lambda: _detail(kartu_id, form),
    )


def _status_form(kartu_id: int) -> FormulirStatus:
    form = FormulirStatus()
    form.status.choices = pilihan((one, one) for one in siklus.BERIKUT[_get(kartu_id).status])
    return form


def _detail(kartu_id: int, form: FormulirStatus | None) -> str:
    return render_template(
        "pages/admin/kartu_rinci.html",
        row=_get(kartu_id),
        form=form or _status_form(kartu_id),
        riwayat=organisation_admin.riwayat_kartu(reading(), kartu_id),
    )


def _get(kartu_id: int) -> organisation_admin.BarisKartu:
    row = organisation_admin.satu_kartu(reading(), actor(), kartu_id, today().year)
    if row is None:
        raise NotFound(_("Kartu tidak ditemukan."))
    return row
