"""OPDs: list, new, change."""

from __future__ import annotations

from flask import render_template
from werkzeug.wrappers import Response
from wtforms import BooleanField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from kkpd.core.errors import NotFound
from kkpd.models import Opd
from kkpd.organisation import admin as organisation_admin
from kkpd.organisation import organisation
from kkpd.web.admin_area import bp, opd_choices, optional_id
from kkpd.web.forms import PageForm
from kkpd.web.globals import now
from kkpd.web.page import save
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.refused import stands_on
from kkpd.web.request.transaction import reading
from kkpd.web.translation import _, _l


class OpdForm(PageForm):
    """An OPD's fields."""

    kode = StringField(_l("Kode SKPD"), [InputRequired(), Length(max=40)])
    slug = StringField(_l("Nama pendek untuk alamat web"), [InputRequired(), Length(max=40)])
    nama = StringField(_l("Nama resmi"), [InputRequired(), Length(max=200)])
    alamat = StringField(_l("Alamat"), [Optional(), Length(max=300)])
    npwp = StringField(_l("NPWP"), [Optional(), Length(max=40)])
    induk_id = SelectField(_l("OPD induk, bila ini unit"))
    aktif = BooleanField(_l("Masih dipakai"), default=True)

    def isi(self) -> organisation.DataOpd:
        """The fields as the service takes them."""
        return organisation.DataOpd(
            kode=self.kode.data or "",
            slug=self.slug.data or "",
            nama=self.nama.data or "",
            alamat=self.alamat.data or "",
            npwp=self.npwp.data or None,
            induk_id=optional_id(self.induk_id.data),
            aktif=bool(self.aktif.data),
        )


def _form(row: Opd | None = None) -> OpdForm:
    form = OpdForm(obj=row)
    form.induk_id.choices = opd_choices(_("bukan unit"))
    if row is not None and not form.is_submitted():
        form.induk_id.data = str(row.induk_id or "")
    return form


def _page(form: OpdForm, row: Opd | None) -> str:
    return render_template("pages/admin/opd_isi.html", form=form, row=row)


@bp.get("/opd")
@needs("opd:kelola")
def opd() -> str:
    """Every OPD."""
    return render_template("pages/admin/opd.html", rows=organisation_admin.opd(reading(), actor()))


@bp.get("/opd/baru")
@needs("opd:kelola")
def opd_baru() -> str:
    """An empty form."""
    return _page(_form(), None)


@bp.post("/opd/baru")
@needs("opd:kelola")
@stands_on("admin.opd_baru")
def opd_buat() -> Response:
    """Make it."""
    form = _form()
    return save(
        form,
        lambda session: organisation.save_opd(session, actor(), form.isi(), now()),
        _("OPD disimpan."),
        "admin.opd",
    )


@bp.get("/opd/<int:opd_id>")
@needs("opd:kelola")
def opd_ubah(opd_id: int) -> str:
    """The form of one OPD."""
    row = _get(opd_id)
    return _page(_form(row), row)


@bp.post("/opd/<int:opd_id>")
@needs("opd:kelola")
@stands_on("admin.opd_ubah")
def opd_simpan(opd_id: int) -> Response:
    """Keep the change."""
    row = _get(opd_id)
    form = _form(row)
    return save(
        form,
        lambda session: organisation.save_opd(session, actor(), form.isi(), now(), opd_id),
        _("OPD disimpan."),
        "admin.opd",
    )


def _get(opd_id: int) -> Opd:
    row = reading().get(Opd, opd_id)
    if row is None:
        raise NotFound(_("OPD tidak ditemukan."))
    return row
