"""How I log in: the own app, passkeys and recovery codes. Changes need the password again."""

from __future__ import annotations

from collections.abc import Callable

import segno
from flask import Blueprint, flash, render_template
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import HiddenField, StringField
from wtforms.validators import Length

from kkpd.core.errors import DomainError
from kkpd.models import Orang, Passkey, Pengguna
from kkpd.organisation import (
    login_steps,
    passkeys,
    second_factor,
    sign_on,
    totp,
)
from kkpd.organisation.login_steps import OpenStep
from kkpd.web import login_state
from kkpd.web.confirm import (
    ProofForm,
    asked_challenge,
    confirm_password,
    give_challenge,
    has_password,
    proved,
    provider_proves,
)
from kkpd.web.forms import PageForm
from kkpd.web.globals import now, settings, today
from kkpd.web.page import see
from kkpd.web.request import permissions as identity
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.refused import stands_on
from kkpd.web.request.transaction import reading, writing
from kkpd.web.translation import _, _l

bp = Blueprint("cara_masuk", __name__, url_prefix="/cara-masuk")


class AppForm(PageForm):
    """The first code of a new app."""

    kode = StringField(_l("Kode pertama dari aplikasi"), [Length(max=40)])


class PasskeyForm(PageForm):
    """The name of a new passkey; the page's script fills in the answer."""

    nama = StringField(_l("Nama kunci sandi"), [Length(max=60)])
    jawaban = HiddenField()


@bp.get("/")
@needs("akun:sendiri")
def index() -> str:
    """What I log in with; and after the proof, what I can change."""
    return _page()


@bp.post("/bukti")
@needs("akun:sendiri")
@stands_on("cara_masuk.index")
def buktikan() -> Response:
    """Open the changes for five minutes in this browser: by all that the account has."""
    form = ProofForm()
    form.check()
    asked, by_password = asked_challenge(), has_password()
    if by_password:
        confirm_password(form.lama.data or "")
    with writing() as session:
        proven = second_factor.proves_all(
            session,
            actor(),
            form.shown(),
            asked,
            login_state.means(),
            now(),
            by_password=by_password,
        )
        key = settings().secret_key
        token = second_factor.begin_changes(session, actor(), key, now()) if proven else None
    if token is None:
        raise DomainError(_(second_factor.WRONG), field="kode")
    login_state.keep("ubah", token)
    proved()
    return see("cara_masuk.index")


@bp.post("/tanya")
@needs("akun:sendiri")
def tanya() -> Response:
    """Give this browser a challenge, so that the proof can be a passkey."""
    give_challenge()
    return see("cara_masuk.index")


@bp.post("/aplikasi")
@needs("akun:sendiri")
@stands_on("cara_masuk.index")
def pasang() -> Response | str:
    """Keep the app whose first code is right."""
    form = AppForm()
    codes = totp.fresh()

    def act(session: Session, step: OpenStep) -> list[str]:
        sealed, code, token = str(step.isi["benih"]), form.kode.data or "", _token()
        means = login_state.means()
        return second_factor.confirm_app(session, actor(), sealed, code, codes, means, token, now())

    return _change(act, _("Aplikasi kode terpasang."))


@bp.post("/kunci")
@needs("akun:sendiri")
@stands_on("cara_masuk.index")
def daftar() -> Response | str:
    """Keep a new passkey."""
    form = PasskeyForm()
    codes = totp.fresh()

    def act(session: Session, step: OpenStep) -> list[str]:
        answer = passkeys.Answer(
            form.jawaban.data or "", str(step.isi["tantangan"]), login_state.site()
        )
        login_steps.change(session, step, tantangan=second_factor.challenge())
        nama = form.nama.data or ""
        return second_factor.add_passkey(session, actor(), nama, answer, codes, _token(), now())

    return _change(act, _("Kunci sandi terdaftar."))


@bp.post("/kode")
@needs("akun:sendiri")
@stands_on("cara_masuk.index")
def kode() -> Response | str:
    """Ten new recovery codes."""
    codes = totp.fresh()
    return _change(
        lambda session, _step: second_factor.new_codes(session, actor(), codes, _token(), now()),
        _("Kode pemulihan baru dibuat."),
    )


@bp.post("/aplikasi/cabut")
@needs("akun:sendiri")
@stands_on("cara_masuk.index")
def cabut_aplikasi() -> Response | str:
    """Remove the app."""

    def act(session: Session, _step: OpenStep) -> list[str]:
        second_factor.remove_app(session, actor(), _token(), now())
        return []

    return _change(act, _("Aplikasi kode dicabut."))


@bp.post("/kunci/<int:kunci_id>/cabut")
@needs("akun:sendiri")
@stands_on("cara_masuk.index")
def cabut_kunci(kunci_id: int) -> Response | str:
    """Remove a passkey."""

    def act(session: Session, _step: OpenStep) -> list[str]:
        second_factor.remove_passkey(session, actor(), kunci_id, _token(), now())
        return []

    return _change(act, _("Kunci sandi dicabut."))


def _token() -> str:
    return identity.token_of_request()


def _change(act: Callable[[Session, OpenStep], list[str]], done: str) -> Response | str:
    """Act while the proof is fresh; new recovery codes are shown here and never again."""
    if login_state.own_step("ubah") is None:
        flash(_("Buktikan dahulu bahwa ini Anda; bukti berlaku lima menit."), "info")
        return see("cara_masuk.index")
    with writing() as session:
        codes = act(session, login_state.step_or_refuse(session, "ubah"))
    flash(done, "ok")
    if codes:
        return render_template("pages/masuk/kode_pemulihan.html", kode=codes)
    return see("cara_masuk.index")


def _page() -> str:
    session, who, config = reading(), actor(), settings().oidc
    pengguna = session.get_one(Pengguna, who.pengguna_id)
    keys = passkeys.kept(session, who.pengguna_id)
    found = second_factor.app_of(session, who.pengguna_id)
    step = login_state.own_step("ubah")
    asked = asked_challenge()
    taken = second_factor.removed_by_another(session, who)
    remover = None if taken is None else session.get(Orang, taken.dicabut_oleh_id or 0)
    return render_template(
        "pages/masuk/cara_masuk.html",
        aplikasi=found,
        kunci=keys,
        kode_tersisa=totp.left(session, who.pengguna_id),
        terhubung=None if config is None else sign_on.link_of(session, pengguna.id, config.issuer),
        wajib=second_factor.requirement(session, who.peran, today()),
        dicabut=None if found or keys else taken,
        pencabut="" if remover is None else remover.nama,
        bukti=ProofForm(formdata=None),
        ada_sandi=pengguna.sandi_hash is not None,
        lewat_penyedia=pengguna.sandi_hash is None and provider_proves(),
        pinta_bukti=passkeys.options_to_use(login_state.site(), asked, keys) if asked else "",
        baru=None if step is None else _offered(step, pengguna, who.nama, keys),
        form_aplikasi=AppForm(formdata=None),
        form_kunci=PasskeyForm(formdata=None),
    )


def _offered(
    step: OpenStep, pengguna: Pengguna, nama: str, keys: list[Passkey]
) -> dict[str, object]:
    """The seed as picture and text, and what the browser needs for a new passkey."""
    seed = totp.unseal(settings().secret_key, str(step.isi["benih"])) or ""
    address = totp.app_address(seed, pengguna.nama_masuk, "Buku KKPD")
    picture = segno.make_qr(address, error="m").svg_inline(scale=4, dark="#000", light="#fff")
    return {
        "gambar": picture,
        "benih": " ".join(seed[place : place + 4] for place in range(0, len(seed), 4)),
        "kunci": passkeys.options_to_create(
            login_state.site(),
            str(step.isi["tantangan"]),
            pengguna.id,
            pengguna.nama_masuk,
            nama,
            keys,
        ),
    }
