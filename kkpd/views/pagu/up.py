"""UP decisions and TUP by OPD: what is in force, the history, requests and their answers."""

from __future__ import annotations

from flask import render_template, request
from werkzeug.wrappers import Response
from wtforms import IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from kkpd.organisation import admin as organisation_admin
from kkpd.pagu import available as look
from kkpd.pagu import up as service
from kkpd.web.admin_area import bp, opd_choices, optional_id
from kkpd.web.desk import talk
from kkpd.web.filters import rupiah
from kkpd.web.forms import DayField, PageForm, RupiahField, options
from kkpd.web.globals import now, today
from kkpd.web.page import save, see
from kkpd.web.request.context import chosen_year
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.refused import stands_on
from kkpd.web.request.transaction import reading, writing
from kkpd.web.terms import UP_REASONS
from kkpd.web.translation import _, _l


class UpForm(PageForm):
    """A decision; a last day makes it a TUP."""

    opd_id = SelectField(_l("OPD"))
    tahun = IntegerField(_l("Tahun anggaran"), [InputRequired(), NumberRange(2022, 2100)])
    nomor = StringField(_l("Nomor keputusan"), [InputRequired(), Length(max=120)])
    mulai = DayField(_l("Berlaku mulai"), [InputRequired()])
    sampai = DayField(_l("Hari terakhir (hanya TUP)"), [Optional()])
    up = RupiahField(_l("UP seluruhnya, atau TUP"), [InputRequired()])
    up_kkpd = RupiahField(_l("Bagian KKPD"), [Optional()])
    dasar_hukum = StringField(_l("Dasar hukum"), [InputRequired(), Length(max=300)])
    usulan_id = SelectField(_l("Menjawab usulan"))

    def isi(self) -> service.DecideUp:
        """The fields as the service takes them."""
        return service.DecideUp(
            opd_id=optional_id(self.opd_id.data) or 0,
            tahun=self.tahun.data or 0,
            nomor=self.nomor.data or "",
            mulai=self.mulai.data,
            up=self.up.data,
            up_kkpd=self.up_kkpd.data,
            dasar_hukum=self.dasar_hukum.data or "",
            sampai=self.sampai.data,
            usulan_id=optional_id(self.usulan_id.data),
        )


def _form() -> UpForm:
    form = UpForm()
    form.opd_id.choices = opd_choices()
    asked = [
        (one.id, f"{opd.nama}: {rupiah(one.up_kkpd)}")
        for opd in organisation_admin.opd(reading(), actor())
        for one in look.proposals(reading(), opd.id, form.tahun.data or chosen_year())
        if one.still_open
    ]
    form.usulan_id.choices = options([("", _("tidak menjawab usulan")), *asked])
    return form


def _page(form: UpForm) -> str:
    tahun = chosen_year()
    if form.tahun.data is None:
        form.tahun.data = tahun
    rows = [
        (
            opd,
            look.effective(reading(), opd.id, tahun, today()),
            look.history(reading(), opd.id, tahun, today()),
            [(one, talk.of_request(one.id)) for one in look.proposals(reading(), opd.id, tahun)],
        )
        for opd in organisation_admin.opd(reading(), actor())
    ]
    words = {key: _(text) for key, text in UP_REASONS.items()}
    return render_template("pages/admin/up.html", form=form, rows=rows, tahun=tahun, alasan=words)


@bp.get("/up")
@needs("anggaran:kelola")
def up() -> str:
    """Every OPD's UP with its history."""
    return _page(_form())


@bp.post("/up")
@needs("anggaran:kelola")
@stands_on("admin.up")
def up_tetapkan() -> Response:
    """A new decision; the old ones stay in the history."""
    form = _form()
    return save(
        form,
        lambda session: service.decide_up(session, actor(), form.isi(), now()),
        _("Keputusan dicatat."),
        "admin.up",
    )


@bp.post("/up/usulan/<int:opd_id>/<int:usulan_id>/tolak")
@needs("anggaran:kelola")
@stands_on("admin.up")
def up_tolak(opd_id: int, usulan_id: int) -> Response:
    """Refuse a request with a reason."""
    with writing() as session:
        reason = request.form.get("alasan", "")
        service.refuse_proposal(session, actor(), opd_id, usulan_id, reason, now())
    return see("admin.up")


@bp.post("/up/usulan/<int:usulan_id>/tanya")
@needs("anggaran:kelola")
@stands_on("admin.up")
def up_tanya(usulan_id: int) -> Response:
    """Ask somebody about a request."""
    talk.ask("usulan", usulan_id)
    return see("admin.up", _anchor=f"percakapan-{usulan_id}")


@bp.post("/up/usulan/<int:usulan_id>/jawab")
@needs("anggaran:kelola")
@stands_on("admin.up")
def up_jawab(usulan_id: int) -> Response:
    """Answer a question about a request."""
    talk.answer("usulan", usulan_id)
    return see("admin.up", _anchor=f"percakapan-{usulan_id}")
