"""The page of the own account: sessions, mail address, calendar feed."""

from __future__ import annotations

from flask import Blueprint, flash, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import Length, Optional

from kkpd.core.errors import NotFound
from kkpd.organisation import login as organisation_login
from kkpd.organisation import own_account
from kkpd.organisation.own_account import AccountPage
from kkpd.oversight import event_page
from kkpd.web.confirm import asks_again
from kkpd.web.forms import PageForm
from kkpd.web.globals import now, settings
from kkpd.web.page import save, see
from kkpd.web.request import permissions as identity
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.refused import stands_on
from kkpd.web.request.transaction import reading, writing
from kkpd.web.translation import _, _l
from kkpd.worker import account_mail

bp = Blueprint("akun", __name__, url_prefix="/akun")


class EmailForm(PageForm):
    """The own mail address."""

    surel = StringField(_l("Surel"), [Optional(), Length(max=200)])


@bp.get("/")
@needs("akun:sendiri")
def index() -> str:
    """The own account."""
    events = event_page.about_me(reading(), actor())
    return render_template("pages/akun/index.html", account=_account(), events=events)


@bp.post("/sesi/<int:sesi_id>")
@needs("akun:sendiri")
@asks_again
def akhiri(sesi_id: int) -> Response:
    """End one of the own sessions."""
    if all(row.id != sesi_id for row in _account().sessions):
        raise NotFound(_("Sesi ini sudah berakhir."))
    with writing() as session:
        organisation_login.end_session(session, actor(), sesi_id, now())
    flash(_("Sesi itu sudah diakhiri."), "ok")
    return see("akun.index")


@bp.get("/surel")
@needs("akun:sendiri")
def surel() -> str:
    """The form for another mail address."""
    return _mail_page(EmailForm(formdata=None, surel=_account().surel))


@bp.post("/surel")
@needs("akun:sendiri")
@asks_again
@stands_on("akun.surel")
def simpan_surel() -> Response:
    """Keep another mail address, and tell the old one."""
    form = EmailForm()
    before: list[str | None] = []

    def act(session: Session) -> None:
        wanted = (form.surel.data or "").strip()
        before.append(own_account.change_email(session, actor(), wanted, now()))

    said = _("Alamat surel disimpan.")
    answer = save(form, act, said, "akun.index")
    told = _("Alamat surel akun Anda diganti.")
    account_mail.send_notice(settings(), before[0], actor().nama, told, now())
    return answer


def _mail_page(form: EmailForm) -> str:
    return render_template("pages/akun/surel.html", form=form)


@bp.get("/kalender")
@needs("akun:sendiri")
def kalender() -> str:
    """The own calendar feed: whether there is one, and how to get another."""
    return render_template("pages/akun/kalender.html", feed_at=_account().feed_at)


@bp.post("/kalender")
@needs("akun:sendiri")
@asks_again
def kalender_baru() -> str:
    """Make a new address and show it, this one time."""
    with writing() as session:
        token = own_account.renew_feed(session, actor(), now())
    address = url_for("tenggat.langganan_ics", token=token, _external=True)
    return render_template("pages/akun/alamat.html", address=address)


@bp.post("/kalender/cabut")
@needs("akun:sendiri")
@asks_again
def kalender_cabut() -> Response:
    """End the own calendar feed."""
    with writing() as session:
        own_account.end_feed(session, actor(), now())
    flash(_("Alamat kalender dicabut."), "ok")
    return see("akun.index")


def _account() -> AccountPage:
    limits, moment = settings(), now()
    return own_account.account_page(
        reading(),
        actor(),
        identity.token_of_request(),
        moment - limits.absolute,
        moment - limits.idle,
    )
