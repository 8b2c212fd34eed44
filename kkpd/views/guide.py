"""The guide for users, one page a role, and its pictures."""

from __future__ import annotations

from flask import Blueprint, render_template
from werkzeug.wrappers import Response

from kkpd.web.guide import chapters
from kkpd.web.request.permissions import needs

bp = Blueprint("panduan", __name__, url_prefix="/panduan")


@bp.get("/", defaults={"peran": "README"})
@bp.get("/<peran>")
@needs("akun:sendiri")
def peran(peran: str) -> str:
    """The guide of one role, or the list of all."""
    return render_template("pages/panduan/index.html", chapter=chapters.chapter(peran), peran=peran)


@bp.get("/gambar/<nama>")
@needs("akun:sendiri")
def gambar(nama: str) -> Response:
    """A picture of a page of the program."""
    return Response(chapters.picture(nama).read_bytes(), mimetype="image/png")
