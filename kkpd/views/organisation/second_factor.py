"""The second step of a login, and the login by a passkey alone."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import HiddenField, StringField
from wtforms.validators import Length

from kkpd.core.errors import DomainError
from kkpd.core.permissions import Actor
from kkpd.organisation import login_steps, passkeys, second_factor
from kkpd.organisation.login_steps import OpenStep
from kkpd.organisation.second_factor import Shown
from kkpd.records import security_log
from kkpd.web import login_state
from kkpd.web.forms import PageForm
from kkpd.web.globals import now, settings
from kkpd.web.page import is_local, see
from kkpd.web.request import permissions as identity
from kkpd.web.request.origin import origin
from kkpd.web.request.rate_limit import limit_rate
from kkpd.web.request.refused import drawn
from kkpd.web.request.transaction import reading, writing
from kkpd.web.translation import _, _l

bp = Blueprint("faktor", __name__, url_prefix="/masuk")


class FactorForm(PageForm):
    """A code; or the answer of a passkey, which the page's script fills in."""

    kode = StringField(_l("Kode"), [Length(max=40)])
    jawaban = HiddenField()

    def shown(self) -> Shown:
        """What the person shows."""
        return Shown(self.kode.data or "", self.jawaban.data or "")


@bp.get("/faktor")
def formulir() -> str | Response:
    """Ask for the second factor of who typed the right password."""
    step = login_state.step(reading(), "faktor")
    if step is None:
        return _over()
    return _page(FactorForm(formdata=None), step)


@bp.post("/faktor")
def kirim() -> Response | tuple[str, int]:
    """Open the session if the second factor is right."""
    form = FactorForm()
    try:
        with writing() as session:
            step = login_state.step_or_refuse(session, "faktor")
            form.check()
            opened = second_factor.log_in(
                session, step, form.shown(), login_state.means(), origin(), now()
            )
    except login_steps.StepOver:
        return _over()
    except DomainError as refusal:
        return _again(form, refusal)
    if opened is None:
        return _again(form, DomainError(_(second_factor.WRONG), field="kode"))
    return _enter(opened, str(step.isi.get("lanjut", "")))


def _again(form: FactorForm, refusal: DomainError) -> Response | tuple[str, int]:
    step = login_state.step(reading(), "faktor")
    return _over() if step is None else drawn(refusal, _page(form, step))


@bp.post("/kunci/mulai")
def kunci_mulai() -> Response:
    """Give this browser a challenge for a passkey."""
    limit_rate()
    wanted = request.form.get("lanjut", "")[:500]
    isi = {"tantangan": second_factor.challenge(), "lanjut": wanted}
    with writing() as session:
        token = login_steps.begin(session, "kunci", None, isi, now())
    login_state.keep("kunci", token)
    return see("faktor.kunci")


@bp.get("/kunci")
def kunci() -> str | Response:
    """The page that asks the browser for a passkey."""
    step = login_state.step(reading(), "kunci")
    if step is None:
        return see("masuk.formulir")
    asked = passkeys.options_to_use(login_state.site(), str(step.isi["tantangan"]))
    return render_template("pages/masuk/kunci.html", form=FactorForm(formdata=None), pinta=asked)


@bp.post("/kunci")
def kunci_jawab() -> Response:
    """Open the session if the passkey is right and its holder was verified."""
    limit_rate()
    answer = FactorForm().jawaban.data or ""
    try:
        with writing() as session:
            step = login_state.step_or_refuse(session, "kunci")
            opened = second_factor.log_in_by_passkey(
                session, step, answer, login_state.means(), origin(), now(), demo=settings().demo
            )
    except login_steps.StepOver:
        return _over()
    if opened is None:
        security_log.note("akun:sesi:masuk", "gagal", subject="kunci sandi")
        flash(
            _("Kunci sandi itu tidak dikenal atau tidak benar. Masuk dengan kata sandi."), "danger"
        )
        return see("masuk.formulir")
    return _enter(opened, str(step.isi.get("lanjut", "")))


def _enter(opened: tuple[str, Actor], wanted: str) -> Response:
    token, who = opened
    identity.remember(who, token)
    return redirect(wanted if is_local(wanted) else url_for("beranda.index"), 303)


def _over() -> Response:
    login_state.drop("faktor")
    flash(_("Langkah masuk sudah lewat waktu atau sudah dipakai. Masuk lagi."), "info")
    return see("masuk.formulir")


def _page(form: FactorForm, step: OpenStep) -> str:
    assert step.pengguna_id is not None
    keys = passkeys.kept(reading(), step.pengguna_id)
    asked = str(step.isi["tantangan"])
    return render_template(
        "pages/masuk/faktor.html",
        form=form,
        ada_aplikasi=second_factor.app_of(reading(), step.pengguna_id) is not None,
        pinta=passkeys.options_to_use(login_state.site(), asked, keys) if keys else "",
    )
