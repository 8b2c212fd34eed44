"""Data for those outside: open data for the public, lines for SIPD. Every taking is an event."""

from __future__ import annotations

from typing import Final

from flask import abort, render_template, request
from werkzeug.wrappers import Response

from kkpd.core.authorise import require
from kkpd.core.errors import NotFound
from kkpd.engines.paper.writers import WRITERS
from kkpd.records import settings as records_settings
from kkpd.records.report_request import SEMUA, lingkup
from kkpd.reports import handed_out, open_data_files
from kkpd.reports import open_data as data_terbuka
from kkpd.reports import sipd as lines
from kkpd.views.reports.base import bp, opd_diminta, periode_diminta, pilihan_periode
from kkpd.web.document_html import bagian
from kkpd.web.downloads import unduhan
from kkpd.web.globals import now, today
from kkpd.web.request.context import opds
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.transaction import reading, writing

#: SIPD takes tables, no pages.
_BENTUK_SIPD: Final = ("xlsx", "csv")


@bp.get("/terbuka")
@needs("data_terbuka:unduh")
def terbuka() -> str:
    """What would be published for the period chosen above it."""
    rentang = periode_diminta()
    lingkup(reading(), actor(), SEMUA, "data_terbuka:unduh")
    return render_template(
        "pages/laporan/terbuka.html",
        rows=data_terbuka.belanja(reading(), rentang),
        kolom=open_data_files.KOLOM,
        kecil=data_terbuka.SEL_KECIL,
        rentang=rentang,
        tahun=pilihan_periode(rentang),
    )


@bp.post("/terbuka")
@needs("data_terbuka:unduh")
def unduh_terbuka() -> Response:
    """CSV and datapackage.json in one ZIP."""
    rentang = periode_diminta()
    with writing() as session:
        lingkup(session, actor(), SEMUA, "data_terbuka:unduh")
        rows = [row.sel() for row in data_terbuka.tersedia(session, rentang)]
        government = (
            records_settings.value(session, "nama_pemerintah", today()) or "Pemerintah Daerah"
        )
        files = open_data_files.berkas(rows, rentang, government)
        table = files[open_data_files.BERKAS]
        handed_out.catat(session, actor(), "data_terbuka", None, rentang.kode, table, now())
    data = open_data_files.satu_zip(files, rentang.sampai)
    return unduhan(data, f"data-terbuka-kkpd-{rentang.kode}", "zip")


@bp.get("/sipd")
@needs("sipd:unduh")
def sipd() -> str:
    """NPD or TBP lines of an OPD's period as they would be handed to SIPD."""
    rentang, opd, isi = periode_diminta(), opd_diminta(actor(), "sipd:unduh"), _isi()
    bahan = lines.bahan(reading(), actor(), opd, rentang, today())
    try:
        naskah, kosong = lines.ISI[isi](bahan), ""
    except NotFound as nothing:
        naskah, kosong = None, str(nothing)
    return render_template(
        "pages/laporan/sipd.html",
        naskah=naskah,
        bagian=[] if naskah is None else list(bagian(naskah)),
        kosong=kosong,
        isi=isi,
        bentuk=_BENTUK_SIPD,
        opds=opds(),
        opd_dipilih=opd,
        semua=actor().jangkauan("sipd:unduh") is None,
        rentang=rentang,
        tahun=pilihan_periode(rentang),
    )


@bp.post("/sipd")
@needs("sipd:unduh")
def unduh_sipd() -> Response:
    """The lines as a file."""
    rentang, isi, ending = periode_diminta(), _isi(), request.form.get("bentuk", "xlsx")
    if ending not in _BENTUK_SIPD:
        abort(404)
    with writing() as session:
        kode = opd_diminta(actor(), "sipd:unduh")
        bahan = lines.bahan(session, actor(), kode, rentang, today())
        opd = bahan.lingkup.opd
        data = WRITERS[ending](lines.ISI[isi](bahan))
        opd_id = None if opd is None else opd.id
        handed_out.catat(session, actor(), f"sipd:{isi}", opd_id, rentang.kode, data, now())
        name = f"sipd-{isi}-{bahan.lingkup.kode}-{rentang.kode}"
    return unduhan(data, name, ending)


def _isi() -> str:
    require(actor(), "sipd:unduh")
    asked = request.values.get("isi", "npd")
    return asked if asked in lines.ISI else abort(404)
