"""Asking again who sits at the browser, before acts on accounts and on the rights of others.

One question for every form, before its view. An endpoint asks by its permission (`ASKED_AGAIN`: a
login of the last minutes is enough) or by `asks_again` (the own account: only an answer counts).
The page that asks carries the fields that were sent: with the right answer the act is carried out,
and nothing is typed twice. The answer holds for `PROOF_LASTS` in this browser and this session.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any, Final, TypeVar

from flask import Flask, g, render_template, request, session
from werkzeug.datastructures import ImmutableMultiDict
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import Length

from kkpd.core.errors import DomainError
from kkpd.core.permissions import ASKED_AGAIN
from kkpd.models import Pengguna
from kkpd.organisation import (
    guessing,
    login_steps,
    own_account,
    passkeys,
    passwords,
    second_factor,
    sign_on,
)
from kkpd.organisation.second_factor import Shown
from kkpd.records import security_log
from kkpd.web import login_state
from kkpd.web.forms import PageForm
from kkpd.web.globals import now, settings
from kkpd.web.request import permissions as identity
from kkpd.web.request.permissions import actor
from kkpd.web.request.refused import drawn
from kkpd.web.request.transaction import reading, writing
from kkpd.web.translation import _, _l

View = TypeVar("View", bound=Callable[..., Any])

#: How long an answer, or a login, is enough.
PROOF_LASTS: Final = timedelta(minutes=10)
#: Before the names of the fields that answer, so that they meet none of the form that was sent.
PREFIX: Final = "bukti-"
_MARK: Final = "__kkpd_asks_again__"
_KEPT: Final = "bukti_at"


class ProofForm(PageForm):
    """What proves it: the own password, or a code; a passkey's answer by the page's script."""

    lama = PasswordField(_l("Kata sandi sekarang"), [Length(max=passwords.LONGEST)])
    kode = StringField(_l("Kode dari aplikasi atau kode pemulihan"), [Length(max=40)])
    jawaban = HiddenField()

    def shown(self) -> Shown:
        """The second factor that is shown."""
        return Shown(self.kode.data or "", self.jawaban.data or "")


def asks_again(view: View) -> View:
    """Declare that an endpoint of the own account asks, however fresh the login is."""
    setattr(view, _MARK, True)
    return view


def has_password() -> bool:
    """Whether the own account has a password; one that the provider opens may have none."""
    return reading().get_one(Pengguna, actor().pengguna_id).sandi_hash is not None


def confirm_password(word: str) -> None:
    """DomainError unless it is the own password; tries are counted and limited.

    Call it outside `writing()`: a wrong try stays counted, and no lock is held while it is checked.
    """
    with writing() as own:
        attempt = own_account.confirm(own, actor(), now())
    if not passwords.cocok(attempt.sandi_hash, word):
        security_log.note("akun:sandi:ulang", "gagal", subject=f"pengguna:{actor().pengguna_id}")
        raise DomainError("Kata sandi sekarang salah. Ketik ulang.", field="lama")
    with writing() as own:
        guessing.succeeded(own, attempt.ids)


def proved() -> None:
    """Remember in this browser's signed cookie, which also holds the session, that it was shown."""
    session[_KEPT] = int(now().timestamp())


def asked_challenge() -> str:
    """The challenge that this browser's passkey answers, if it was given one."""
    step = login_state.own_step("kunci")
    return "" if step is None else str(step.isi["tantangan"])


def give_challenge() -> None:
    """Give this browser a challenge for a passkey of the own account."""
    isi = {"tantangan": second_factor.challenge()}
    with writing() as own:
        token = login_steps.begin(own, "kunci", actor().pengguna_id, isi, now())
    login_state.keep("kunci", token)


def provider_proves() -> bool:
    """Whether the own account is linked to the provider, which then can ask who it is."""
    config = settings().oidc
    if config is None:
        return False
    return sign_on.link_of(reading(), actor().pengguna_id, config.issuer) is not None


def sent_fields() -> list[tuple[str, str]]:
    """The fields of the form that was sent, without the token and the answer."""
    return [
        (name, text)
        for name, text in request.form.items(multi=True)
        if name != "csrf_token" and not name.startswith(PREFIX)
    ]


def _asks(view: View) -> bool:
    """Whether this request must be answered for first."""
    if request.method != "POST" or g.get("actor") is None:
        return False
    fresh = _recent(_answered_at())
    return not fresh and (hasattr(view, _MARK) or not _recent(identity.proved_at()))


def _answered_at() -> datetime | None:
    kept = session.get(_KEPT)
    return datetime.fromtimestamp(kept, UTC) if isinstance(kept, int) else None


def _recent(moment: datetime | None) -> bool:
    return moment is not None and timedelta(0) <= now() - moment < PROOF_LASTS


def _asked(view: View) -> View:
    @wraps(view)
    def answer(**args: Any) -> Any:
        page = _question() if _asks(view) else None
        return view(**args) if page is None else page

    return answer  # type: ignore[return-value]  # wraps keeps the view's own signature


def _question() -> tuple[str, int] | None:
    """Nothing when the right answer came along, else the page that asks."""
    form = ProofForm(prefix=PREFIX)
    if any(name.startswith(PREFIX) for name in request.form):
        try:
            _check(form)
        except DomainError as refusal:
            refusal.field = f"{PREFIX}{refusal.field or ''}"
            return drawn(refusal, _page(form))
        else:
            proved()
            request.form = ImmutableMultiDict(sent_fields())
            return None
    return _page(form), 422


def _check(form: ProofForm) -> None:
    """DomainError unless password or second factor are right."""
    form.check()
    if form.lama.data:
        confirm_password(form.lama.data)
        return
    if not (form.kode.data or form.jawaban.data):
        raise DomainError("Ketik kata sandi Anda sekarang, atau buktikan dengan faktor kedua.")
    asked = asked_challenge()
    with writing() as own:
        right = second_factor.proves_one(
            own, actor(), form.shown(), asked, login_state.means(), now()
        )
    login_state.drop("kunci")
    if not right:
        raise DomainError(_(second_factor.WRONG), field="kode")


def _page(form: ProofForm) -> str:
    keys = passkeys.kept(reading(), actor().pengguna_id)
    if keys:
        give_challenge()
    asked = asked_challenge()
    return render_template(
        "pages/masuk/bukti.html",
        form=form,
        fields=sent_fields(),
        address=request.full_path.rstrip("?"),
        by_password=has_password(),
        by_code=second_factor.has_second_factor(reading(), actor().pengguna_id),
        by_key=passkeys.options_to_use(login_state.site(), asked, keys) if keys else "",
        by_provider=provider_proves(),
        minutes=int(PROOF_LASTS.total_seconds()) // 60,
    )


def setup(app: Flask) -> None:
    """Ask before each registered view that wants it: permission and token were checked by then,
    and fields are masked.
    """
    for endpoint, view in app.view_functions.items():
        if hasattr(view, _MARK) or identity.declared(app, endpoint) in ASKED_AGAIN:
            app.view_functions[endpoint] = _asked(view)
