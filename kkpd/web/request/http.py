"""Around every request: its id and its line in the log, and the security headers of the answer.

The log gets no query string, body, cookie or token, and no card number (law 8). The content policy
is strict with a nonce: nothing from other hosts, no framing."""

from __future__ import annotations

import logging
import re
import secrets
import sys
import time
from collections.abc import Mapping
from typing import Final, TextIO

from flask import Flask, Response, g, request

from kkpd.core.errors import DomainError, Forbidden, NotFound, TooLarge, Unreadable
from kkpd.records import security_log
from kkpd.records.security_log import JsonLines
from kkpd.web.globals import settings

_log = logging.getLogger("kkpd.request")
#: A part of a route; only those with a converter (OPD, period, number, static file) hold no secret.
_PART: Final = re.compile(r"<(?:(\w+):)?(\w+)>")
_GIVEN: Final = re.compile(r"[A-Za-z0-9._-]{8,64}")


def request_id() -> str:
    """This request's id: the trusted proxy's if it sent one, else our own."""
    if "request_id" not in g:
        given = request.headers.get("X-Request-ID", "") if settings().trusted_proxies else ""
        g.request_id = given if _GIVEN.fullmatch(given) else secrets.token_hex(8)
    found: str = g.request_id
    return found


def _start() -> None:
    g.started = time.perf_counter()
    security_log.nothing_more()
    security_log.about({"request_id": request_id(), "address": request.remote_addr or ""})


def logged_path() -> str:
    """The path without what may be a token or a typed text: `/tenggat/….ics`."""
    rule, given = request.url_rule, request.view_args or {}
    if rule is None:  # no page of ours: the first word says enough
        return "/" + request.path.split("/")[1][:40]
    return _PART.sub(lambda part: str(given.get(part[2], "")) if part[1] else "…", rule.rule)


#: What a refusal means to a guard, by its class; the others are everyday life.
_NOTABLE: Final[Mapping[type[DomainError], str]] = {
    Forbidden: "akses:izin",
    NotFound: "akses:lingkup",
    TooLarge: "berkas:baca",
    Unreadable: "berkas:baca",
}


def note_refusal(refusal: DomainError) -> None:
    """Tell the security log of a refusal that may be an attempt; its words are not logged."""
    if g.get("noted") is refusal:  # on its way up it is seen more than once
        return
    g.noted = refusal
    kinds = [kind for known, kind in _NOTABLE.items() if isinstance(refusal, known)]
    if refusal.status == 429:
        kinds = ["akses:batas"]
    for kind in kinds[:1]:
        facts = {"field": refusal.field, "rule": refusal.rule, "status": refusal.status}
        security_log.note(kind, "ditolak", path=logged_path(), **facts)


def _finish(response: Response) -> Response:
    actor = g.get("actor")
    response.headers["X-Request-ID"] = request_id()
    facts = {
        "method": request.method,
        "path": logged_path(),
        "endpoint": request.endpoint,
        "status": response.status_code,
        "ms": round((time.perf_counter() - g.get("started", time.perf_counter())) * 1000, 1),
        "pengguna_id": actor.pengguna_id if actor else None,
        "opd_id": actor.opd_id if actor else None,
    }
    if "Content-Disposition" in response.headers and request.endpoint != "static":
        security_log.note("berkas:unduh", "berhasil", endpoint=request.endpoint, path=facts["path"])
    level = logging.DEBUG if request.endpoint in {"static", "sehat.periksa"} else logging.INFO
    _log.log(level, "request", extra={"facts": facts})
    return response


_POLICY: Final = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; "
    "img-src 'self' blob:; connect-src 'self'; form-action 'self'; frame-src 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
#: For a file shown beside a form: our pages may frame it, and it can run or load nothing.
_FRAMED: Final = (
    "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"
)

_ALWAYS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=(), payment=(), usb=()",
}
_ENCRYPTED: Final = "max-age=31536000; includeSubDomains"


def csp_nonce() -> str:
    """The nonce of this response; every script of ours has it."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    found: str = g.nonce
    return found


def framed(response: Response) -> Response:
    """Let our own pages show this response (evidence) in a frame."""
    response.headers["Content-Security-Policy"] = _FRAMED
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


def _protect(response: Response) -> Response:
    for name, value in _ALWAYS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Content-Security-Policy", _POLICY.format(nonce=csp_nonce()))
    response.headers.setdefault("X-Frame-Options", "DENY")
    if settings().secure_cookies:
        response.headers.setdefault("Strict-Transport-Security", _ENCRYPTED)
    if g.get("session_over"):  # what the browser still holds of the session that has ended
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
    if request.endpoint != "static" or response.status_code >= 400:
        response.headers.setdefault("Cache-Control", "private, no-store")
    return response


class StandardError(logging.StreamHandler[TextIO]):
    """Writes to what standard error is at that moment: the stream of the start may be closed by
    then, where a service turns its logs or one command runs within another.
    """

    def emit(self, record: logging.LogRecord) -> None:
        """One line."""
        self.stream = sys.stderr
        super().emit(record)


def setup(app: Flask) -> None:
    """Write our log lines as JSON to stderr; set up once per process."""
    with app.app_context():
        level = settings().log_level
        security_log.setup(settings())
    ours = logging.getLogger("kkpd")
    ours.setLevel(level)
    if not any(isinstance(handler.formatter, JsonLines) for handler in ours.handlers):
        handler = StandardError()
        handler.setFormatter(JsonLines())
        ours.addHandler(handler)
        ours.propagate = False
    app.before_request(_start)
    app.after_request(_finish)
    app.after_request(_protect)
    app.teardown_request(lambda _error: security_log.nothing_more())
