"""Issued documents of an OPD: one document with its lines, its proof, and its file."""

from __future__ import annotations

from hashlib import sha256

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kkpd.core.statuses import BY_ACTION
from kkpd.engines.paper.writers import WRITERS
from kkpd.ledger import cancelled as batal
from kkpd.models import Dokumen
from kkpd.payment import take_back
from kkpd.records import documents as lihat
from kkpd.records import issue as records_issue
from kkpd.reports import signatures as reports_signatures
from kkpd.reports.named import issued
from kkpd.web import signers
from kkpd.web.document_html import bagian
from kkpd.web.downloads import unduhan
from kkpd.web.globals import now
from kkpd.web.publisher import arsip
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.transaction import reading, writing
from kkpd.web.translation import _

bp = Blueprint("dokumen", __name__, url_prefix="/dokumen")


@bp.get("/<int:dokumen_id>")
@needs("laporan:lihat")
def rinci(dokumen_id: int) -> str:
    """The document: number, hashes, lines, who took it away."""
    session = reading()
    row = lihat.satu(session, actor(), dokumen_id)
    keadaan = reports_signatures.keadaan(session, actor(), dokumen_id)
    frozen = session.get_one(Dokumen, dokumen_id)
    return render_template(
        "pages/dokumen/rinci.html",
        dok=row,
        ttd=keadaan,
        sah=signers.tertera(keadaan),
        bagian=list(bagian(issued.naskah(frozen))),
        segar=issued.segar(session, actor(), frozen),
        pengganti=lihat.pengganti(session, dokumen_id),
        digantikan=lihat.rujukan(session, row.menggantikan_id),
        isi=lihat.isi(reading(), dokumen_id),
        unduhan=lihat.unduhan(reading(), dokumen_id),
        batal=batal.dokumen(session, dokumen_id),
        dapat_batal=_undoable(row),
        tanpa_langkah=row.jenis in batal.TANPA_LANGKAH,
    )


def _undoable(row: lihat.BarisDokumen) -> bool:
    """Whether the actor may take this paper back now."""
    if row.jenis in batal.TANPA_LANGKAH:
        izin, sources = take_back.IZIN_SURAT, batal.TANPA_LANGKAH[row.jenis]
    elif row.jenis in take_back.MUNDUR:
        action, izin = take_back.MUNDUR[row.jenis]
        sources = BY_ACTION[action].sources
    else:
        return False
    return actor().can(izin, row.opd_id) and batal.dapat(reading(), row.id, row.jenis, sources)


@bp.post("/<int:dokumen_id>/batalkan")
@needs("laporan:lihat")
def batalkan(dokumen_id: int) -> Response:
    """Take the paper back before the next step; the service asks for the step's own permission."""
    with writing() as session:
        take_back.dokumen(session, actor(), dokumen_id, request.form.get("alasan", ""), now())
        jenis = session.get_one(Dokumen, dokumen_id).jenis
    if jenis in batal.TANPA_LANGKAH:
        flash(_("Dibatalkan. Nomornya tetap; isinya menunggu surat yang baru."), "ok")
    else:
        flash(_("Dibatalkan. Nomornya tetap, dan belanjanya kembali satu langkah."), "ok")
    return redirect(url_for("dokumen.rinci", dokumen_id=dokumen_id), 303)


@bp.post("/<int:dokumen_id>/unduh")
@needs("laporan:unduh")
def unduh(dokumen_id: int) -> Response:
    """The archived PDF with all its signatures, or its tables from the same frozen data; an event
    either way.
    """
    row = lihat.satu(reading(), actor(), dokumen_id)
    ending = request.form.get("bentuk", "pdf")
    if ending == "pdf":
        newest = reports_signatures.berkas_terakhir(reading(), dokumen_id)
        data = arsip().get(newest or row.berkas_sha256)
    elif ending in WRITERS:
        data = WRITERS[ending](issued.naskah(reading().get_one(Dokumen, dokumen_id)))
    else:
        abort(404)
    digest = sha256(data).hexdigest()
    with writing() as session:
        records_issue.unduh(session, actor(), dokumen_id, digest, now())
    return unduhan(data, lihat.nama_berkas(row.jenis, row.nomor), ending)
