"""Sign-on by the identity provider: there, back, and linking the own account."""

from __future__ import annotations

from typing import Any, Final

from flask import (
    Blueprint,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.wrappers import Response
from wtforms import HiddenField
from wtforms.validators import Length

from kkpd.core.errors import DomainError, TooLarge
from kkpd.organisation import login as organisation_login
from kkpd.organisation import login_steps, second_factor, sign_on, totp
from kkpd.organisation.login_steps import OpenStep
from kkpd.organisation.sign_on import Identity
from kkpd.records import security_log
from kkpd.web import login_state
from kkpd.web.confirm import PREFIX, proved, sent_fields
from kkpd.web.forms import PageForm
from kkpd.web.globals import now, settings
from kkpd.web.login_state import leads_on, provider
from kkpd.web.page import is_local, see
from kkpd.web.request import permissions as identity
from kkpd.web.request.origin import origin
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.rate_limit import limit_rate
from kkpd.web.request.transaction import writing
from kkpd.web.translation import _

bp = Blueprint("penyedia", __name__)


#: Characters of a form that waits while the provider asks.
_MOST_KEPT: Final = 20_000


class AnswerForm(PageForm):
    """What the provider sent along with the browser; these names are never masked."""

    kode_jawaban = HiddenField(validators=[Length(max=2000)])
    state_jawaban = HiddenField(validators=[Length(max=200)])


@bp.post("/masuk/penyedia")
def mulai() -> Response:
    """Send a stranger to the provider."""
    limit_rate()
    return _go(None, {"untuk": "masuk", "lanjut": request.form.get("lanjut", "")[:500]})


@bp.post("/cara-masuk/penyedia")
@needs("akun:sendiri")
def hubungkan() -> Response:
    """Send the logged-in person to the provider, to link the account."""
    if login_state.own_step("ubah") is None:
        flash(_("Buktikan dahulu bahwa ini Anda; bukti berlaku lima menit."), "info")
        return see("cara_masuk.index")
    return _go(actor().pengguna_id, {"untuk": "hubung"})


@bp.post("/masuk/penyedia/bukti")
@needs("akun:sendiri")
def buktikan() -> Response:
    """Let the provider ask who it is, for an act that waits with its fields, or for the page of
    the own second factor.
    """
    fields = sent_fields()
    if sum(len(name) + len(text) for name, text in fields) > _MOST_KEPT:
        raise TooLarge(_("Isian itu terlalu panjang untuk disimpan. Buktikan dengan kata sandi."))
    isi = {"untuk": "bukti", "alamat": request.form.get(f"{PREFIX}alamat", ""), "isian": fields}
    return _go(actor().pengguna_id, isi)


@bp.post("/cara-masuk/penyedia/lepas")
@needs("akun:sendiri")
def lepas() -> Response:
    """End the link."""
    if login_state.own_step("ubah") is None:
        flash(_("Buktikan dahulu bahwa ini Anda; bukti berlaku lima menit."), "info")
        return see("cara_masuk.index")
    issuer = provider().config.issuer
    with writing() as session:
        sign_on.unlink(session, actor(), issuer, now())
    flash(_("Akun tidak lagi terhubung dengan penyedia identitas."), "ok")
    return see("cara_masuk.index")


def _go(pengguna_id: int | None, wanted: dict[str, Any]) -> Response:
    """To the provider, and keep what is wanted of it."""
    try:
        address, kept = provider().begin(_back(), now(), again=wanted["untuk"] == "bukti")
    except sign_on.ProviderDown as refusal:
        flash(refusal.message, "danger")
        return see("masuk.formulir" if pengguna_id is None else "cara_masuk.index")
    with writing() as session:
        token = login_steps.begin(session, "penyedia", pengguna_id, {**kept, **wanted}, now())
    login_state.keep("penyedia", token)
    return leads_on(address, render_template("pages/masuk/penyedia.html", alamat=address))


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
def selesai() -> Response | str:
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
    if step.pengguna_id is None:
        return _log_in(step, who)
    return _prove(step, who) if step.isi["untuk"] == "bukti" else _link(step, who)


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
            sealed = totp.seal(settings().secret_key, who.id_token, sign_on.SEALED_FOR)
            opened = organisation_login.enter(
                session, found, origin(), now(), by=way, id_token=sealed
            )
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


def _prove(step: OpenStep, who: Identity) -> Response | str:
    """Only for the person who began it; then the act that waits goes on with its fields."""
    known = identity.actor_of_request()
    if known is None or known.pengguna_id != step.pengguna_id:
        return _refused(sign_on.NotProved())
    with writing() as session:
        proven = sign_on.proves_again(session, known, who, now())
        key = settings().secret_key
        token = second_factor.begin_changes(session, known, key, now()) if proven else None
    if token is None:
        security_log.note("akun:sandi:ulang", "gagal", subject=f"pengguna:{known.pengguna_id}")
        flash(
            _("Penyedia identitas tidak memastikan bahwa ini Anda. Ulangi tindakannya."), "danger"
        )
        return see("cara_masuk.index")
    proved()
    address = str(step.isi["alamat"])
    if not is_local(address):
        login_state.keep("ubah", token)
        return see("cara_masuk.index")
    fields = step.isi["isian"]
    return render_template("pages/masuk/terbukti.html", address=address, fields=fields)


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
