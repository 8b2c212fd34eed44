"""`GET /sehat`: is the program fit to work; and where to report a weakness of it (RFC 9116)."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, Response, abort, jsonify
from sqlalchemy.exc import SQLAlchemyError

from kkpd import RELEASED, __version__
from kkpd.core.db import health
from kkpd.web.globals import engine, settings

bp = Blueprint("sehat", __name__)


@bp.get("/sehat")
def periksa() -> tuple[Response, int]:
    """200 with the version when database, structure and room are well, else 503 with a sentence."""
    trouble = _trouble()
    if trouble is None:
        return jsonify(keadaan="sehat", versi=__version__), 200
    return jsonify(keadaan="sakit", versi=__version__, pesan=trouble), 503


@bp.get("/.well-known/security.txt")
def security_txt() -> Response:
    """Contact and expiry; 404 where KKPD_SECURITY_CONTACT names nobody. A version that is older
    than a year says so by an expiry in the past.
    """
    contact = settings().security_contact or abort(404)
    released = date.fromisoformat(RELEASED)
    expires = f"{released.replace(year=released.year + 1)}T00:00:00Z"
    lines = [f"Contact: {contact}", f"Expires: {expires}", "Preferred-Languages: id, en"]
    if settings().public_url:
        address = settings().public_url.rstrip("/")
        lines.append(f"Canonical: {address}/.well-known/security.txt")
    return Response("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


def _trouble() -> str | None:
    try:
        with engine().connect().execution_options(read_only=True) as connection:
            trouble = health.structure(connection)
    except SQLAlchemyError:
        return health.SILENT
    return trouble or health.room(settings())
