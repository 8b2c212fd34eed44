"""Globals of every template, and the redirect (303) after a POST."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Final

from flask import Flask, current_app, flash, g, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from kkpd import __version__
from kkpd.core.money import Rupiah
from kkpd.core.permissions import ROLE_NAMES, Actor
from kkpd.web import charts, forms, navigation, tables
from kkpd.web.desk import my_todo as own_todo
from kkpd.web.globals import settings
from kkpd.web.guide.help import page_help
from kkpd.web.request import context as request_context
from kkpd.web.request import http, permissions
from kkpd.web.request.transaction import writing
from kkpd.web.translation import _, cookie_name, density, language, theme

#: Single keys of a page (WCAG 2.1.4): they can be switched off, and the choice is remembered.
KEYS: Final = ("hidup", "mati")
STATIC: Final = Path(__file__).resolve().parent.parent / "static"
STYLESHEETS: Final = tuple(f"css/{path.name}" for path in sorted((STATIC / "css").glob("*.css")))


def see(endpoint: str, **values: Any) -> Response:
    """The response to a successful POST: a redirect (303), so that reloading repeats nothing."""
    return redirect(url_for(endpoint, **values), 303)


def save(
    form: forms.PageForm, act: Callable[[Session], object], done: str, endpoint: str
) -> Response:
    """Check the form, act in one transaction and redirect."""
    form.check()
    with writing() as session:
        act(session)
    flash(done, "ok")
    return see(endpoint)


def provider_name() -> str:
    """What stands on the button of the identity provider; empty without one."""
    found = settings().oidc
    return "" if found is None else found.name


def role_names(actor: Actor) -> list[str]:
    """The names of the actor's roles."""
    return [_(ROLE_NAMES[peran]) for peran in actor.peran]


def single_keys() -> str:
    """Whether single keys act on pages that have them: `hidup`, or `mati` as this browser chose."""
    return "mati" if request.cookies.get(cookie_name("tombol")) == "mati" else "hidup"


def here() -> str:
    """The URL to return to after a change of language or theme; it must be one that GET opens."""
    if request.method == "GET":
        return request.full_path.rstrip("?")
    routes = current_app.url_map.bind_to_environ(request.environ)
    return request.path if "GET" in routes.allowed_methods() else "/"


def is_local(address: str) -> bool:
    """Whether a URL from the browser stays on this site (no open redirect).

    Browsers remove tabs and line breaks from a URL first: they read `/<tab>/x` as `//x`.
    """
    plain = address.isprintable() and "\\" not in address
    return plain and address.startswith("/") and not address.startswith("//")


def _abs_text(value: Rupiah) -> str:
    return str(abs(value))


def _values() -> dict[str, Any]:
    return {
        "actor": g.get("actor"),
        "opd": g.get("opd"),
        "periode": g.get("periode"),
        "bahasa": language(),
        "tema": theme(),
        "kerapatan": density(),
        "tombol": single_keys(),
        "sesi": permissions.session_mark(),
    }


@cache
def _fingerprint(filename: str) -> str | None:
    path = STATIC / filename
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path.is_file() else None


def _version_static(endpoint: str, values: dict[str, Any]) -> None:
    """A static file's URL changes with its content, so that it can be cached for a year."""
    if endpoint == "static" and (mark := _fingerprint(values.get("filename", ""))):
        values["v"] = mark


def setup(app: Flask) -> None:
    """Template globals: functions here, the values of the request by a context processor."""
    with app.app_context():
        demo = settings().demo
    app.jinja_env.globals.update(
        abs_text=_abs_text,
        ceiling_parts=charts.ceiling_parts,
        col=tables.col,
        context_bar=request_context.context_bar,
        csp_nonce=http.csp_nonce,
        demo=demo,
        has_file=forms.has_file,
        here=here,
        may=permissions.may,
        navigation=navigation.navigation,
        percent_of=charts.percent_of,
        provider_name=provider_name,
        own_todo=own_todo.tally,
        page_help=page_help,
        said_words=own_todo.said_words,
        spoken=own_todo.spoken,
        move_words=own_todo.move_words,
        talk_address=own_todo.talk_address,
        topic_words=own_todo.topic_words,
        request_id=http.request_id,
        role_names=role_names,
        single_keys=single_keys,
        heat_map=charts.heat_map,
        ranking=charts.ranking,
        share_plot=charts.share_plot,
        sort_state=tables.sort_state,
        stacked_columns=charts.stacked_columns,
        stylesheets=STYLESHEETS,
        url_with=tables.url_with,
        versi=__version__,
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.context_processor(_values)
    app.url_defaults(_version_static)
