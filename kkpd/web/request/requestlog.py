"""One JSON line a request: when, who, what, how long; with an id that the error page shows too.

Query string, body, cookies and tokens are never written, and card numbers are masked (law 8).
"""

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
