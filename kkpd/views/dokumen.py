"""Issued documents of an OPD: one document with its lines, its proof, and its file."""

from __future__ import annotations

import io

from flask import Blueprint, render_template, send_file
from werkzeug.wrappers import Response

from kkpd.queries import dokumen as lihat
from kkpd.queries import penandatanganan
from kkpd.services import dokumen
from kkpd.web import penandatangan
from kkpd.web.ground import now
from kkpd.web.penerbit import arsip
from kkpd.web.permissions import actor, needs
from kkpd.web.transaction import reading, writing

bp = Blueprint("dokumen", __name__, url_prefix="/dokumen")


@bp.get("/<int:dokumen_id>")
@needs("laporan:lihat")
def rinci(dokumen_id: int) -> str:
    """The document: number, hashes, lines, who took it away."""
    row = lihat.satu(reading(), actor(), dokumen_id)
    keadaan = penandatanganan.keadaan(reading(), actor(), dokumen_id)
    return render_template(
        "pages/dokumen/rinci.html",
        dok=row,
        ttd=keadaan,
        sah=penandatangan.tertera(keadaan),
        isi=lihat.isi(reading(), dokumen_id),
        unduhan=lihat.unduhan(reading(), dokumen_id),
    )


@bp.post("/<int:dokumen_id>/unduh")
@needs("laporan:unduh")
def unduh(dokumen_id: int) -> Response:
    """The archived PDF with all its signatures; the download is an event of the OPD's chain."""
    row = lihat.satu(reading(), actor(), dokumen_id)
    sha256 = penandatanganan.berkas_terakhir(reading(), dokumen_id) or row.berkas_sha256
    data = arsip().get(sha256)
    with writing() as session:
        dokumen.unduh(session, actor(), dokumen_id, sha256, now())
    name = f"{row.nomor.replace('/', '-')}.pdf"
    return send_file(
        io.BytesIO(data), mimetype="application/pdf", as_attachment=True, download_name=name
    )
