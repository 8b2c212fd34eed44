"""Reference data from files: account codes and sub kegiatan of a year."""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash, render_template
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import IntegerField, RadioField
from wtforms.validators import InputRequired, NumberRange

from kkpd.core.reference_row import ReferenceRow
from kkpd.organisation import admin as organisation_admin
from kkpd.organisation.setup import national_codes
from kkpd.pagu.budget import reference as files
from kkpd.pagu.budget import reference as service
from kkpd.web.admin_area import bp
from kkpd.web.forms import PageForm, UploadField, options
from kkpd.web.globals import now, today
from kkpd.web.page import save, see
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.refused import stands_on
from kkpd.web.request.transaction import reading, writing
from kkpd.web.stores import one_table
from kkpd.web.translation import _, _l


class ReferenceForm(PageForm):
    """A file and what it holds."""

    jenis = RadioField(_l("Isi berkas"), [InputRequired()])
    tahun = IntegerField(_l("Tahun anggaran"), [InputRequired(), NumberRange(2022, 2100)])
    berkas = UploadField(_l("Berkas CSV atau XLSX"))


def _form() -> ReferenceForm:
    form = ReferenceForm()
    form.jenis.choices = options(
        [
            ("rekening", _("kode rekening (kolom kode, nama)")),
            ("sub_kegiatan", _("sub kegiatan (kolom kode, nama)")),
        ]
    )
    return form


class NationalForm(PageForm):
    """For which year the tables of the program are loaded."""

    tahun = IntegerField(
        _l("Tahun anggaran"), [InputRequired(), NumberRange(2022, 2100)], id="tahun-nasional"
    )


def _page(form: ReferenceForm) -> str:
    year = today().year
    return render_template(
        "pages/admin/acuan.html",
        form=form,
        national=NationalForm(formdata=None, tahun=year),
        tables=national_codes.tables(),
        decree=national_codes.holiday_decree(year),
        tahun=year,
        rows=organisation_admin.reference_rows(reading(), actor()),
    )


@bp.post("/acuan/nasional")
@needs("acuan:kelola")
@stands_on("admin.acuan")
def acuan_nasional() -> Response:
    """Load the tables that come with the program, by the same loaders as a file."""
    form = NationalForm()
    return save(
        form,
        lambda session: _load_national(session, form.tahun.data or 0),
        _("Kode nasional dimuat."),
        "admin.acuan",
    )


def _load_national(session: Session, tahun: int) -> None:
    national_codes.load_codes(session, actor(), tahun, now())
    national_codes.load_holidays(session, actor(), tahun, now())


@bp.get("/acuan")
@needs("acuan:kelola")
def acuan() -> str:
    """What each year has, and the form to load more."""
    return _page(_form())


@bp.post("/acuan")
@needs("acuan:kelola")
@stands_on("admin.acuan")
def acuan_muat() -> Response:
    """Load the file whole, or say what is wrong in which row."""
    form = _form()
    form.check()
    name, data = one_table(form.berkas)
    rows = files.read(data, name, ("kode", "nama"), ("deskripsi",))  # before the transaction
    with writing() as session:
        told = _load(session, form, rows)
    flash(told, "ok")
    return see("admin.acuan")


def _load(session: Session, form: ReferenceForm, rows: Sequence[ReferenceRow]) -> str:
    tahun = form.tahun.data or 0
    loader = service.load_rekening if form.jenis.data == "rekening" else service.load_sub_kegiatan
    result = loader(session, actor(), rows, tahun, now())
    return _(
        "%(baru)s baru, %(berubah)s berubah, %(sama)s sama.",
        baru=result.baru,
        berubah=result.altered,
        sama=result.same,
    )
