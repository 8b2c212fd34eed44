"""People and their logins."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import BooleanField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from kkpd.core.errors import NotFound
from kkpd.core.permissions import ROLE_NAMES
from kkpd.models import Orang
from kkpd.organisation import admin as organisation_admin
from kkpd.organisation import codes, logins, organisation
from kkpd.organisation.logins import LoginRow
from kkpd.web.admin_area import bp, opd_choices, optional_id
from kkpd.web.forms import PageForm
from kkpd.web.globals import now, settings, today
from kkpd.web.page import save, see
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.refused import stands_on
from kkpd.web.request.transaction import reading, writing
from kkpd.web.translation import _, _l
from kkpd.worker import account_mail


class PersonForm(PageForm):
    """A person's fields."""

    nama = StringField(_l("Nama lengkap dengan gelar"), [InputRequired(), Length(max=200)])
    nip = StringField(_l("NIP"), [Optional(), Length(max=30)])
    pangkat = StringField(_l("Pangkat/golongan ruang"), [Optional(), Length(max=80)])
    jabatan = StringField(_l("Jabatan"), [Optional(), Length(max=200)])
    surel = StringField(_l("Surel"), [Optional(), Length(max=200)])
    opd_id = SelectField(_l("OPD tempat bekerja"))
    aktif = BooleanField(_l("Masih bekerja"), default=True)

    def isi(self) -> organisation.PersonData:
        """The fields as the service takes them."""
        return organisation.PersonData(
            nama=self.nama.data or "",
            nip=self.nip.data or None,
            pangkat=self.pangkat.data or "",
            jabatan=self.jabatan.data or "",
            surel=self.surel.data or None,
            opd_id=optional_id(self.opd_id.data),
            aktif=bool(self.aktif.data),
        )


class LoginNameForm(PageForm):
    """The login name of a person: to invite them, or another one."""

    nama_masuk = StringField(_l("Nama masuk"), [InputRequired(), Length(max=80)])


@bp.get("/pengguna")
@needs("pengguna:kelola")
def pengguna() -> str:
    """People with login and roles."""
    rows = organisation_admin.orang(
        reading(), actor(), today(), request.args.get("cari", "").strip()[:80]
    )
    roles = {one.value: _(name) for one, name in ROLE_NAMES.items()}
    return render_template("pages/admin/pengguna.html", rows=rows, nama_peran=roles)


@bp.get("/pengguna/baru")
@needs("pengguna:kelola")
def orang_baru() -> str:
    """An empty form."""
    return _page(_form(), None, LoginNameForm(formdata=None))


@bp.post("/pengguna/baru")
@needs("pengguna:kelola")
@stands_on("admin.orang_baru")
def orang_buat() -> Response:
    """Make the person; the login follows on the person's page."""
    form = _form()
    return save(
        form,
        lambda session: organisation.save_person(session, actor(), form.isi(), now()),
        _("Orang disimpan. Beri nama masuk dan penugasan."),
        "admin.pengguna",
    )


@bp.get("/pengguna/<int:orang_id>")
@needs("pengguna:kelola")
def orang_ubah(orang_id: int) -> str:
    """One person."""
    row = _get(orang_id)
    return _page(_form(row), row, LoginNameForm(formdata=None))


@bp.post("/pengguna/<int:orang_id>")
@needs("pengguna:kelola")
@stands_on("admin.orang_ubah")
def orang_simpan(orang_id: int) -> Response:
    """Keep the change; another mail address is told to the old one."""
    row = _get(orang_id)
    form, old = _form(row), row.surel
    answer = save(
        form,
        lambda session: organisation.save_person(session, actor(), form.isi(), now(), orang_id),
        _("Orang disimpan."),
        "admin.pengguna",
    )
    if old != form.isi().surel:
        said = _("Alamat surel akun Anda diganti.")
        account_mail.send_notice(settings(), old, form.isi().nama, said, now())
    return answer


@bp.post("/pengguna/<int:orang_id>/masuk")
@needs("pengguna:kelola")
@stands_on("admin.orang_ubah")
def masuk_buat(orang_id: int) -> str:
    """Invite the person: a login, and the code for a password of their own, shown once."""
    form, made = LoginNameForm(), []

    def act(session: Session) -> None:
        made.append(codes.invite(session, actor(), orang_id, form.nama_masuk.data or "", now()))

    _act(act, form)
    return _code_page(orang_id, made[0], "undangan")


@bp.post("/pengguna/<int:orang_id>/masuk/kode")
@needs("pengguna:kelola")
@stands_on("admin.orang_ubah")
def masuk_pulih(orang_id: int) -> str:
    """Take the password away and give a code for a new one, shown once; the person is told."""
    row, login_id, made = _get(orang_id), _login(orang_id).id, []

    def act(session: Session) -> None:
        made.append(codes.reset(session, actor(), login_id, now()))

    said = _("Kata sandi akun Anda diatur ulang oleh %(nama)s.", nama=actor().nama)
    to, nama = row.surel, row.nama
    _act(act)
    account_mail.send_notice(settings(), to, nama, said, now())
    return _code_page(orang_id, made[0], "pulih")


@bp.post("/pengguna/<int:orang_id>/masuk/aktif")
@needs("pengguna:kelola")
@stands_on("admin.orang_ubah")
def masuk_aktif(orang_id: int) -> Response:
    """Disable the login, or unlock it."""
    login_id, wanted = _login(orang_id).id, request.form.get("aktif") == "1"

    def act(session: Session) -> None:
        logins.set_active(session, actor(), login_id, wanted, now())

    done = _("Nama masuk aktif kembali.") if wanted else _("Nama masuk dinonaktifkan.")
    _act(act)
    return _back(orang_id, done)


@bp.post("/pengguna/<int:orang_id>/masuk/nama")
@needs("pengguna:kelola")
@stands_on("admin.orang_ubah")
def masuk_nama(orang_id: int) -> Response:
    """Another login name for the same person."""
    login_id, form = _login(orang_id).id, LoginNameForm()

    def act(session: Session) -> None:
        logins.rename(session, actor(), login_id, form.nama_masuk.data or "", now())

    _act(act, form)
    return _back(orang_id, _("Nama masuk diganti."))


@bp.post("/pengguna/<int:orang_id>/masuk/sesi")
@needs("pengguna:kelola")
@stands_on("admin.orang_ubah")
def masuk_sesi(orang_id: int) -> Response:
    """End all sessions of the person."""
    login_id = _login(orang_id).id

    def act(session: Session) -> None:
        logins.end_sessions(session, actor(), login_id, now())

    done = _("Semua sesinya sudah diakhiri.")
    _act(act)
    return _back(orang_id, done)


def _act(act: Callable[[Session], None], form: LoginNameForm | None = None) -> None:
    """Act on a login, with the name of the form if there is one."""
    if form is not None:
        form.check()
    with writing() as session:
        act(session)


def _back(orang_id: int, done: str) -> Response:
    flash(done, "ok")
    return see("admin.orang_ubah", orang_id=orang_id)


def _code_page(orang_id: int, code: str, purpose: str) -> str:
    return render_template(
        "pages/admin/kode.html",
        row=_get(orang_id),
        nama_masuk=_login(orang_id).nama_masuk,
        code=code,
        hours=round(codes.LIFE[purpose].total_seconds() / 3600),
    )


def _form(row: Orang | None = None) -> PersonForm:
    form = PersonForm(obj=row)
    form.opd_id.choices = opd_choices(_("tidak terikat OPD"))
    if row is not None and request.method == "GET":
        form.opd_id.data = str(row.opd_id or "")
    return form


def _page(form: PersonForm, row: Orang | None, entry: LoginNameForm) -> str:
    limits, moment = settings(), now()
    login = None
    if row is not None:
        since, seen = moment - limits.absolute, moment - limits.idle
        login = logins.find(reading(), actor(), row.id, since, seen)
    if login is not None and entry.nama_masuk.data is None:
        entry.nama_masuk.data = login.nama_masuk
    return render_template(
        "pages/admin/orang_isi.html", form=form, row=row, entry=entry, login=login
    )


def _get(orang_id: int) -> Orang:
    row = reading().get(Orang, orang_id)
    if row is None:
        raise NotFound(_("Orang tidak ditemukan."))
    return row


def _login(orang_id: int) -> LoginRow:
    moment = now()
    found = logins.find(reading(), actor(), orang_id, moment, moment)
    if found is None:
        raise NotFound(_("Orang ini belum punya nama masuk."))
    return found
