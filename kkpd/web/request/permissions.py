"""Deny by default (law 12): an endpoint needs a login and the permission it declares with `needs`.

Only the endpoints of PUBLIC answer to strangers; an endpoint that declares nothing is refused as a
programmer's error, so it cannot reach production unnoticed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

from flask import Flask, current_app, flash, g, redirect, request, url_for
from werkzeug.wrappers import Response

from kkpd.core.errors import Forbidden
from kkpd.core.permissions import ALL_PERMISSIONS, Actor
from kkpd.web.request import context as request_context
from kkpd.web.request import session
from kkpd.web.translation import _

View = TypeVar("View", bound=Callable[..., Any])

#: The endpoints that need no login; the matrix test lists them.
PUBLIC: Final = frozenset(
    {
        "static",
        "masuk.formulir",
        "masuk.kirim",
        "sehat.periksa",
        "preferensi.simpan",
        "periksa.formulir",
        "periksa.hasil",
        "tenggat.langganan_ics",
    }
)

#: Public endpoints that must answer even without the database.
WITHOUT_DATABASE: Final = frozenset({"static", "sehat.periksa"})

#: What a stranger may send in one request (bytes); a bill or a photo needs a login.
STRANGER_BYTES: Final = 1024 * 1024

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
    known = session.actor_of_request()
    if known is None:
        request.max_content_length = STRANGER_BYTES
    else:
        request_context.choose(known, request.view_args or {})
    if endpoint is None or endpoint in PUBLIC:
        return None
    permission = declared(current_app, endpoint)
    if permission is None:
        raise UndeclaredEndpoint(endpoint)
    if known is None:
        return _to_login()
    _check(permission)
    return None


def _check(permission: str) -> None:
    if not actor().can(permission, actor().opd_id):
        raise Forbidden(
            "Peran Anda tidak mencakup halaman ini. "
            "Bila seharusnya mencakup, mintalah penugasan kepada administrator."
        )


def _to_login() -> Response:
    if session.forget():
        flash(_("Sesi Anda sudah berakhir. Masuk lagi untuk melanjutkan."), "info")
    way_back = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("masuk.formulir", lanjut=way_back), 303)


def setup(app: Flask) -> None:
    """Register the check for every request."""
    app.before_request(_guard)
