"""Reference data and budgets from files: account codes, sub kegiatan, DPA lines."""

from __future__ import annotations

from flask import flash, render_template
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import IntegerField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from kkpd.domain.errors import DomainError
from kkpd.ingest import acuan as files
from kkpd.queries import admin
from kkpd.services import acuan as service
from kkpd.services import anggaran
from kkpd.views.admin.dasar import bp, opd_choices, optional_id
from kkpd.web.forms import BerkasField, Formulir, TanggalField, pilihan, uploads
from kkpd.web.ground import now
from kkpd.web.page import see
from kkpd.web.permissions import actor, needs
from kkpd.web.transaction import reading, writing
from kkpd.web.translation import _, _l


class FormulirAcuan(Formulir):
    """A file and what it holds."""

    jenis = RadioField(_l("Isi berkas"), [InputRequired()])
    tahun = IntegerField(_l("Tahun anggaran"), [InputRequired(), NumberRange(2022, 2100)])
    berkas = BerkasField(_l("Berkas CSV atau XLSX"))
    opd_id = SelectField(_l("OPD (untuk DPA)"))
    versi = SelectField(_l("Versi DPA"))
    nomor = StringField(_l("Nomor DPA"), [Optional(), Length(max=120)])
    tanggal = TanggalField(_l("Tanggal DPA"), [Optional()])


def _form() -> FormulirAcuan:
    form = FormulirAcuan()
    form.jenis.choices = pilihan(
        [
            ("rekening", _("kode rekening (kolom kode, nama)")),
            ("sub_kegiatan", _("sub kegiatan (kolom kode, nama)")),
            ("dpa", _("DPA (kolom sub_kegiatan, rekening, sumber_dana, pagu)")),
        ]
    )
    form.opd_id.choices = opd_choices(_("pilih OPD"))
    form.versi.choices = pilihan((one, one) for one in ("murni", "pergeseran", "perubahan"))
    return form


def _page(form: FormulirAcuan) -> str:
    return render_template(
        "pages/admin/acuan.html", form=form, rows=admin.acuan(reading(), actor())
    )


@bp.get("/acuan")
@needs("acuan:kelola")
def acuan() -> str:
    """What each year has, and the form to load more."""
    return _page(_form())


@bp.post("/acuan")
@needs("acuan:kelola")
def acuan_muat() -> Response | tuple[str, int]:
    """Load the file whole, or say what is wrong in which row."""
    form = _form()
    if form.validate():
        try:
            name, data = _sent(form)
            with writing() as session:
                told = _load(session, form, name, data)
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            flash(told, "ok")
            return see("admin.acuan")
    return _page(form), 422


def _sent(form: FormulirAcuan) -> tuple[str, bytes]:
    sent = uploads(form.berkas)
    if len(sent) != 1:
        raise DomainError(_("Pilih satu berkas."), field="berkas")
    return sent[0].filename or "berkas", sent[0].read()


def _load(session: Session, form: FormulirAcuan, name: str, data: bytes) -> str:
    tahun = form.tahun.data or 0
    if form.jenis.data == "dpa":
        return _load_dpa(session, form, name, data)
    rows = files.read(data, name, ("kode", "nama"), ("deskripsi",))
    loader = service.load_rekening if form.jenis.data == "rekening" else service.load_sub_kegiatan
    result = loader(session, actor(), rows, tahun, now())
    return _(
        "%(baru)s baru, %(berubah)s berubah, %(sama)s sama.",
        baru=result.baru,
        berubah=result.berubah,
        sama=result.sama,
    )


def _load_dpa(session: Session, form: FormulirAcuan, name: str, data: bytes) -> str:
    opd_id = optional_id(form.opd_id.data)
    if opd_id is None or form.tanggal.data is None or not form.nomor.data:
        raise DomainError(_("Untuk DPA isi OPD, nomor dan tanggalnya."), field="opd_id")
    rows = files.read(data, name, ("sub_kegiatan", "rekening", "sumber_dana", "pagu"))
    head = anggaran.VersiDpa(
        opd_id, form.tahun.data or 0, form.versi.data, form.nomor.data, form.tanggal.data
    )
    anggaran.load_dpa(session, actor(), head, rows, now())
    return _("DPA dengan %(n)s baris dimuat.", n=len(rows))
