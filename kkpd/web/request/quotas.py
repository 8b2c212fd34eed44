"""Acts with a quota: every form with files, and the endpoints that declare one with `counted`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

from flask import Flask, current_app, g, request

from kkpd.core.db import session as db
from kkpd.records import quotas
from kkpd.web.globals import engine, now

View = TypeVar("View", bound=Callable[..., Any])
_MARK: Final = "__kkpd_counted__"


def counted(kind: str) -> Callable[[View], View]:
    """Declare that an endpoint counts against this quota; put it under `needs`."""
    if kind not in quotas.QUOTAS:
        raise ValueError(f"no such quota: {kind}")

    def declare(view: View) -> View:
        setattr(view, _MARK, kind)
        return view

    return declare


def _count() -> None:
    """In a transaction of its own, so that refused acts count too."""
    actor = g.get("actor")
    if actor is None:
        return
    kind = getattr(current_app.view_functions.get(request.endpoint or ""), _MARK, None)
    if request.method == "POST" and request.mimetype == "multipart/form-data":
        kind = "unggah"
    if kind is not None:
        with db.writing(engine()) as session:
            quotas.spend(session, actor, kind, request.content_length or 0, now())


def setup(app: Flask) -> None:
    """Count after the checks of permission and token."""
    app.before_request(_count)
