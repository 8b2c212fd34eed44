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

#: The endpoints that answer without a login; each is a decision, and the matrix test lists them.
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

#: Public endpoints that must answer even when the database does not.
WITHOUT_DATABASE: Final = frozenset({"static", "sehat.periksa"})

#: What a stranger may send in one request (bytes); a bill or a photo needs a login.
STRANGER_BYTES: Final = 1024 * 1024

_MARK: Final = "__kkpd_needs__"


class UndeclaredEndpoint(RuntimeError):
    """An endpoint without `needs` that is not in PUBLIC: a programmer's error."""


def needs(permission: str) -> Callable[[View], View]:
    """Declare the permission an endpoint needs; in an OPD's address it is asked for that OPD.

    Put it directly under the route. A word that is not in the table of kkpd.core.permissions is
    refused at import, so a misspelt permission cannot close (or open) a door.
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
    """Who acts in this request, with the OPD of the address chosen."""
    found: Actor | None = g.get("actor")
    assert found is not None, "an endpoint behind `needs` always has an actor"
    return found


def may(permission: str) -> bool:
    """Whether to show an act: the same question that the endpoint will be asked."""
    found: Actor | None = g.get("actor")
    return found is not None and found.can(permission, found.opd_id)


def _guard() -> Response | None:
    """Before anything of the body is read: who is it, and may they be here."""
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
    """Ask before every request, before anything of its body is read."""
    app.before_request(_guard)
