"""The page of the own account: sessions, mail address, calendar feed."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import Length, Optional

from kkpd.core.errors import DomainError, NotFound
from kkpd.organisation import login as organisation_login
from kkpd.organisation import own_account
from kkpd.organisation.own_account import AccountPage, SessionRow
from kkpd.oversight import event_page
from kkpd.web.confirm import ConfirmForm, confirm_password, form_status
from kkpd.web.globals import now, settings
from kkpd.web.page import see
from kkpd.web.request import permissions as identity
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.transaction import reading, writing
from kkpd.web.translation import _, _l
from kkpd.worker import account_mail

bp = Blueprint("akun", __name__, url_prefix="/akun")


class EmailForm(ConfirmForm):
    """The own mail address."""

    surel = StringField(_l("Surel"), [Optional(), Length(max=200)])


@bp.get("/")
@needs("akun:sendiri")
def index() -> str:
    """The own account."""
    events = event_page.about_me(reading(), actor())
    return render_template("pages/akun/index.html", account=_account(), events=events)


@bp.get("/sesi/<int:sesi_id>")
@needs("akun:sendiri")
def sesi(sesi_id: int) -> str:
    """Ask for the password before a session ends."""
    return _session_page(ConfirmForm(formdata=None), _session(sesi_id))


@bp.post("/sesi/<int:sesi_id>")
@needs("akun:sendiri")
def akhiri(sesi_id: int) -> Response | tuple[str, int]:
    """End one of the own sessions."""
    form, row = ConfirmForm(), _session(sesi_id)

    def act(session: Session) -> None:
        organisation_login.end_session(session, actor(), row.id, now())

    refused = _refused(form, act)
    if refused is not None:
        return _session_page(form, row), refused
    flash(_("Sesi itu sudah diakhiri."), "ok")
    return see("akun.index")


@bp.get("/surel")
@needs("akun:sendiri")
def surel() -> str:
    """The form for another mail address."""
    return render_template(
        "pages/akun/surel.html", form=EmailForm(formdata=None, surel=_account().surel)
    )


@bp.post("/surel")
@needs("akun:sendiri")
def simpan_surel() -> Response | tuple[str, int]:
    """Keep another mail address, and tell the old one."""
    form = EmailForm()
    before: list[str | None] = []

    def act(session: Session) -> None:
        wanted = (form.surel.data or "").strip()
        before.append(own_account.change_email(session, actor(), wanted, now()))

    refused = _refused(form, act)
    if refused is not None:
        return render_template("pages/akun/surel.html", form=form), refused
    account_mail.send_notice(
        settings(), before[0], actor().nama, _("Alamat surel akun Anda diganti."), now()
    )
    flash(_("Alamat surel disimpan."), "ok")
    return see("akun.index")


@bp.get("/kalender")
@needs("akun:sendiri")
def kalender() -> str:
    """The own calendar feed: whether there is one, and how to get another."""
    return _feed_page(ConfirmForm(formdata=None), _end_form())


@bp.post("/kalender")
@needs("akun:sendiri")
def kalender_baru() -> str | tuple[str, int]:
    """Make a new address and show it, this one time."""
    form = ConfirmForm()
    made: list[str] = []
    refused = _refused(
        form, lambda session: made.append(own_account.renew_feed(session, actor(), now()))
    )
    if refused is not None:
        return _feed_page(form, _end_form()), refused
    address = url_for("tenggat.langganan_ics", token=made[0], _external=True)
    return render_template("pages/akun/alamat.html", address=address)


@bp.post("/kalender/cabut")
@needs("akun:sendiri")
def kalender_cabut() -> Response | tuple[str, int]:
    """End the own calendar feed."""
    form = ConfirmForm(prefix="cabut-")
    refused = _refused(form, lambda session: own_account.end_feed(session, actor(), now()))
    if refused is not None:
        return _feed_page(ConfirmForm(formdata=None), form), refused
    flash(_("Alamat kalender dicabut."), "ok")
    return see("akun.index")


def _refused(form: ConfirmForm, act: Callable[[Session], object]) -> int | None:
    """Ask the password and act; the status of a refusal, which the form then shows."""
    if not form.validate():
        return 422
    try:
        confirm_password(form)
        with writing() as session:
            act(session)
    except DomainError as refusal:
        form.refuse(refusal)
        return form_status(refusal)
    return None


def _account() -> AccountPage:
    limits, moment = settings(), now()
    return own_account.account_page(
        reading(),
        actor(),
        identity.token_of_request(),
        moment - limits.absolute,
        moment - limits.idle,
    )


def _session(sesi_id: int) -> SessionRow:
    found = next((row for row in _account().sessions if row.id == sesi_id), None)
    if found is None:
        raise NotFound(_("Sesi ini sudah berakhir."))
    return found


def _session_page(form: ConfirmForm, row: SessionRow) -> str:
    return render_template("pages/akun/sesi.html", form=form, row=row)


def _end_form() -> ConfirmForm:
    return ConfirmForm(formdata=None, prefix="cabut-")


def _feed_page(renew: ConfirmForm, end: ConfirmForm) -> str:
    return render_template(
        "pages/akun/kalender.html", renew=renew, end=end, feed_at=_account().feed_at
    )
