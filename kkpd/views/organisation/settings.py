"""Dated settings with their legal basis and history (law 15)."""

from __future__ import annotations

from flask import render_template
from werkzeug.wrappers import Response
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from kkpd.organisation import admin as organisation_admin
from kkpd.organisation import organisation
from kkpd.web.admin_area import bp, opd_choices, optional_id
from kkpd.web.forms import DayField, PageForm
from kkpd.web.globals import now, today
from kkpd.web.page import save
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.transaction import reading
from kkpd.web.terms import SETTING_NAMES
from kkpd.web.translation import _, _l


class SettingForm(PageForm):
    """A new value from a day on."""

    kunci = StringField(_l("Setelan"), [InputRequired(), Length(max=60)])
    nilai = StringField(_l("Nilai"), [Optional(), Length(max=200)])
    mulai = DayField(_l("Berlaku mulai"), [InputRequired()])
    dasar_hukum = StringField(_l("Dasar hukum"), [InputRequired(), Length(max=300)])
    opd_id = SelectField(_l("Untuk OPD"))

    def isi(self) -> organisation.SettingData:
        """The fields as the service takes them."""
        return organisation.SettingData(
            kunci=(self.kunci.data or "").strip(),
            nilai=self.nilai.data or None,
            mulai=self.mulai.data,
            dasar_hukum=self.dasar_hukum.data or "",
            opd_id=optional_id(self.opd_id.data),
        )


def _form() -> SettingForm:
    form = SettingForm()
    form.opd_id.choices = opd_choices(_("semua OPD"))
    return form


def _page(form: SettingForm) -> str:
    rows = organisation_admin.setelan(reading(), actor(), today())
    return render_template(
        "pages/admin/setelan.html",
        form=form,
        nama={key: _(words) for key, words in SETTING_NAMES.items()},
        rows=[row for row in rows if row.effective],
        kosong=sorted(
            _(SETTING_NAMES[key])
            for key in set(SETTING_NAMES) - {r.kunci for r in rows if r.effective}
        ),
        lama=[row for row in rows if not row.effective],
    )


@bp.get("/setelan")
@needs("pengaturan:kelola")
def setelan() -> str:
    """Settings in force, and the history beneath."""
    return _page(_form())


@bp.post("/setelan")
@needs("pengaturan:kelola")
def setelan_buat() -> Response | tuple[str, int]:
    """A new dated row; the old one stays in the history."""
    form = _form()
    return save(
        form,
        lambda session: organisation.decide_setting(session, actor(), form.isi(), now()),
        _("Setelan dicatat."),
        "admin.setelan",
        lambda: _page(form),
    )
