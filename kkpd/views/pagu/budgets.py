"""Budgets from files: DPA, SPD, anggaran kas, UP; seen first as they would become, then loaded."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from typing import Final

from flask import flash, render_template, request
from werkzeug.wrappers import Response
from wtforms import HiddenField, IntegerField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from kkpd.core.choices import DPA_VERSIONS
from kkpd.core.errors import Conflict, Unreadable
from kkpd.pagu import budget_load as loader
from kkpd.pagu.budget import reads as look
from kkpd.pagu.budget import reference as files
from kkpd.pagu.budget_load import BudgetLoad, LoadResult
from kkpd.web.admin_area import bp
from kkpd.web.forms import DayField, PageForm, UploadField, options
from kkpd.web.globals import now
from kkpd.web.page import see
from kkpd.web.request.context import chosen_year, opds
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.refused import drawn, stands_on
from kkpd.web.request.transaction import reading, rehearsing, writing
from kkpd.web.stores import checked_file, checked_mark, one_table
from kkpd.web.translation import N_, _, _l

#: What stands for the decision while a preview looks what would need one.
_REHEARSAL: Final = "(pratinjau)"
#: How fields of the page of columns begin; the heading follows.
_COLUMN: Final = "kolom."
#: column -> what it means, for people
MEANING: Final = {
    "sub_kegiatan": N_("kode sub kegiatan"),
    "rekening": N_("kode rekening"),
    "sumber_dana": N_("sumber dana"),
    "pagu": N_("pagu, rupiah"),
    "up": N_("UP seluruhnya, rupiah"),
    "up_kkpd": N_("UP KKPD, rupiah"),
    "opd": N_("kode OPD"),
    "unit": N_("kode unit OPD"),
}
#: What the form begins with when its preview was refused.
_CARRIED: Final = ("jenis", "tahun", "opd", "versi", "nomor", "tanggal", "keputusan")


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
    form = BudgetForm() if request.method == "POST" else BudgetForm(formdata=request.args)
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


def _page(form: BudgetForm) -> str:
    tahun = chosen_year()
    if form.tahun.data is None:
        form.tahun.data = tahun
    return render_template(
        "pages/admin/anggaran.html",
        form=form,
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
@stands_on("admin.anggaran", carries=("tahun",))
def anggaran_periksa() -> str | tuple[str, int]:
    """The file as it would become: its documents, their sums, what changes. Nothing is kept.
    Headings that are not known are asked for first.
    """
    form = _form()
    form.check()
    kept, chosen = form.sha256.data, _chosen()
    name, data = (form.nama.data or "", checked_file(kept)) if kept else one_table(form.berkas)
    form.sha256.data, form.nama.data = kept or checked_mark(data), name
    try:
        command = _command(form, name, data)  # before the transaction: nobody waits for the child
    except Unreadable as refusal:
        found = files.headings(form.jenis.data, data, name) if refusal.field else []
        if not found:
            raise
        page = _columns(form, found, chosen)
        return drawn(refusal, page) if chosen else page
    loads, to_do = _rehearsed(command)
    return _preview(form, loads, to_do)


def _chosen() -> dict[str, str]:
    """Heading -> column, as chosen on the page of columns."""
    sent = request.form.items()
    return {name[len(_COLUMN) :]: value for name, value in sent if name[:6] == _COLUMN and value}


def _columns(form: BudgetForm, found: list[files.Heading], chosen: dict[str, str]) -> str:
    shape = files.SHAPE[form.jenis.data]
    told = {chosen.get(one.text, one.column) for one in found}
    return render_template(
        "pages/admin/anggaran_kolom.html",
        form=form,
        headings=found,
        chosen=chosen,
        missing=[_(MEANING[name]) for name in shape.required if name not in told],
        required={name: _(MEANING[name]) for name in shape.required},
        allowed={name: _(MEANING.get(name, name.replace("_", " "))) for name in shape.allowed},
    )


def _preview(form: BudgetForm, found: list[LoadResult], to_do: str) -> str:
    return render_template(
        "pages/admin/anggaran_periksa.html",
        form=form,
        hasil=found,
        to_do=to_do,
        chosen=_chosen(),
    )


@bp.post("/anggaran/muat")
@needs("anggaran:kelola")
@stands_on("admin.anggaran", carries=_CARRIED)
def anggaran_muat() -> Response:
    """Load what was seen, whole or not at all."""
    form = _form()
    form.check()
    command = _command(form, form.nama.data or "", checked_file(form.sha256.data))
    with writing() as session:
        found = loader.load_data(session, actor(), command, now())
    flash(_("%(n)s dokumen anggaran dimuat.", n=sum(one.baru for one in found)), "ok")
    return see("admin.anggaran", tahun=form.tahun.data)


def _rehearsed(command: BudgetLoad) -> tuple[list[LoadResult], str]:
    """(what the documents become, the sentence that asks for a decision or "")."""
    try:
        with rehearsing() as session:
            return loader.load_data(session, actor(), command, now()), ""
    except Conflict as refusal:
        if refusal.field != "keputusan" or command.keputusan:
            raise
        decided = replace(command, keputusan=_REHEARSAL)
        with rehearsing() as session:
            return loader.load_data(session, actor(), decided, now()), refusal.message


def _command(form: BudgetForm, name: str, data: bytes) -> BudgetLoad:
    return BudgetLoad(
        jenis=form.jenis.data,
        tahun=form.tahun.data or 0,
        rows=files.read_reference_file(form.jenis.data, data, name, _chosen()),
        opd=form.opd.data or "",
        versi=form.versi.data or "",
        nomor=(form.nomor.data or "").strip(),
        tanggal=form.tanggal.data,
        keputusan=(form.keputusan.data or "").strip(),
        sha256=sha256(data).hexdigest(),
    )
