"""Assignments: who has which role where and when; proposed by one, confirmed by another."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from flask import render_template
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from kkpd.core.choices import IN_FORCE, PROPOSED
from kkpd.core.permissions import ROLE_NAMES, Role
from kkpd.organisation import admin as organisation_admin
from kkpd.organisation import assignments
from kkpd.organisation.assignments import AssignmentData
from kkpd.web.admin_area import bp, opd_choices, optional_id, person_choices
from kkpd.web.forms import DayField, PageForm, options
from kkpd.web.globals import now, today
from kkpd.web.page import save
from kkpd.web.request.permissions import actor, may, needs
from kkpd.web.request.refused import stands_on
from kkpd.web.request.transaction import reading
from kkpd.web.translation import _, _l

#: So many days back the page lists cards that were proposed or decided.
CARD_DAYS = 30


class AssignmentForm(PageForm):
    """A new assignment."""

    orang_id = SelectField(_l("Siapa"))
    peran = SelectField(_l("Peran"))
    opd_id = SelectField(_l("OPD"))
    mulai = DayField(_l("Berlaku mulai"), [InputRequired()])
    sampai = DayField(_l("Berlaku sampai"), [Optional()])
    atas_nama_id = SelectField(_l("Pelimpahan dari"))
    dasar = StringField(
        _l("Dasar, nomor surat keputusan atau kuasa"), [InputRequired(), Length(max=200)]
    )
    tanggal_dasar = DayField(_l("Tanggal surat itu"), [InputRequired()])
    alasan_mundur = StringField(_l("Mengapa berlaku mundur"), [Optional(), Length(max=300)])
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
            tanggal_dasar=self.tanggal_dasar.data,
            alasan_mundur=(self.alasan_mundur.data or "").strip(),
            atas_nama_id=optional_id(self.atas_nama_id.data),
            sub_kegiatan=(self.sub_kegiatan.data or "").strip(),
        )


class AssignmentEndForm(PageForm):
    """The last day of an assignment."""

    sampai = DayField(_l("Hari terakhir"), [InputRequired()])


class RefusalForm(PageForm):
    """Why a proposal is refused."""

    alasan = StringField(_l("Mengapa ditolak"), [InputRequired(), Length(max=300)])


def _form() -> AssignmentForm | None:
    """The form for who may propose."""
    if not may("penugasan:kelola"):
        return None
    form = AssignmentForm()
    form.orang_id.choices = person_choices()
    form.atas_nama_id.choices = [*options([("", _("jabatan sendiri"))]), *person_choices()]
    form.peran.choices = options((one.value, _(ROLE_NAMES[one])) for one in Role)
    form.opd_id.choices = opd_choices(_("semua OPD"))
    return form


def _page(form: AssignmentForm | None) -> str:
    rows = organisation_admin.penugasan(reading(), actor(), today())
    since = now() - timedelta(days=CARD_DAYS)
    return render_template(
        "pages/admin/penugasan.html",
        form=form,
        finish=AssignmentEndForm(formdata=None),
        waiting=[row for row in rows if row.status == PROPOSED],
        rows=[row for row in rows if row.status != PROPOSED],
        in_force=IN_FORCE,
        all_waiting=_all_waiting(rows) if form is not None else 0,
        cards=organisation_admin.card_grants(reading(), actor(), since),
        card_days=CARD_DAYS,
        nama_peran={one.value: _(ROLE_NAMES[one]) for one in Role},
    )


def _all_waiting(rows: list[organisation_admin.AssignmentRow]) -> int:
    """How many proposals and cards wait for just this administrator."""
    me = actor().orang_id
    mine = [r for r in rows if r.status == PROPOSED and me not in (r.orang_id, r.diusulkan_oleh_id)]
    return len(mine) + len(organisation_admin.waiting_cards(reading(), actor()))


@bp.get("/penugasan")
@needs("penugasan:lihat")
def penugasan() -> str:
    """What waits for a second person, then all assignments, those in force first."""
    return _page(_form())


@bp.post("/penugasan")
@needs("penugasan:kelola")
@stands_on("admin.penugasan")
def penugasan_buat() -> Response:
    """Propose a role."""
    form = _form()
    assert form is not None, "who may propose has the form"
    return save(
        form,
        lambda session: assignments.propose(session, actor(), form.isi(), now()),
        _("Penugasan diusulkan. Ia berlaku sesudah administrator lain mengonfirmasi."),
        "admin.penugasan",
    )


def _act(form: PageForm, act: Callable[[Session], object], done: str) -> Response:
    """One act on one row of the page."""
    return save(form, act, done, "admin.penugasan")


@bp.post("/penugasan/<int:penugasan_id>/konfirmasi")
@needs("penugasan:kelola")
@stands_on("admin.penugasan")
def penugasan_konfirmasi(penugasan_id: int) -> Response:
    """Make a proposal effective."""
    return _act(
        PageForm(),
        lambda session: assignments.confirm(session, actor(), penugasan_id, now()),
        _("Penugasan berlaku."),
    )


@bp.post("/penugasan/<int:penugasan_id>/tolak")
@needs("penugasan:kelola")
@stands_on("admin.penugasan")
def penugasan_tolak(penugasan_id: int) -> Response:
    """Refuse a proposal."""
    form = RefusalForm()
    return _act(
        form,
        lambda session: assignments.refuse(
            session, actor(), penugasan_id, form.alasan.data or "", now()
        ),
        _("Usulan penugasan ditolak."),
    )


@bp.post("/penugasan/<int:penugasan_id>/tarik")
@needs("penugasan:kelola")
@stands_on("admin.penugasan")
def penugasan_tarik(penugasan_id: int) -> Response:
    """Take the own proposal back."""
    return _act(
        PageForm(),
        lambda session: assignments.withdraw(session, actor(), penugasan_id, now()),
        _("Usulan penugasan ditarik."),
    )


@bp.post("/penugasan/<int:penugasan_id>/akhiri")
@needs("penugasan:kelola")
@stands_on("admin.penugasan")
def penugasan_akhiri(penugasan_id: int) -> Response:
    """Let it end."""
    form = AssignmentEndForm()
    return _act(
        form,
        lambda session: assignments.end(session, actor(), penugasan_id, form.sampai.data, now()),
        _("Penugasan diakhiri."),
    )
