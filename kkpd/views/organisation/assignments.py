"""Assignments: who has which role where, from when to when."""

from __future__ import annotations

from flask import render_template
from werkzeug.wrappers import Response
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from kkpd.core.permissions import NAMA_PERAN, Peran
from kkpd.organisation import admin as organisation_admin
from kkpd.organisation import organisation
from kkpd.organisation.assignments import DataPenugasan
from kkpd.web.admin_area import bp, opd_choices, optional_id, orang_choices, save
from kkpd.web.forms import Formulir, TanggalField, pilihan
from kkpd.web.globals import now, today
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.transaction import reading
from kkpd.web.translation import _, _l


class FormulirTugas(Formulir):
    """A new assignment."""

    orang_id = SelectField(_l("Siapa"))
    peran = SelectField(_l("Peran"))
    opd_id = SelectField(_l("OPD"))
    mulai = TanggalField(_l("Berlaku mulai"), [InputRequired()])
    sampai = TanggalField(_l("Berlaku sampai"), [Optional()])
    atas_nama_id = SelectField(_l("Pelimpahan dari"))
    dasar = StringField(_l("Dasar, nomor surat keputusan atau kuasa"), [Length(max=200)])
    sub_kegiatan = StringField(_l("Sub kegiatan"), [Optional(), Length(max=30)])

    def isi(self) -> DataPenugasan:
        """The fields as the service takes them."""
        return DataPenugasan(
            orang_id=int(self.orang_id.data),
            peran=self.peran.data,
            opd_id=optional_id(self.opd_id.data),
            mulai=self.mulai.data,
            sampai=self.sampai.data,
            dasar=self.dasar.data or "",
            atas_nama_id=optional_id(self.atas_nama_id.data),
            sub_kegiatan=(self.sub_kegiatan.data or "").strip(),
        )


class FormulirAkhir(Formulir):
    """The last day of an assignment."""

    sampai = TanggalField(_l("Hari terakhir"), [InputRequired()])


def _form() -> FormulirTugas:
    form = FormulirTugas()
    form.orang_id.choices = orang_choices()
    form.atas_nama_id.choices = [*pilihan([("", _("jabatan sendiri"))]), *orang_choices()]
    form.peran.choices = pilihan((one.value, _(NAMA_PERAN[one])) for one in Peran)
    form.opd_id.choices = opd_choices(_("semua OPD"))
    return form


def _page(form: FormulirTugas) -> str:
    return render_template(
        "pages/admin/penugasan.html",
        form=form,
        akhir=FormulirAkhir(formdata=None),
        rows=organisation_admin.penugasan(reading(), actor(), today()),
        nama_peran={one.value: _(NAMA_PERAN[one]) for one in Peran},
    )


@bp.get("/penugasan")
@needs("penugasan:kelola")
def penugasan() -> str:
    """All assignments, those in force first."""
    return _page(_form())


@bp.post("/penugasan")
@needs("penugasan:kelola")
def penugasan_buat() -> Response | tuple[str, int]:
    """Give a role."""
    form = _form()
    return save(
        form,
        lambda session: organisation.tugaskan(session, actor(), form.isi(), now()),
        _("Penugasan disimpan."),
        "admin.penugasan",
        lambda: _page(form),
    )


@bp.post("/penugasan/<int:penugasan_id>/akhiri")
@needs("penugasan:kelola")
def penugasan_akhiri(penugasan_id: int) -> Response | tuple[str, int]:
    """Let it end."""
    form = FormulirAkhir()
    return save(
        form,
        lambda session: organisation.akhiri_tugas(
            session, actor(), penugasan_id, form.sampai.data, now()
        ),
        _("Penugasan diakhiri."),
        "admin.penugasan",
        lambda: _page(_form()),
    )
