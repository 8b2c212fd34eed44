"""The sheet of OPDs, people, roles and cards; the second person's one act; the list of codes."""

from __future__ import annotations

from flask import abort, flash, render_template
from werkzeug.wrappers import Response
from wtforms import BooleanField, HiddenField, RadioField, StringField
from wtforms.validators import InputRequired, Length, Optional

from kkpd.core.choices import PROPOSED
from kkpd.core.permissions import ROLE_NAMES
from kkpd.engines.paper.writers import WRITERS
from kkpd.organisation import admin as organisation_admin
from kkpd.organisation import codes
from kkpd.organisation.setup import confirm, sheet
from kkpd.web.admin_area import bp
from kkpd.web.downloads import downloaded
from kkpd.web.forms import DayField, PageForm, UploadField, options
from kkpd.web.globals import now, today
from kkpd.web.page import save, see
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.refused import stands_on
from kkpd.web.request.transaction import reading, rehearsing, writing
from kkpd.web.stores import checked_file, checked_mark, one_table
from kkpd.web.translation import _, _l


class SheetForm(PageForm):
    """The file; after the check its fingerprint stands for it."""

    berkas = UploadField(_l("Berkas CSV atau XLSX"))
    sha256 = HiddenField()
    nama = HiddenField()


def _page(form: SheetForm) -> str:
    return render_template(
        "pages/admin/lembar.html",
        form=form,
        columns=sheet.COLUMNS,
        roles=[(role.value, _(name)) for role, name in ROLE_NAMES.items()],
    )


@bp.get("/lembar")
@needs("admin:lihat")
def lembar() -> str:
    """The template, what its columns hold, and the form."""
    return _page(SheetForm(formdata=None))


@bp.get("/lembar/contoh/<ending>")
@needs("admin:lihat")
def lembar_contoh(ending: str) -> Response:
    """The template as XLSX or CSV."""
    if ending not in {"xlsx", "csv"}:
        abort(404)
    return downloaded(WRITERS[ending](sheet.template(today())), "lembar-opd-orang-kartu", ending)


@bp.post("/lembar/periksa")
@needs("admin:lihat")  # keeps nothing: asks no proof, or the file would be lost
@stands_on("admin.lembar")
def lembar_periksa() -> str:
    """What the sheet would make, row by row. Nothing is kept."""
    form = SheetForm()
    name, data = one_table(form.berkas)
    rows = sheet.read(data, name)  # before the transaction: nobody waits for the child
    with rehearsing() as session:
        lines = sheet.propose(session, actor(), rows, now())
    form.sha256.data, form.nama.data = checked_mark(data), name
    return render_template("pages/admin/lembar_periksa.html", form=form, lines=lines)


@bp.post("/lembar/usulkan")
@needs("pengguna:kelola")
@stands_on("admin.lembar")
def lembar_usulkan() -> Response:
    """Propose what was seen, whole or not at all."""
    form = SheetForm()
    rows = sheet.read(checked_file(form.sha256.data), form.nama.data or "")
    with writing() as session:
        lines = sheet.propose(session, actor(), rows, now())
    n = sum(bool(one.made) for one in lines)
    said = _("%(n)s baris dicatat. Administrator lain mengonfirmasi peran dan kartunya.", n=n)
    flash(said, "ok")
    return see("admin.penugasan")


class ConfirmAllForm(PageForm):
    """What was seen, the decision of the cards, and that it was compared."""

    penugasan = HiddenField()
    kartu = HiddenField()
    until = RadioField(_l("Kartunya"))
    nomor_dokumen = StringField(_l("Nomor keputusan kartu"), [Optional(), Length(max=120)])
    tanggal = DayField(_l("Tanggal keputusan kartu"), [Optional()])
    benar = BooleanField(
        _l("Saya sudah membandingkan semuanya dengan surat keputusannya"), [InputRequired()]
    )


def _confirm_form() -> ConfirmAllForm:
    form = ConfirmAllForm()
    form.until.choices = options(
        [
            ("aktif", _("sudah dipegang pemegangnya: ditetapkan, terbit, diserahkan, aktif")),
            ("ditetapkan", _("baru ditetapkan; penerbitannya dicatat kemudian")),
        ]
    )
    return form


def _confirm_page(form: ConfirmAllForm) -> str:
    session, who = reading(), actor()
    rows = [
        row
        for row in organisation_admin.penugasan(session, who, today())
        if row.status == PROPOSED and who.orang_id not in (row.orang_id, row.diusulkan_oleh_id)
    ]
    waiting = organisation_admin.waiting_cards(session, who)
    form.penugasan.data = ",".join(str(row.id) for row in rows)
    form.kartu.data = ",".join(str(row.kartu_id) for row in waiting)
    return render_template(
        "pages/admin/konfirmasi_semua.html",
        form=form,
        rows=rows,
        cards=waiting,
        nama_peran={role.value: _(name) for role, name in ROLE_NAMES.items()},
    )


@bp.get("/penugasan/semua")
@needs("penugasan:kelola")
def konfirmasi_semua() -> str:
    """All that waits for this administrator, and the one act."""
    form = _confirm_form()
    form.until.data = "aktif"
    return _confirm_page(form)


@bp.post("/penugasan/semua")
@needs("penugasan:kelola")
@stands_on("admin.konfirmasi_semua")
def konfirmasi_semua_catat() -> Response:
    """Confirm exactly what was seen, or nothing."""
    form = _confirm_form()
    command = confirm.ConfirmAll(
        penugasan=_ids(form.penugasan.data),
        kartu=_ids(form.kartu.data),
        until=form.until.data or "",
        nomor_dokumen=form.nomor_dokumen.data or "",
        tanggal=form.tanggal.data,
    )

    return save(
        form,
        lambda session: confirm.confirm_all(session, actor(), command, now()),
        _("Semua yang Anda lihat sudah berlaku."),
        "admin.penugasan",
    )


def _ids(text: str | None) -> list[int]:
    """The keys in a hidden field."""
    parts = (text or "").split(",")
    return [int(part) for part in parts if part.isascii() and part.isdigit() and len(part) < 19]


@bp.post("/pengguna/kode")
@needs("pengguna:kelola")
@stands_on("admin.pengguna")
def kode_semua() -> str:
    """Codes for everybody without a password, shown once, to be printed and cut."""
    with writing() as session:
        found = codes.invite_waiting(session, actor(), now())
    hours = round(codes.LIFE["undangan"].total_seconds() / 3600)
    return render_template("pages/admin/kode_semua.html", rows=found, hours=hours)
