"""Sign-on by the identity provider: there, back, and linking the own account."""

from __future__ import annotations

from flask import (
    Blueprint,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.wrappers import Response
from wtforms import HiddenField
from wtforms.validators import Length

from kkpd.core.errors import DomainError, NotFound
from kkpd.organisation import login as organisation_login
from kkpd.organisation import login_steps, second_factor, sign_on
from kkpd.organisation.login_steps import OpenStep
from kkpd.organisation.sign_on import Identity, Provider
from kkpd.records import security_log
from kkpd.web import login_state
from kkpd.web.forms import PageForm
from kkpd.web.globals import now, settings
from kkpd.web.page import is_local, see
from kkpd.web.request import permissions as identity
from kkpd.web.request.origin import origin
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.rate_limit import limit_rate
from kkpd.web.request.transaction import reading, writing
from kkpd.web.translation import _

bp = Blueprint("penyedia", __name__)


class AnswerForm(PageForm):
    """What the provider sent along with the browser; these names are never masked."""

    kode_jawaban = HiddenField(validators=[Length(max=2000)])
    state_jawaban = HiddenField(validators=[Length(max=200)])


def provider() -> Provider:
    """The provider of this program; NotFound when there is none."""
    config = settings().oidc
    if config is None:
        raise NotFound(_("Program ini tidak memakai penyedia identitas."))
    found = current_app.extensions.get("kkpd.provider")
    if not isinstance(found, Provider) or found.config != config:
        found = current_app.extensions["kkpd.provider"] = Provider(config)
    return found


@bp.post("/masuk/penyedia")
def mulai() -> Response:
    """Send a stranger to the provider."""
    limit_rate()
    return _go(None, request.form.get("lanjut", "")[:500])


@bp.post("/cara-masuk/penyedia")
@needs("akun:sendiri")
def hubungkan() -> Response:
    """Send the logged-in person to the provider, to link the account."""
    step = login_state.step(reading(), "ubah")
    if step is None or step.pengguna_id != actor().pengguna_id:
        flash(_("Buktikan dahulu bahwa ini Anda; bukti berlaku lima menit."), "info")
        return see("cara_masuk.index")
    return _go(actor().pengguna_id, url_for("cara_masuk.index"))


@bp.post("/cara-masuk/penyedia/lepas")
@needs("akun:sendiri")
def lepas() -> Response:
    """End the link."""
    step = login_state.step(reading(), "ubah")
    if step is None or step.pengguna_id != actor().pengguna_id:
        flash(_("Buktikan dahulu bahwa ini Anda; bukti berlaku lima menit."), "info")
        return see("cara_masuk.index")
    issuer = provider().config.issuer
    with writing() as session:
        sign_on.unlink(session, actor(), issuer, now())
    flash(_("Akun tidak lagi terhubung dengan penyedia identitas."), "ok")
    return see("cara_masuk.index")


def _go(pengguna_id: int | None, wanted: str) -> Response:
    """A page that leads on: the policy of our pages lets no form end at another site."""
    try:
        address, kept = provider().begin(_back(), now())
    except sign_on.ProviderDown as refusal:
        flash(refusal.message, "danger")
        return see("masuk.formulir" if pengguna_id is None else "cara_masuk.index")
    with writing() as session:
        isi = {**kept, "lanjut": wanted}
        token = login_steps.begin(session, "penyedia", pengguna_id, isi, now())
    login_state.keep("penyedia", token)
    page = make_response(render_template("pages/masuk/penyedia.html", alamat=address))
    page.headers["Refresh"] = f"0; url={address}"
    return page


def _back() -> str:
    """The exact address to which the provider sends the browser back."""
    return login_state.site().origin + url_for("penyedia.kembali")


@bp.get("/masuk/penyedia/kembali")
def kembali() -> Response | str:
    """The browser is back: a GET changes nothing, so the answer is sent on as a form."""
    provider()
    code, state = request.args.get("code", ""), request.args.get("state", "")
    if request.args.get("iss", provider().config.issuer) != provider().config.issuer or not code:
        return _refused(sign_on.NotProved())
    form = AnswerForm(formdata=None, kode_jawaban=code[:2000], state_jawaban=state[:200])
    return render_template("pages/masuk/kembali.html", form=form)


@bp.post("/masuk/penyedia/kembali")
def selesai() -> Response:
    """Ask the provider who it is; then log in, or link."""
    limit_rate()
    form, asked = AnswerForm(), provider()
    try:
        with writing() as session:
            step = login_state.step_or_refuse(session, "penyedia")
            login_steps.end(session, step)
        login_state.drop("penyedia")
        code, state = form.kode_jawaban.data or "", form.state_jawaban.data or ""
        who = asked.finish(step.isi, state, code, _back(), now())
    except DomainError as refusal:
        return _refused(refusal)
    return _log_in(step, who) if step.pengguna_id is None else _link(step, who)


def _refused(refusal: DomainError) -> Response:
    security_log.note("akun:sesi:masuk", "gagal", subject="penyedia")
    flash(refusal.message, "danger")
    return see("masuk.formulir")


def _log_in(step: OpenStep, who: Identity) -> Response:
    wanted = str(step.isi.get("lanjut", ""))
    with writing() as session:
        found = sign_on.linked(session, who, demo=settings().demo)
        asks = found is not None and not who.strong
        asks = asks and second_factor.has_second_factor(session, found or 0)
        if found is not None and asks:
            token = second_factor.ask(session, found, wanted, now())
        elif found is not None:
            way = "penyedia_mfa" if who.strong else "penyedia"
            opened = organisation_login.enter(session, found, origin(), now(), by=way)
    if found is None:
        security_log.note("akun:sesi:masuk", "gagal", subject="penyedia")
        flash(
            _("Akun ini belum dihubungkan. Masuk dengan kata sandi, lalu hubungkan di Akun saya."),
            "info",
        )
        return see("masuk.formulir")
    if asks:
        login_state.keep("faktor", token)
        return see("faktor.formulir")
    identity.remember(opened[1], opened[0])
    return redirect(wanted if is_local(wanted) else url_for("beranda.index"), 303)


def _link(step: OpenStep, who: Identity) -> Response:
    """Only for the person who began it and is still logged in."""
    known = identity.actor_of_request()
    if known is None or known.pengguna_id != step.pengguna_id:
        return _refused(sign_on.NotProved())
    try:
        with writing() as session:
            sign_on.link(session, known, who, now())
    except DomainError as refusal:
        flash(refusal.message, "danger")
    else:
        flash(_("Akun Anda terhubung dengan penyedia identitas."), "ok")
    return see("cara_masuk.index")
