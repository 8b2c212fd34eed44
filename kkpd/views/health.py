"""`GET /sehat`: is the program fit to work; for people who run it and for their machines."""

from __future__ import annotations

import shutil

from flask import Blueprint, Response, jsonify
from sqlalchemy.exc import SQLAlchemyError

from kkpd import __version__
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
