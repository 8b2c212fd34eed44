"""Deny by default (law 12): an endpoint needs a login and the permission it declares with `needs`.

Only the endpoints of PUBLIC answer to strangers; an endpoint that declares nothing is refused as a
programmer's error, so it cannot reach production unnoticed. From cookie to actor: Flask-Login over
our own session rows, of which only token hashes are kept; the row carries the idle and absolute
limits, so that a session can be ended on the server at any moment.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from flask import Flask, current_app, flash, g, redirect, request, session, url_for
from flask_login import LoginManager, UserMixin, current_user, login_user
from werkzeug.wrappers import Response

from kkpd.core.choices import PROVIDER_WAYS
from kkpd.core.db import session as db
from kkpd.core.errors import Forbidden
from kkpd.core.moments import business_day
from kkpd.core.permissions import ALL_PERMISSIONS, Actor
from kkpd.organisation import accounts as organisation_accounts
from kkpd.organisation import login as organisation_login
from kkpd.organisation import second_factor
from kkpd.organisation.accounts import LiveSession
from kkpd.records import security_log
from kkpd.web.globals import engine, now, settings
from kkpd.web.request import context as request_context
from kkpd.web.request.origin import remember_browser
from kkpd.web.translation import _

View = TypeVar("View", bound=Callable[..., Any])

#: The endpoints that need no login; the matrix test lists them.
PUBLIC: Final = frozenset(
    {
        "static",
        "masuk.formulir",
        "masuk.kirim",
        "masuk.kode",
        "masuk.pakai_kode",
        "masuk.lupa",
        "masuk.kirim_kode",
        "penyedia.mulai",
        "penyedia.kembali",
        "penyedia.selesai",
        "faktor.formulir",
        "faktor.kirim",
        "faktor.kunci",
        "faktor.kunci_jawab",
        "faktor.kunci_mulai",
        "sehat.periksa",
        "sehat.security_txt",
        "preferensi.simpan",
        "bulan_terpandu.index",
        "bulan_terpandu.berkas",
        "periksa.formulir",
        "periksa.hasil",
        "tenggat.langganan_ics",
    }
)

#: Public endpoints that must answer even without the database.
WITHOUT_DATABASE: Final = frozenset({"static", "sehat.periksa", "sehat.security_txt"})

#: Where somebody may go who must set up a second factor first.
SETTING_UP: Final = frozenset(
    {
        "cara_masuk.index",
        "cara_masuk.buktikan",
        "cara_masuk.tanya",
        "cara_masuk.pasang",
        "cara_masuk.daftar",
        "penyedia.buktikan",
        "masuk.keluar",
    }
)

#: What a stranger may send in one request (bytes); a bill or a photo needs a login.
STRANGER_BYTES: Final = 16 * 1024

#: What a person may do before a password that somebody else set is changed.
_BEFORE_CHANGE: Final = frozenset({"masuk.sandi", "masuk.ganti", "masuk.keluar"})

_MARK: Final = "__kkpd_needs__"


class UndeclaredEndpoint(RuntimeError):
    """An endpoint without `needs` that is not in PUBLIC: a programmer's error."""


def needs(permission: str) -> Callable[[View], View]:
    """Declare the permission an endpoint needs; if the URL names an OPD, it is checked for that
    OPD.

    Put it directly under the route. A permission that is not in kkpd.core.permissions is refused at
    import, so a spelling mistake cannot open or close a page.
    """
    if permission not in ALL_PERMISSIONS:
        raise ValueError(f"no such permission: {permission}")

    def declare(view: View) -> View:
        setattr(view, _MARK, permission)
        return view

    return declare


def declared(app: Flask, endpoint: str) -> str | None:
    """The permission an endpoint declares, None for none."""
    found: str | None = getattr(app.view_functions.get(endpoint), _MARK, None)
    return found


def actor() -> Actor:
    """The actor of this request, with the OPD of the URL chosen."""
    found: Actor | None = g.get("actor")
    assert found is not None, "an endpoint behind `needs` always has an actor"
    return found


def may(permission: str) -> bool:
    """Whether to show an act; the same check as at its endpoint."""
    found: Actor | None = g.get("actor")
    return found is not None and found.can(permission, found.opd_id)


def _guard() -> Response | None:
    """Check login and permission before anything of the body is read."""
    endpoint = request.endpoint
    if endpoint in WITHOUT_DATABASE:
        return None
    known = actor_of_request()
    if known is None:
        request.max_content_length = STRANGER_BYTES
    else:
        session_id = current_user.session_id
        security_log.about({"pengguna_id": known.pengguna_id, "session_id": session_id})
        request_context.choose(known, request.view_args or {})
    if endpoint is None or endpoint in PUBLIC:
        return None
    permission = declared(current_app, endpoint)
    if permission is None:
        raise UndeclaredEndpoint(endpoint)
    if known is None:
        return _to_login()
    if current_user.change_due and endpoint not in _BEFORE_CHANGE:
        return redirect(url_for("masuk.sandi"), 303)
    if must_set_up() and not change_due() and endpoint not in SETTING_UP:
        return redirect(url_for("cara_masuk.index"), 303)
    _check(permission)
    return None


def body_limit(app: Flask, environ: dict[str, Any]) -> int:
    """The most bytes that this request may carry, told by its cookie alone: little for those who
    never logged in. `_guard` looks closer later.
    """
    asked = app.request_class(environ)
    found = app.session_interface.open_session(app, asked)
    return (
        int(app.config["MAX_CONTENT_LENGTH"]) if found and "_user_id" in found else STRANGER_BYTES
    )


def _check(permission: str) -> None:
    if not actor().can(permission, actor().opd_id):
        raise Forbidden(
            "Peran Anda tidak mencakup halaman ini. "
            "Bila seharusnya mencakup, mintalah penugasan kepada administrator."
        )


def _to_login() -> Response:
    if forget():
        security_log.note("akun:sesi:berakhir", "ditolak")
        flash(_("Sesi Anda sudah berakhir. Masuk lagi untuk melanjutkan."), "info")
    way_back = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("masuk.formulir", lanjut=way_back), 303)


#: A session is marked as seen at most this often, so that reading pages rarely writes.
TOUCH_EVERY: Final = timedelta(minutes=1)


class LoggedIn(UserMixin):  # type: ignore[misc]  # flask-login ships no types
    """The logged-in user for Flask-Login: the actor, the token of the session, whether a second
    factor must be set up before anything else, and when the login showed something of the person's
    own (a provider may have opened the session without asking anybody).
    """

    def __init__(
        self,
        actor: Actor,
        token: str,
        session_id: int | None = None,
        change_due: bool = False,
        *,
        must_set_up: bool = False,
        proved_at: datetime | None = None,
    ) -> None:
        self.actor = actor
        self.token = token
        self.session_id = session_id
        self.change_due = change_due
        self.must_set_up = must_set_up
        self.proved_at = proved_at

    def get_id(self) -> str:
        """What Flask-Login keeps in the cookie: the session's token, never an account number."""
        return self.token


def load(token: str) -> LoggedIn | None:
    """The actor of a token while the session is valid; None leads to the login page."""
    moment = now()
    with db.reading(engine()) as reading:
        found = organisation_accounts.find_live_session(
            reading, organisation_login.hash_token(token)
        )
        if found is None or not _alive(found, moment):
            return None
        day = business_day(moment, settings().zone)
        assignment = organisation_accounts.assignments_on(reading, found.orang_id, day)
        known = Actor(found.orang_id, found.pengguna_id, found.nama, assignment)
        must = second_factor.must_set_up(reading, known, found.cara, day)
    if moment - found.terlihat_at >= TOUCH_EVERY:
        with db.writing(engine()) as own:  # its own small transaction: a GET's session cannot write
            organisation_login.visible(own, found.session_id, moment)
    shown = None if found.cara in PROVIDER_WAYS else found.dibuat_at
    return LoggedIn(
        known, token, found.session_id, found.change_due, must_set_up=must, proved_at=shown
    )


def _alive(found: LiveSession, moment: datetime) -> bool:
    limits = settings()
    return (
        moment - found.terlihat_at < limits.idle
        and moment - found.dibuat_at < limits.absolute
        and (limits.demo or not found.demo)
    )


def actor_of_request() -> Actor | None:
    """The actor of this request, None for a stranger."""
    return current_user.actor if current_user.is_authenticated else None


def token_of_request() -> str:
    """The token of the session behind this request."""
    token: str = current_user.token
    return token


def change_due() -> bool:
    """Whether this person must first change a password that somebody else set."""
    found: bool = current_user.change_due
    return found


def proved_at() -> datetime | None:
    """When this session's login showed a password or a factor of the person's own."""
    found: datetime | None = current_user.proved_at
    return found


def session_mark() -> str:
    """What a page knows of its session, so that drafts of another one are dropped; "" for none."""
    token = session.get("_user_id")
    return hashlib.sha256(f"draf:{token}".encode()).hexdigest()[:16] if token else ""


def remember(actor: Actor, token: str) -> None:
    """Start a session in this browser with a new cookie; nothing from before the login remains."""
    kept = session.get("_flashes")
    session.clear()
    if kept:
        session["_flashes"] = kept
    found = load(token)
    login_user(found or LoggedIn(actor, token))
    remember_browser(actor.pengguna_id)


def must_set_up() -> bool:
    """Whether who is logged in must set up a second factor before anything else."""
    return bool(current_user.must_set_up)


def forget() -> bool:
    """Remove the login from the cookie; returns whether there was one. A login on its way stays."""
    had = "_user_id" in session
    if had:
        session.clear()
        g.session_over = True
    return had


def setup(app: Flask) -> None:
    """Flask-Login as the session layer (a phone may change its network address meanwhile), and the
    question before every request, before anything of its body is read.
    """
    manager = LoginManager(app, add_context_processor=False)
    manager.session_protection = None
    manager.user_loader(load)
    app.before_request(_guard)
