"""What a browser keeps of a login on its way, where it reaches the program, and the provider by
which it may come.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from flask import current_app, make_response, request, session
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from kkpd.core.errors import NotFound
from kkpd.organisation import login_steps
from kkpd.organisation.login_steps import OpenStep
from kkpd.organisation.passkeys import Site
from kkpd.organisation.second_factor import Means
from kkpd.organisation.sign_on import Provider
from kkpd.web.globals import now, settings
from kkpd.web.request.permissions import actor
from kkpd.web.request.transaction import reading
from kkpd.web.translation import _

_PREFIX: Final = "langkah_"


def site() -> Site:
    """Host and origin of the program: of its public address, else of this request."""
    parts = urlsplit(settings().public_url or request.host_url)
    return Site(parts.hostname or "", f"{parts.scheme}://{parts.netloc}")


def means() -> Means:
    """What second factors are judged with."""
    return Means(site(), settings().secret_key)


def keep(jenis: str, token: str) -> None:
    """Keep the token of a state in this browser's signed cookie."""
    session[_PREFIX + jenis] = token


def drop(jenis: str) -> None:
    """Forget it."""
    session.pop(_PREFIX + jenis, None)


def step(within: Session, jenis: str) -> OpenStep | None:
    """The state of this kind that this browser is in, while it is alive."""
    return login_steps.find(within, jenis, session.get(_PREFIX + jenis), now())


def own_step(jenis: str) -> OpenStep | None:
    """The same if it is also of the account that is logged in."""
    found = step(reading(), jenis)
    return found if found is not None and found.pengguna_id == actor().pengguna_id else None


def step_or_refuse(within: Session, jenis: str) -> OpenStep:
    """The same for an act; StepOver when there is none."""
    found = step(within, jenis)
    if found is None:
        raise login_steps.StepOver(
            "Langkah masuk ini sudah lewat waktu atau sudah dipakai. Mulai lagi dari awal."
        )
    return found


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
