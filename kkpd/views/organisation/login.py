"""Log in, log out, change the own password."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import DataRequired, Length

from kkpd.core.errors import DomainError
from kkpd.organisation import login as organisation_login
from kkpd.organisation import passwords
from kkpd.records import security_log
from kkpd.web.forms import PageForm
from kkpd.web.globals import now, settings
from kkpd.web.page import is_local, see
from kkpd.web.request import permissions as identity
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.transaction import writing
from kkpd.web.translation import _, _l

bp = Blueprint("masuk", __name__)


class LoginForm(PageForm):
    """The login form; `lanjut` is where the person wanted to go."""

    nama = StringField(_l("Nama masuk"), [DataRequired(), Length(max=80)])
    sandi = PasswordField(_l("Kata sandi"), [DataRequired(), Length(max=passwords.LONGEST)])
    lanjut = HiddenField()


class PasswordForm(PageForm):
    """The own password: the present one and twice the new one."""

    lama = PasswordField(_l("Kata sandi sekarang"), [DataRequired()])
    baru = PasswordField(_l("Kata sandi baru"), [DataRequired()])
    ulang = PasswordField(_l("Kata sandi baru, sekali lagi"), [DataRequired()])


@bp.get("/masuk")
def formulir() -> str | Response:
    """The login page; who is logged in already goes to their first screen."""
    if g.get("actor") is not None:
        return see("beranda.index")
    form = LoginForm(formdata=None, lanjut=request.args.get("lanjut", ""))
    return render_template("pages/masuk/masuk.html", form=form)


@bp.post("/masuk")
def kirim() -> Response | tuple[str, int]:
    """Try to log in; every failure is the same sentence after the same work."""
    form = LoginForm()
    status = 422
    if form.validate():
        try:
            _open_session(form.nama.data or "", form.sandi.data or "")
        except DomainError as refusal:
            form.refuse(refusal)
            status = refusal.status
        else:
            wanted = form.lanjut.data or ""
            return redirect(wanted if is_local(wanted) else url_for("beranda.index"), 303)
    return render_template("pages/masuk/masuk.html", form=form), status


def _open_session(nama: str, sandi: str) -> None:
    alamat = request.remote_addr or ""
    with writing() as session:
        attempt = organisation_login.mulai(session, nama, alamat, now(), demo=settings().demo)
    if not passwords.cocok(attempt.sandi_hash, sandi):
        known = attempt.pengguna_id or security_log.digest(nama)
        security_log.note("akun:sesi:masuk", "gagal", subject=f"pengguna:{known}")
        raise DomainError(organisation_login.LOGIN_FAILED)
    with writing() as session:
        token, who = organisation_login.open_session(session, attempt, now())
    identity.remember(who, token)


@bp.post("/keluar")
@needs("akun:sendiri")
def keluar() -> Response:
    """End the session on the server and in the browser."""
    with writing() as session:
        organisation_login.log_out(session, actor(), identity.token_of_request(), now())
    identity.forget()
    flash(_("Anda sudah keluar."), "ok")
    return see("masuk.formulir")


@bp.get("/sandi")
@needs("akun:sendiri")
def sandi() -> str:
    """The form for a new own password."""
    return render_template("pages/masuk/sandi.html", form=PasswordForm(formdata=None))


@bp.post("/sandi")
@needs("akun:sendiri")
def ganti() -> Response | tuple[str, int]:
    """Change the own password; all other sessions of the account end."""
    form = PasswordForm()
    if form.validate():
        try:
            with writing() as session:
                token = organisation_login.change_password(
                    session,
                    actor(),
                    form.lama.data or "",
                    form.baru.data or "",
                    form.ulang.data or "",
                    now(),
                )
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            identity.remember(actor(), token)
            flash(_("Kata sandi sudah diganti. Sesi di perangkat lain sudah diakhiri."), "ok")
            return see("masuk.sandi")
    return render_template("pages/masuk/sandi.html", form=form), 422
