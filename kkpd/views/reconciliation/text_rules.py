"""Rules of bank texts: seen with their hits, proposed, tried on past lines, kept, revoked."""

from __future__ import annotations

from flask import Blueprint, flash, render_template, request
from werkzeug.wrappers import Response

from kkpd.belanja import choices as belanja_choices
from kkpd.engines.matching import text_key
from kkpd.reconciliation import text_rules as aturan
from kkpd.reconciliation import text_rules as look
from kkpd.web.globals import now
from kkpd.web.page import see
from kkpd.web.request.context import chosen_opd
from kkpd.web.request.converters import Periode, whole_number
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.refused import stands_on
from kkpd.web.request.transaction import reading, writing
from kkpd.web.translation import _

bp = Blueprint("aturan", __name__, url_prefix="/<opd:opd>/<periode:periode>/cocok/aturan")
_RULE = ("kartu", "teks", "penerima", "sub_kegiatan", "rekening")


@bp.get("/")
@needs("cocok:lihat")
def index(opd: str, periode: Periode) -> str:
    """Rules in force and rules worth keeping."""
    opd_id = chosen_opd().id
    return render_template(
        "pages/aturan/index.html",
        rows=look.listing(reading(), actor(), opd_id),
        usul=look.propose(reading(), actor(), opd_id),
    )


@bp.get("/coba")
@needs("cocok:lihat")
def coba(opd: str, periode: Periode) -> str:
    """The rule tried on every past line, before it is kept."""
    command, opd_id = _command(), chosen_opd().id
    said = (command.penerima, command.sub_kegiatan, command.rekening)
    place = (command.kartu_id, text_key(command.teks))
    tried = look.try_out(reading(), actor(), opd_id, place, said) if place[1] else []
    return render_template(
        "pages/aturan/coba.html",
        aturan=command,
        kunci=place[1],
        kartu={one.id: one.label for one in belanja_choices.kartu(reading(), opd_id)},
        rows=tried,
        setuju=sum(one.setuju is True for one in tried),
        discrepancy=sum(one.setuju is False for one in tried),
    )


def _command() -> aturan.MakeRule:
    said = request.values
    return aturan.MakeRule(
        whole_number(said.get("kartu", "")) or 0,
        said.get("teks", "")[:300],
        said.get("penerima", "")[:300],
        said.get("sub_kegiatan", ""),
        said.get("rekening", ""),
    )


@bp.post("/simpan")
@needs("cocok:putuskan")
@stands_on("aturan.coba", carries=_RULE)
def simpan(opd: str, periode: Periode) -> Response:
    """Keep the rule that was tried."""
    with writing() as session:
        aturan.save(session, actor(), chosen_opd().id, _command(), now())
    flash(_("Aturan disimpan; berlaku untuk baris berikutnya dan dapat dicabut."), "ok")
    return see("aturan.index")


@bp.post("/tolak")
@needs("cocok:putuskan")
@stands_on("aturan.index")
def tolak(opd: str, periode: Periode) -> Response:
    """Decline a proposal."""
    with writing() as session:
        aturan.refuse(session, actor(), chosen_opd().id, _command(), now())
    flash(_("Usul aturan tidak dipakai."), "ok")
    return see("aturan.index")


@bp.post("/<int:id>/cabut")
@needs("cocok:putuskan")
@stands_on("aturan.index")
def cabut(opd: str, periode: Periode, id: int) -> Response:
    """Revoke a rule."""
    with writing() as session:
        aturan.revoke(session, actor(), chosen_opd().id, id, now())
    flash(_("Aturan dicabut; putusan yang sudah ada tetap."), "ok")
    return see("aturan.index")
