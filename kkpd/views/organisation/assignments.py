"""Assignments: who has which role where, from when to when."""

from __future__ import annotations

from flask import render_template
from werkzeug.wrappers import Response
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from kkpd.core.permissions import ROLE_NAMES, Role
from kkpd.organisation import admin as organisation_admin
from kkpd.organisation import organisation
from kkpd.organisation.organisation import AssignmentData
from kkpd.web.admin_area import bp, opd_choices, optional_id, person_choices
from kkpd.web.forms import DayField, PageForm, options
from kkpd.web.globals import now, today
from kkpd.web.page import save
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.transaction import reading
from kkpd.web.translation import _, _l


class AssignmentForm(PageForm):
    """A new assignment."""

    orang_id = SelectField(_l("Siapa"))
    peran = SelectField(_l("Peran"))
    opd_id = SelectField(_l("OPD"))
    mulai = DayField(_l("Berlaku mulai"), [InputRequired()])
    sampai = DayField(_l("Berlaku sampai"), [Optional()])
    atas_nama_id = SelectField(_l("Pelimpahan dari"))
    dasar = StringField(_l("Dasar, nomor surat keputusan atau kuasa"), [Length(max=200)])
    sub_kegiatan = StringField(_l("Sub kegiatan"), [Optional(), Length(max=30)])

    def isi(self) -> AssignmentData:
        """The fields as the service takes them."""
        return AssignmentData(
            orang_id=int(self.orang_id.data),
            peran=self.peran.data,
            opd_id=optional_id(self.opd_id.data),
            mulai=self.mulai.data,
            sampai=self.sampai.data,
            dasar=self.dasar.data or "",
            atas_nama_id=optional_id(self.atas_nama_id.data),
            sub_kegiatan=(self.sub_kegiatan.data or "").strip(),
        )


class AssignmentEndForm(PageForm):
    """The last day of an assignment."""

    sampai = DayField(_l("Hari terakhir"), [InputRequired()])


def _form() -> AssignmentForm:
    form = AssignmentForm()
    form.orang_id.choices = person_choices()
    form.atas_nama_id.choices = [*options([("", _("jabatan sendiri"))]), *person_choices()]
    form.peran.choices = options((one.value, _(ROLE_NAMES[one])) for one in Role)
    form.opd_id.choices = opd_choices(_("semua OPD"))
    return form


def _page(form: AssignmentForm) -> str:
    return render_template(
        "pages/admin/penugasan.html",
        form=form,
        finish=AssignmentEndForm(formdata=None),
        rows=organisation_admin.penugasan(reading(), actor(), today()),
        nama_peran={one.value: _(ROLE_NAMES[one]) for one in Role},
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
        lambda session: organisation.assign_role(session, actor(), form.isi(), now()),
        _("Penugasan disimpan."),
        "admin.penugasan",
        lambda: _page(form),
    )


@bp.post("/penugasan/<int:penugasan_id>/akhiri")
@needs("penugasan:kelola")
def penugasan_akhiri(penugasan_id: int) -> Response | tuple[str, int]:
    """Let it end."""
    form = AssignmentEndForm()
    return save(
        form,
        lambda session: organisation.end_assignment(
            session, actor(), penugasan_id, form.sampai.data, now()
        ),
        _("Penugasan diakhiri."),
        "admin.penugasan",
        lambda: _page(_form()),
    )
