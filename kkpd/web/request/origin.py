"""Where a request comes from: its address, its browser, and whose browser it is known to be.

After a login the browser gets a signed cookie that names it and the accounts that were opened in
it. It gives no right: it only keeps the counts of strangers' guesses from stopping an owner
(kkpd/organisation/guessing.py).
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Final

from flask import Response, after_this_request, request

from kkpd.organisation.guessing import Origin
from kkpd.web.globals import settings, signature, signed

_PURPOSE: Final = "kenal:"
_KEPT: Final = timedelta(days=180)
#: Accounts that one browser is known to, the latest first: a shared computer in an office.
_ACCOUNTS: Final = 8
#: What a browser calls itself -> its name, the special ones first.
_BROWSERS: Final = (
    *(("Edg", "Edge"), ("OPR", "Opera"), ("SamsungBrowser", "Samsung Internet")),
    *(("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari")),
)
_SYSTEMS: Final = (
    *(("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows")),
    *(("Mac OS", "macOS"), ("Linux", "Linux")),
)


def origin() -> Origin:
    """The origin of this request."""
    device, accounts = _known()
    browser = browser_name(request.headers.get("User-Agent", ""))
    return Origin(request.remote_addr or "", browser, device, frozenset(accounts))


def browser_name(user_agent: str) -> str:
    """Browser and system in two words; a version or device number is not kept."""
    found = [
        next((name for mark, name in table if mark in user_agent), "")
        for table in (_BROWSERS, _SYSTEMS)
    ]
    return ", ".join(filter(None, found))


def remember_browser(pengguna_id: int) -> None:
    """Give this browser the cookie that says it is known to this account."""
    device, accounts = _known()
    ids = [pengguna_id, *(one for one in accounts if one != pengguna_id)][:_ACCOUNTS]
    told = f"{device or secrets.token_hex(16)}.{'-'.join(map(str, ids))}"

    @after_this_request
    def _set(response: Response) -> Response:
        response.set_cookie(
            _cookie(),
            f"{told}.{signature(_PURPOSE + told)}",
            max_age=_KEPT,
            secure=settings().secure_cookies,
            httponly=True,
            samesite="Lax",
        )
        return response


def _known() -> tuple[str, list[int]]:
    """What the cookie says; nothing for none, or for one that we did not sign."""
    told, _, by = request.cookies.get(_cookie(), "").rpartition(".")
    if not signed(_PURPOSE + told, by):
        return "", []
    device, _, ids = told.partition(".")
    return device, [int(one) for one in ids.split("-")]


def _cookie() -> str:
    return "__Host-kkpd-kenal" if settings().secure_cookies else "kkpd-kenal"
