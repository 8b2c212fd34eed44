"""`GET /sehat`: is the program fit to work; and where to report a weakness of it (RFC 9116)."""

from __future__ import annotations

import shutil
from datetime import date

from flask import Blueprint, Response, abort, jsonify
from sqlalchemy.exc import SQLAlchemyError

from kkpd import RELEASED, __version__
from kkpd.core.config import MIB
from kkpd.core.db import schema
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
            current = schema.is_current(connection)
    except SQLAlchemyError:
        return "Basis data tidak menjawab. Periksa KKPD_DATABASE_URL dan servernya."
    if not current:
        return "Susunan basis data belum yang terbaru. Jalankan: kkpd db upgrade"
    free = shutil.disk_usage(settings().instance).free
    if free < 2 * settings().max_bill_bytes:
        return f"Ruang penyimpanan hampir habis: tersisa {free // MIB} MB. Tambah ruangnya."
    return None
