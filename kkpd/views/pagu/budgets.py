"""Budgets from files: DPA, SPD, anggaran kas, UP; seen first as they would become, then loaded."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import Final

from flask import flash, render_template
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import HiddenField, IntegerField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from kkpd.core.choices import DPA_VERSIONS
from kkpd.core.errors import Conflict, DomainError, FileRefused, Finding
from kkpd.pagu import budget_load as loader
from kkpd.pagu.budget import reads as look
from kkpd.pagu.budget import reference as files
from kkpd.pagu.budget_load import BudgetLoad, LoadResult
from kkpd.web.admin_area import bp
from kkpd.web.forms import DayField, PageForm, UploadField, one_upload, options
from kkpd.web.globals import now
from kkpd.web.page import see
from kkpd.web.request.context import chosen_year, opds
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.transaction import reading, rehearsing, writing
from kkpd.web.stores import store
from kkpd.web.translation import _, _l

_SHA: Final = re.compile(r"[0-9a-f]{64}")
#: What stands for the decision while a preview looks what would need one.
_REHEARSAL: Final = "(pratinjau)"


class BudgetForm(PageForm):
    """A file, what it holds, and what it does not say itself."""

    jenis = RadioField(_l("Isi berkas"), [InputRequired()])
    tahun = IntegerField(_l("Tahun anggaran"), [InputRequired(), NumberRange(2022, 2100)])
    berkas = UploadField(_l("Berkas CSV atau XLSX"))
    opd = SelectField(_l("OPD, bila berkas tidak menyebut"))
    versi = SelectField(_l("Versi DPA, bila berkas tidak menyebut"))
    nomor = StringField(_l("Nomor dokumen"), [Optional(), Length(max=120)])
    tanggal = DayField(_l("Tanggal dokumen"), [Optional()])
    keputusan = StringField(_l("Keputusan atau dasar hukum"), [Optional(), Length(max=300)])
    sha256 = HiddenField()
    nama = HiddenField()


def _form() -> BudgetForm:
    form = BudgetForm()
    form.jenis.choices = options(
        [
            ("dpa", _("DPA (kode_sub_kegiatan, kode_rekening, sumber_dana, pagu)")),
            ("spd", _("SPD (kode_sub_kegiatan, kode_rekening, bulan, nilai)")),
            ("kas", _("anggaran kas (kode_sub_kegiatan, kode_rekening, januari … desember)")),
            ("up", _("keputusan UP dan TUP (kode_skpd, up, up_kkpd, nomor, dasar_hukum)")),
        ]
    )
    form.opd.choices = options([("", _("menurut berkas")), *((o.slug, o.nama) for o in opds())])
    form.versi.choices = options([("", _("menurut berkas")), *((v, v) for v in DPA_VERSIONS)])
    return form


def _page(form: BudgetForm, mistakes: tuple[Finding, ...] = ()) -> str:
    tahun = chosen_year()
    if form.tahun.data is None:
        form.tahun.data = tahun
    return render_template(
        "pages/admin/anggaran.html",
        form=form,
        mistakes=mistakes,
        tahun=tahun,
        rows=look.dokumen(reading(), actor(), tahun),
    )


@bp.get("/anggaran")
@needs("anggaran:kelola")
def anggaran() -> str:
    """Every budget document of the year, and the form to load more."""
    return _page(_form())


@bp.post("/anggaran/periksa")
@needs("anggaran:kelola")
def anggaran_periksa() -> tuple[str, int]:
    """The file as it would become: its documents, their sums, what changes. Nothing is kept."""
    form = _form()
    if not form.validate():
        return _page(form), 422
    try:
        name, data = one_upload(form.berkas)
        found, to_do = _rehearsed(form, name, data)
    except FileRefused as refused:
        form.refuse(refused)
        return _page(form, refused.findings), 422
    except DomainError as refusal:
        form.refuse(refusal)
        return _page(form), 422
    form.sha256.data, form.nama.data = store().put(data), name
    return _preview(form, found, to_do), 200


def _preview(form: BudgetForm, found: list[LoadResult], to_do: str) -> str:
    return render_template("pages/admin/anggaran_periksa.html", form=form, hasil=found, to_do=to_do)


@bp.post("/anggaran/muat")
@needs("anggaran:kelola")
def anggaran_muat() -> Response | tuple[str, int]:
    """Load what was seen, whole or not at all."""
    form = _form()
    digest = form.sha256.data or ""
    if not form.validate() or not _SHA.fullmatch(digest):
        return _page(form), 422
    try:
        with writing() as session:
            found = _load(session, form, form.nama.data or "", store().get(digest))
    except DomainError as refusal:
        form.refuse(refusal)
        return _page(form), 422
    flash(_("%(n)s dokumen anggaran dimuat.", n=sum(one.baru for one in found)), "ok")
    return see("admin.anggaran", tahun=form.tahun.data)


def _rehearsed(form: BudgetForm, name: str, data: bytes) -> tuple[list[LoadResult], str]:
    """(what the documents become, the sentence that asks for a decision or "")."""
    try:
        with rehearsing() as session:
            return _load(session, form, name, data), ""
    except Conflict as refusal:
        if refusal.field != "keputusan" or form.keputusan.data:
            raise
        with rehearsing() as session:
            return _load(session, form, name, data, _REHEARSAL), refusal.message


def _load(
    session: Session, form: BudgetForm, name: str, data: bytes, keputusan: str = ""
) -> list[LoadResult]:
    command = BudgetLoad(
        jenis=form.jenis.data,
        tahun=form.tahun.data or 0,
        rows=files.read_reference_file(form.jenis.data, data, name),
        opd=form.opd.data or "",
        versi=form.versi.data or "",
        nomor=(form.nomor.data or "").strip(),
        tanggal=form.tanggal.data,
        keputusan=keputusan or (form.keputusan.data or "").strip(),
        sha256=sha256(data).hexdigest(),
    )
    return loader.load_data(session, actor(), command, now())
