"""DPR and DPT as the treasurer works with them: put forward, pull back, see what was issued."""

from __future__ import annotations

from flask import Blueprint, flash, render_template, request
from werkzeug.wrappers import Response

from kkpd.approval import dpr, dpt
from kkpd.approval import reads as approval_reads
from kkpd.core.money import total
from kkpd.oversight.talk import conversation
from kkpd.records import documents as dokumen
from kkpd.web.globals import now
from kkpd.web.page import see
from kkpd.web.request.context import chosen_opd
from kkpd.web.request.converters import Periode, whole_number
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.refused import stands_on
from kkpd.web.request.transaction import reading, writing
from kkpd.web.stores import penerbit
from kkpd.web.translation import _

bp = Blueprint("dpr", __name__, url_prefix="/<opd:opd>/<periode:periode>/dpr")

#: What the page shows of the chain, and in which state a line stands there.
_PARTS = ("berbukti", "diajukan", "diperiksa", "disetujui", "ditolak")


@bp.get("/")
@needs("dpr:lihat")
def index(opd: str, periode: Periode) -> str:
    """The month's lines by where they stand, and its documents."""
    rows = approval_reads.lines(reading(), actor(), "dpr:lihat", chosen_opd().id, _PARTS, periode)
    by_status = {status: [row for row in rows if row.status == status] for status in _PARTS}
    issued = dokumen.listing(
        reading(), actor(), opd_id=chosen_opd().id, periode=periode, banyak=200
    )
    sums = {status: total(row.nilai for row in found) for status, found in by_status.items()}
    return render_template(
        "pages/dpr/index.html",
        baris=by_status,
        returned=conversation.returned(reading(), [row.id for row in by_status["berbukti"]]),
        sums=sums,
        putusan=approval_reads.decisions(
            reading(), [row.id for rows in by_status.values() for row in rows]
        ),
        dokumen=issued,
        unit=dpt.unit(reading(), chosen_opd().id),
        dpt_unit=dpt.not_yet_joined(reading(), chosen_opd().id, periode),
    )


@bp.post("/gabungan")
@needs("dpt:terbit")
@stands_on("dpr.index")
def gabungan(opd: str, periode: Periode) -> Response:
    """The PA issues the joint list of the units' DPTs."""
    with writing() as session:
        issued = dpt.issue_joint_dpt(
            session, actor(), chosen_opd().id, periode, penerbit(), now()
        ).nomor
    flash(_("Terbit: %(nomor)s.", nomor=issued), "ok")
    return see("dpr.index")


@bp.post("/ajukan")
@needs("dpr:susun")
@stands_on("dpr.index")
def ajukan(opd: str, periode: Periode) -> Response:
    """Put the chosen lines forward to the PPTK."""
    with writing() as session:
        count = dpr.put_forward(session, actor(), chosen_opd().id, _chosen(), now())
    flash(_("%(n)s belanja diajukan kepada PPTK.", n=count), "ok")
    return see("dpr.index")


@bp.post("/tarik")
@needs("dpr:susun")
@stands_on("dpr.index")
def tarik(opd: str, periode: Periode) -> Response:
    """Pull the chosen lines back while the PPTK has not acted."""
    with writing() as session:
        count = dpr.pull_back(session, actor(), chosen_opd().id, _chosen(), now())
    flash(_("%(n)s belanja ditarik kembali.", n=count), "ok")
    return see("dpr.index")


def _chosen() -> list[int]:
    sent = map(whole_number, request.form.getlist("transaksi"))
    return [number for number in sent if number is not None]
