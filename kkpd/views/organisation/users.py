"""People and their logins."""

from __future__ import annotations

from flask import render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import BooleanField, PasswordField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from kkpd.core.errors import NotFound
from kkpd.core.permissions import ROLE_NAMES
from kkpd.models import Orang
from kkpd.organisation import admin as organisation_admin
from kkpd.organisation import organisation
from kkpd.organisation.passwords import check_new_password, hash_password
from kkpd.web.admin_area import bp, opd_choices, optional_id
from kkpd.web.forms import PageForm
from kkpd.web.globals import now, today
from kkpd.web.page import save
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.transaction import reading
from kkpd.web.translation import _, _l


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


class NewLoginForm(PageForm):
    """A new login for a person."""

    nama_masuk = StringField(_l("Nama masuk"), [InputRequired(), Length(max=80)])
    baru = PasswordField(_l("Kata sandi pertama"), [InputRequired()])
    ulang = PasswordField(_l("Kata sandi pertama sekali lagi"), [InputRequired()])


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
    return _page(_form(), None, NewLoginForm())


@bp.post("/pengguna/baru")
@needs("pengguna:kelola")
def orang_buat() -> Response | tuple[str, int]:
    """Make the person; the login follows on the person's page."""
    form = _form()
    return save(
        form,
        lambda session: organisation.save_person(session, actor(), form.isi(), now()),
        _("Orang disimpan. Beri nama masuk dan penugasan."),
        "admin.pengguna",
        lambda: _page(form, None, NewLoginForm()),
    )


@bp.get("/pengguna/<int:orang_id>")
@needs("pengguna:kelola")
def orang_ubah(orang_id: int) -> str:
    """One person."""
    row = _get(orang_id)
    return _page(_form(row), row, NewLoginForm())


@bp.post("/pengguna/<int:orang_id>")
@needs("pengguna:kelola")
def orang_simpan(orang_id: int) -> Response | tuple[str, int]:
    """Keep the change."""
    row = _get(orang_id)
    form = _form(row)
    return save(
        form,
        lambda session: organisation.save_person(session, actor(), form.isi(), now(), orang_id),
        _("Orang disimpan."),
        "admin.pengguna",
        lambda: _page(form, row, NewLoginForm()),
    )


@bp.post("/pengguna/<int:orang_id>/masuk")
@needs("pengguna:kelola")
def masuk_buat(orang_id: int) -> Response | tuple[str, int]:
    """Give the person a login with a first password."""
    row = _get(orang_id)
    form = NewLoginForm()

    def act(session: Session) -> None:
        name = (form.nama_masuk.data or "").strip().lower()
        check_new_password(form.baru.data or "", form.ulang.data or "", name)
        data = organisation.LoginData(
            orang_id=orang_id, nama_masuk=name, sandi_hash=hash_password(form.baru.data or "")
        )
        organisation.create_login(session, actor(), data, now())

    return save(
        form, act, _("Nama masuk dibuat."), "admin.pengguna", lambda: _page(_form(row), row, form)
    )


def _form(row: Orang | None = None) -> PersonForm:
    form = PersonForm(obj=row)
    form.opd_id.choices = opd_choices(_("tidak terikat OPD"))
    if row is not None and request.method == "GET":
        form.opd_id.data = str(row.opd_id or "")
    return form


def _page(form: PersonForm, row: Orang | None, entry: NewLoginForm) -> str:
    login = ""
    if row is not None:
        people = organisation_admin.orang(reading(), actor(), today())
        login = next((one.nama_masuk for one in people if one.id == row.id), "")
    return render_template(
        "pages/admin/orang_isi.html", form=form, row=row, entry=entry, nama_masuk=login
    )


def _get(orang_id: int) -> Orang:
    row = reading().get(Orang, orang_id)
    if row is None:
        raise NotFound(_("Orang tidak ditemukan."))
    return row
