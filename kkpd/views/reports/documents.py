"""Issued documents of an OPD: one document with its lines, its proof, and its file."""

from __future__ import annotations

from hashlib import sha256

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kkpd.core.statuses import BY_ACTION
from kkpd.engines.paper.writers import WRITERS
from kkpd.ledger import active
from kkpd.models import Dokumen
from kkpd.payment import take_back
from kkpd.records import documents as look
from kkpd.records import issue as records_issue
from kkpd.reports import signatures as reports_signatures
from kkpd.reports.named import issued
from kkpd.web import signers
from kkpd.web.desk import talk
from kkpd.web.document_html import bagian
from kkpd.web.downloads import downloaded
from kkpd.web.globals import now
from kkpd.web.page import see
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.quotas import counted
from kkpd.web.request.refused import stands_on
from kkpd.web.request.transaction import reading, writing
from kkpd.web.stores import arsip
from kkpd.web.translation import _

bp = Blueprint("dokumen", __name__, url_prefix="/dokumen")


@bp.get("/<int:dokumen_id>")
@needs("laporan:lihat")
def rinci(dokumen_id: int) -> str:
    """The document: number, hashes, lines, who took it away."""
    session = reading()
    row = look.one_item(session, actor(), dokumen_id)
    state = reports_signatures.state_of(session, actor(), dokumen_id)
    frozen = session.get_one(Dokumen, dokumen_id)
    return render_template(
        "pages/dokumen/rinci.html",
        dok=row,
        ttd=state,
        sah=signers.file_signatures(state),
        bagian=list(bagian(issued.document(frozen))),
        is_fresh=issued.is_fresh(session, actor(), frozen),
        replacement=look.replacement(session, dokumen_id),
        digantikan=look.document_ref(session, row.menggantikan_id),
        isi=look.isi(reading(), dokumen_id),
        downloaded=look.downloaded(reading(), dokumen_id),
        batal=active.taken_back(session, dokumen_id),
        dapat_batal=_undoable(row),
        tanpa_langkah=row.jenis in active.WITHOUT_STEP,
        talk=talk.of_paper(frozen),
    )


def _undoable(row: look.DocumentRow) -> bool:
    """Whether the actor may take this paper back now."""
    if row.jenis in active.WITHOUT_STEP:
        permission, sources = take_back.NOTICE_PERMISSION, active.WITHOUT_STEP[row.jenis]
    elif row.jenis in take_back.STEPS_BACK:
        back = take_back.STEPS_BACK[row.jenis]
        permission, sources = back.permission, BY_ACTION[back.action].sources
    else:
        return False
    return actor().can(permission, row.opd_id) and active.can_take_back(
        reading(), row.id, row.jenis, sources
    )


@bp.post("/<int:dokumen_id>/batalkan")
@needs("laporan:lihat")
@stands_on("dokumen.rinci", "pembayaran.index")
def batalkan(dokumen_id: int) -> Response:
    """Take the paper back before the next step; the service asks for the step's own permission."""
    with writing() as session:
        take_back.dokumen(session, actor(), dokumen_id, request.form.get("alasan", ""), now())
        jenis = session.get_one(Dokumen, dokumen_id).jenis
    if jenis in active.WITHOUT_STEP:
        flash(_("Dibatalkan. Nomornya tetap; isinya menunggu surat yang baru."), "ok")
    else:
        flash(_("Dibatalkan. Nomornya tetap, dan belanjanya kembali satu langkah."), "ok")
    return redirect(url_for("dokumen.rinci", dokumen_id=dokumen_id), 303)


@bp.post("/<int:dokumen_id>/tanya")
@needs("laporan:lihat")
@stands_on("dokumen.rinci")
def tanya(dokumen_id: int) -> Response:
    """Ask somebody about the paper."""
    talk.ask("dokumen", dokumen_id)
    return see("dokumen.rinci", dokumen_id=dokumen_id, _anchor="percakapan")


@bp.post("/<int:dokumen_id>/jawab")
@needs("laporan:lihat")
@stands_on("dokumen.rinci")
def jawab(dokumen_id: int) -> Response:
    """Answer a question about the paper."""
    talk.answer("dokumen", dokumen_id)
    return see("dokumen.rinci", dokumen_id=dokumen_id, _anchor="percakapan")


@bp.post("/<int:dokumen_id>/unduh")
@needs("laporan:unduh")
@counted("ekspor")
@stands_on("dokumen.rinci")
def unduh(dokumen_id: int) -> Response:
    """The archived PDF with all its signatures, or its tables from the same frozen data; an event
    either way.
    """
    row = look.one_item(reading(), actor(), dokumen_id)
    ending = request.form.get("bentuk", "pdf")
    if ending == "pdf":
        newest = reports_signatures.latest_signed_hash(reading(), dokumen_id)
        data = arsip().get(newest or row.file_sha256)
    elif ending in WRITERS:
        data = WRITERS[ending](issued.document(reading().get_one(Dokumen, dokumen_id)))
    else:
        abort(404)
    digest = sha256(data).hexdigest()
    with writing() as session:
        records_issue.download(session, actor(), dokumen_id, digest, now())
    return downloaded(data, look.file_name(row.jenis, row.nomor), ending)
