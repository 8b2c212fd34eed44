"""Around every request: its id and its line in the log, and the security headers of the answer.

The log gets no query string, body, cookie or token, and no card number (law 8). The content policy
is strict with a nonce: nothing from other hosts, no framing."""

from __future__ import annotations

import json
import logging
import re
import secrets
import time
from datetime import UTC, datetime
from typing import Any, Final

from flask import Flask, Response, g, has_request_context, request

from kkpd.core.pan import mask
from kkpd.web.globals import settings

_log = logging.getLogger("kkpd.request")
_GIVEN: Final = re.compile(r"[A-Za-z0-9._-]{8,64}")


def request_id() -> str:
    """This request's id: the trusted proxy's if it sent one, else our own."""
    if "request_id" not in g:
        given = request.headers.get("X-Request-ID", "") if settings().trusted_proxies else ""
        g.request_id = given if _GIVEN.fullmatch(given) else secrets.token_hex(8)
    found: str = g.request_id
    return found


class JsonLines(logging.Formatter):
    """A log record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Moment, level, logger, message, the fields under `facts`, and a trace if there is one."""
        moment = datetime.fromtimestamp(record.created, UTC)
        line: dict[str, Any] = {
            "at": moment.isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if has_request_context():
            line["request_id"] = request_id()
        line |= getattr(record, "facts", {})
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return mask(json.dumps(line, ensure_ascii=False, default=str))


def _start() -> None:
    g.started = time.perf_counter()
    request_id()


def _finish(response: Response) -> Response:
    actor = g.get("actor")
    response.headers["X-Request-ID"] = request_id()
    facts = {
        "method": request.method,
        "path": request.path[:200],
        "endpoint": request.endpoint,
        "status": response.status_code,
        "ms": round((time.perf_counter() - g.get("started", time.perf_counter())) * 1000, 1),
        "pengguna_id": actor.pengguna_id if actor else None,
        "opd_id": actor.opd_id if actor else None,
    }
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
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "private, no-store")
    return response


def setup(app: Flask) -> None:
    """Write our log lines as JSON to stderr; set up once per process."""
    with app.app_context():
        level = settings().log_level
    ours = logging.getLogger("kkpd")
    ours.setLevel(level)
    if not any(isinstance(handler.formatter, JsonLines) for handler in ours.handlers):
        handler = logging.StreamHandler()
        handler.setFormatter(JsonLines())
        ours.addHandler(handler)
        ours.propagate = False
    app.before_request(_start)
    app.after_request(_finish)
    app.after_request(_protect)
