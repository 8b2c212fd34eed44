"""The identity provider of this program, and the way of a browser to it."""

from __future__ import annotations

from flask import current_app, make_response
from werkzeug.wrappers import Response

from kkpd.core.errors import NotFound
from kkpd.organisation.sign_on import Provider
from kkpd.web.globals import settings
from kkpd.web.translation import _


def provider() -> Provider:
    """The provider of this program; NotFound when there is none."""
    config = settings().oidc
    if config is None:
        raise NotFound(_("Program ini tidak memakai penyedia identitas."))
    found = current_app.extensions.get("kkpd.provider")
    if not isinstance(found, Provider) or found.config != config:
        found = current_app.extensions["kkpd.provider"] = Provider(config)
    return found


def leads_on(address: str, page: str) -> Response:
    """A page that leads on to the provider: our policy lets no form end at another site."""
    answer = make_response(page)
    answer.headers["Refresh"] = f"0; url={address}"
    return answer
