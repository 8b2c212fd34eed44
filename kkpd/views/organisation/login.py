"""Log in, log out, a password with a one-time code, change the own password."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import DataRequired, InputRequired, Length

from kkpd.core.choices import PROVIDER_WAYS
from kkpd.core.db import session as db
from kkpd.core.errors import DomainError
from kkpd.core.permissions import ROLE_NAMES, Actor
from kkpd.organisation import (
    codes,
    guessing,
    own_account,
    passwords,
    second_factor,
    sign_on,
    totp,
)
from kkpd.organisation import login as organisation_login
from kkpd.organisation.second_factor import has_second_factor
from kkpd.organisation.setup.demo_logins import DEMO_LOGIN_WORD, DemoLogin, demo_logins
from kkpd.records import security_log
from kkpd.web import login_state
from kkpd.web.confirm import confirm_password, has_password
from kkpd.web.forms import PageForm
from kkpd.web.globals import engine, now, settings, today
from kkpd.web.login_state import leads_on, provider
from kkpd.web.page import is_local, provider_name, see
from kkpd.web.request import permissions as identity
from kkpd.web.request.origin import origin, remember_browser
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.refused import drawn
from kkpd.web.request.transaction import reading, writing
from kkpd.web.translation import _, _l
from kkpd.worker import account_mail

bp = Blueprint("masuk", __name__)


class LoginForm(PageForm):
    """The login form; `lanjut` is where the person wanted to go."""

    nama = StringField(_l("Nama masuk"), [DataRequired(), Length(max=80)])
    sandi = PasswordField(_l("Kata sandi"), [DataRequired(), Length(max=passwords.LONGEST)])
    lanjut = HiddenField()


class AskForm(PageForm):
    """Asking for a code by mail."""

    nama = StringField(_l("Nama masuk"), [DataRequired(), Length(max=80)])


class CodeForm(PageForm):
    """A one-time code and twice the new password."""

    nama = StringField(_l("Nama masuk"), [DataRequired(), Length(max=80)])
    kode = StringField(_l("Kode"), [DataRequired(), Length(max=40)])
    baru = PasswordField(_l("Kata sandi baru"), [DataRequired()])
    ulang = PasswordField(_l("Kata sandi baru, sekali lagi"), [DataRequired()])


class PasswordForm(PageForm):
    """The own password: the present one and twice the new one; the first one of an account that
    came by the provider asks for none.
    """

    lama = PasswordField(
        _l("Kata sandi sekarang"), [InputRequired(), Length(max=passwords.LONGEST)]
    )
    baru = PasswordField(_l("Kata sandi baru"), [DataRequired()])
    ulang = PasswordField(_l("Kata sandi baru, sekali lagi"), [DataRequired()])


@bp.get("/masuk")
def formulir() -> str | Response:
    """The login page; who is logged in already goes to their first screen."""
    if g.get("actor") is not None:
        return see("beranda.index")
    return _login_page(LoginForm(formdata=None, lanjut=request.args.get("lanjut", "")))


@bp.post("/masuk")
def kirim() -> Response | tuple[str, int]:
    """Try to log in; every failure is the same sentence after the same work."""
    form = LoginForm()
    wanted = form.lanjut.data or ""
    try:
        form.check()
        whole = _open_session(form.nama.data or "", form.sandi.data or "", wanted)
    except DomainError as refusal:
        return drawn(refusal, _login_page(form))
    if not whole:
        return see("faktor.formulir")
    return redirect(wanted if is_local(wanted) else url_for("beranda.index"), 303)


def _login_page(form: LoginForm) -> str:
    """The form; in the demo also its people by office and role."""
    people: list[tuple[str, list[DemoLogin]]] = []
    if settings().demo:
        with db.reading(engine(), db.EVERY_OPD) as session:
            found = demo_logins(session, today())
        people = [(opd, list(some)) for opd, some in groupby(found, key=lambda one: one.opd)]
    return render_template(
        "pages/masuk/masuk.html",
        form=form,
        people=people,
        word=DEMO_LOGIN_WORD,
        nama_peran={role.value: _(name) for role, name in ROLE_NAMES.items()},
    )


def _open_session(nama: str, sandi: str, wanted: str) -> bool:
    """Check the password between two transactions; a session that the browser brought ends. False
    where a second factor is asked for before a session is opened.
    """
    where = origin()
    with writing() as session:
        attempt = organisation_login.mulai(session, nama, where, now(), demo=settings().demo)
    right = passwords.cocok(attempt.sandi_hash, sandi)  # first: it takes as long for nobody
    if not right or attempt.pengguna_id is None:
        known = attempt.pengguna_id or security_log.digest(nama)
        security_log.note("akun:sesi:masuk", "gagal", subject=f"pengguna:{known}")
        raise DomainError(organisation_login.LOGIN_FAILED)
    brought = identity.token_of_request() if identity.actor_of_request() else None
    with writing() as session:
        asked = has_second_factor(session, attempt.pengguna_id)
        if asked:
            guessing.succeeded(session, attempt.ids)
            token = second_factor.ask(session, attempt.pengguna_id, wanted, now())
        else:
            token, who = organisation_login.open_session(
                session, attempt, where, now(), brought=brought
            )
    if asked:
        login_state.keep("faktor", token)
        return False
    identity.remember(who, token)
    if identity.must_set_up():
        with writing() as session:  # the password was typed a moment ago: no second proof
            begun = second_factor.begin_changes(session, who, settings().secret_key, now())
        login_state.keep("ubah", begun)
    return True


@bp.get("/kode")
def kode() -> str:
    """The page for who has a one-time code."""
    return _code_page(CodeForm(formdata=None, nama=request.args.get("nama", "")[:80]))


@bp.post("/kode")
def pakai_kode() -> Response | tuple[str, int]:
    """Set the password that the code allows; logging in comes after it."""
    form = CodeForm()
    try:
        form.check()
        _use_code(form)
    except DomainError as refusal:
        return drawn(refusal, _code_page(form))
    flash(_("Kata sandi Anda sudah disimpan. Masuklah dengannya."), "ok")
    return see("masuk.formulir")


def _use_code(form: CodeForm) -> None:
    with writing() as session:
        attempt = codes.begin(session, form.nama.data or "", origin(), now(), demo=settings().demo)
    try:
        purpose = codes.matching(attempt, form.kode.data or "")
    except DomainError:
        known = attempt.pengguna_id or security_log.digest(form.nama.data or "")
        security_log.note("akun:sandi:kode", "gagal", subject=f"pengguna:{known}")
        raise
    with writing() as session:
        who = codes.use_code(
            session, attempt, purpose, form.baru.data or "", form.ulang.data or "", now()
        )
        recipient = own_account.email(session, who)
    _tell(who, recipient)
    identity.forget()
    remember_browser(who.pengguna_id)


def _code_page(form: CodeForm) -> str:
    return render_template("pages/masuk/kode.html", form=form, shortest=passwords.SHORTEST)


@bp.get("/lupa")
def lupa() -> str:
    """How to get a code when the password is forgotten."""
    return _ask_page(AskForm(formdata=None))


@bp.post("/lupa")
def kirim_kode() -> Response | tuple[str, int]:
    """Mail a code, and say the same whether there is such an account or not."""
    form = AskForm()
    try:
        form.check()
        with writing() as session:
            guessing.begin(session, guessing.places(origin()), now())
    except DomainError as refusal:
        return drawn(refusal, _ask_page(form))
    account_mail.send_code(engine(), settings(), form.nama.data or "", now())
    flash(_("Bila akun itu ada dan mempunyai alamat surel, kodenya sedang dikirim."), "ok")
    return see("masuk.kode")


def _ask_page(form: AskForm) -> str:
    return render_template("pages/masuk/lupa.html", form=form, by_mail=settings().smtp is not None)


@bp.post("/keluar")
@needs("akun:sendiri")
def keluar() -> Response:
    """End the session on the server and in the browser, and the provider's where it opened it."""
    with writing() as session:
        opened = organisation_login.log_out(session, actor(), identity.token_of_request(), now())
    identity.forget()
    if opened is not None and opened[0] in PROVIDER_WAYS and settings().oidc is not None:
        back = login_state.site().origin + url_for("masuk.formulir")
        token = totp.unseal(settings().secret_key, opened[1] or "", sign_on.SEALED_FOR)
        address = provider().end_address(back, now(), token)
        if address is not None:
            page = render_template("pages/masuk/keluar.html", alamat=address)
            return leads_on(address, page)
        said = _(
            "Anda sudah keluar dari program ini. Sesi di %(nama)s tetap terbuka; akhiri di sana.",
            nama=provider_name(),
        )
        flash(said, "warn")
        return see("masuk.formulir")
    flash(_("Anda sudah keluar."), "ok")
    return see("masuk.formulir")


@bp.get("/sandi")
@needs("akun:sendiri")
def sandi() -> str | Response:
    """The form for a new own password."""
    form = PasswordForm(formdata=None)
    return _unproved(form) or _password_page(form)


@bp.post("/sandi")
@needs("akun:sendiri")
def ganti() -> Response | tuple[str, int]:
    """Change the own password; all other sessions of the account end."""
    form = PasswordForm()
    if (first := _unproved(form)) is not None:
        return first
    try:
        form.check()
        token = _change(form)
    except DomainError as refusal:
        return drawn(refusal, _password_page(form))
    identity.remember(actor(), token)
    flash(_("Kata sandi sudah diganti. Sesi di perangkat lain sudah diakhiri."), "ok")
    return see("akun.index")


def _unproved(form: PasswordForm) -> Response | None:
    """An account without a password gets one after the proof of the page Faktor kedua saya."""
    if has_password():
        return None
    del form.lama
    if login_state.own_step("ubah") is not None:
        return None
    flash(_("Buktikan dahulu bahwa ini Anda; bukti berlaku lima menit."), "info")
    return see("cara_masuk.index")


def _change(form: PasswordForm) -> str:
    if form.lama:
        confirm_password(form.lama.data or "")
    with writing() as session:
        token = own_account.change_password(
            session,
            actor(),
            form.baru.data or "",
            form.ulang.data or "",
            origin(),
            now(),
            token=identity.token_of_request(),
        )
        recipient = own_account.email(session, actor())
    _tell(actor(), recipient)
    return token


def _tell(who: Actor, recipient: str | None) -> None:
    """Tell the owner of the account that its password is another one."""
    said = _("Kata sandi akun Anda diganti.")
    account_mail.send_notice(settings(), recipient, who.nama, said, now())


def _password_page(form: PasswordForm) -> str:
    second = has_second_factor(reading(), actor().pengguna_id)
    values: dict[str, Any] = {
        "form": form,
        "change_due": identity.change_due(),
        "shortest": passwords.SHORTEST_WITH_SECOND if second else passwords.SHORTEST,
    }
    return render_template("pages/masuk/sandi.html", **values)
