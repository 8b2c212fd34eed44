"""From cookie to actor: Flask-Login over our own session rows, which hold only hashes of tokens.

The cookie (signed, HttpOnly, SameSite=Lax) holds the token; the row holds the idle and absolute
limits, so that a session can be ended on the server at any time.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from flask import Flask, session
from flask_login import LoginManager, UserMixin, current_user, login_user

from kkpd.core.db import session as db
from kkpd.core.moments import business_day
from kkpd.core.permissions import Actor
from kkpd.organisation import accounts as organisation_accounts
from kkpd.organisation import login as organisation_login
from kkpd.organisation.accounts import LiveSession
from kkpd.web.globals import engine, now, settings

#: A session is marked as seen at most this often, so that reading pages rarely writes.
TOUCH_EVERY: Final = timedelta(minutes=1)


class LoggedIn(UserMixin):  # type: ignore[misc]  # flask-login ships no types
    """The logged-in user for Flask-Login: the actor and the token of the session."""

    def __init__(self, actor: Actor, token: str) -> None:
        self.actor = actor
        self.token = token

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
        assignment = organisation_accounts.assignments_on(
            reading, found.orang_id, business_day(moment, settings().zone)
        )
    if moment - found.terlihat_at >= TOUCH_EVERY:
        with db.writing(engine()) as own:  # its own small transaction: a GET's session cannot write
            organisation_login.terlihat(own, found.session_id, moment)
    return LoggedIn(Actor(found.orang_id, found.pengguna_id, found.nama, assignment), token)


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


def remember(actor: Actor, token: str) -> None:
    """Start a session in this browser with a new cookie; nothing from before the login remains."""
    kept = session.get("_flashes")
    session.clear()
    if kept:
        session["_flashes"] = kept
    login_user(LoggedIn(actor, token))


def forget() -> bool:
    """Remove the login from the cookie; returns whether there was one."""
    had = "_user_id" in session
    session.clear()
    return had


def setup(app: Flask) -> None:
    """Flask-Login as the session layer; a phone may change its network address meanwhile."""
    manager = LoginManager(app, add_context_processor=False)
    manager.session_protection = None
    manager.user_loader(load)
