"""Language, theme, density of tables, single keys: cookies of this browser, before a login too."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from kkpd.web.globals import settings
from kkpd.web.page import KEYS, is_local
from kkpd.web.translation import DENSITY, LANGUAGES, THEMES, cookie_name

bp = Blueprint("preferensi", __name__)

YEAR: Final = 365 * 24 * 3600
_CHOICES: Final = (
    ("bahasa", LANGUAGES),
    ("tema", THEMES),
    ("kerapatan", DENSITY),
    ("tombol", KEYS),
)


@bp.post("/preferensi")
def simpan() -> Response:
    """Keep what was pressed and go back to the page; anything unknown is left alone."""
    wanted = request.form.get("lanjut", "")
    response = redirect(wanted if is_local(wanted) else url_for("beranda.index"), 303)
    for name, allowed in _CHOICES:
        value = request.form.get(name, "")
        if value in allowed:
            response.set_cookie(
                cookie_name(name),
                value,
                max_age=YEAR,
                secure=settings().secure_cookies,
                httponly=True,
                samesite="Lax",
            )
    return response
