"""Public: is this document issued, replaced or unknown? Nothing of its content is said."""

from __future__ import annotations

import re

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kkpd.core.db import session as db
from kkpd.records import documents
from kkpd.web.globals import engine
from kkpd.web.request import rate_limit

bp = Blueprint("periksa", __name__, url_prefix="/periksa")
bp.before_request(rate_limit.limit_rate)

_FINGERPRINT = re.compile(r"[0-9a-f]{64}", re.ASCII)


@bp.get("/")
def formulir() -> str | Response:
    """Ask for a hash, or go to the one given."""
    asked = request.args.get("sidik", "").strip().lower()
    if _FINGERPRINT.fullmatch(asked):
        return redirect(url_for("periksa.hasil", sidik=asked), 303)
    return render_template("pages/periksa/formulir.html", requested=asked)


@bp.get("/<sidik>")
def hasil(sidik: str) -> tuple[str, int]:
    """The state of the document with this hash; the same page for what never existed."""
    wanted = sidik.lower()
    found = documents.DocumentState("tidak_dikenal")
    if _FINGERPRINT.fullmatch(wanted):
        with db.reading(engine(), db.EVERY_OPD) as session:
            found = documents.check(session, wanted)
    status = 404 if found.status == "tidak_dikenal" else 200
    return render_template("pages/periksa/hasil.html", keadaan=found, sidik=wanted[:64]), status
