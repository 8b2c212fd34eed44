"""Drawing up a report: choose it, see it, take it as PDF, XLSX or CSV, issue it."""

from __future__ import annotations

from typing import Final

from flask import abort, flash, render_template, request
from werkzeug.wrappers import Response

from kkpd.core.authorise import require
from kkpd.core.errors import DomainError
from kkpd.engines.paper.writers import WRITERS
from kkpd.records import jobs as records_jobs
from kkpd.reports import issue as services
from kkpd.reports import named as laporan
from kkpd.reports.named import issued
from kkpd.views.reports.base import bp, opd_diminta, periode_diminta, pilihan_periode
from kkpd.web.document_html import bagian, banyak_baris
from kkpd.web.downloads import unduhan
from kkpd.web.globals import engine, now, today
from kkpd.web.page import see
from kkpd.web.publisher import penerbit
from kkpd.web.request.context import opds
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.transaction import reading, writing
from kkpd.web.stores import gudang
from kkpd.web.translation import _
from kkpd.worker import loop, reports

#: Past so many rows a file is work for later: a person would wait.
BARIS_PANJANG: Final = 5_000


@bp.get("/susun")
@needs("laporan:susun")
def susun() -> str:
    """All reports, for the OPD and period chosen above them."""
    rentang, chosen = periode_diminta(), opd_diminta(actor(), "laporan:susun")
    whole = chosen == laporan.SEMUA
    return render_template(
        "pages/laporan/susun.html",
        daftar=[one for one in laporan.DAFTAR.values() if not (whole and one.satu_opd)],
        untuk_semua=whole,
        opd_dipilih=chosen,
        opds=opds(),
        semua=actor().jangkauan("laporan:susun") is None,
        rentang=rentang,
        tahun=pilihan_periode(rentang),
    )


@bp.get("/susun/<nama>")
@needs("laporan:susun")
def pratinjau(nama: str) -> str | tuple[str, int]:
    """The report on the screen, with what can be done with it; or why there is none."""
    asked = _asked(nama)
    session, who = reading(), actor()
    report = laporan.cari(nama)
    where = laporan.lingkup(session, who, asked.opd, "laporan:susun")
    try:
        naskah = laporan.susun(session, who, asked, today())
    except DomainError as none:
        return _tanpa(report, asked, where, none)
    opd_id = None if where.opd is None else where.opd.id
    last = None
    if not report.rantai:
        last = issued.terakhir(session, opd_id, report.dokumen, asked.rentang.kode)
    return render_template(
        "pages/laporan/pratinjau.html",
        laporan=report,
        naskah=naskah,
        bagian=list(bagian(naskah)),
        diminta=asked,
        lingkup=where,
        terakhir=last,
        segar=last is not None and issued.segar(session, who, last),
        boleh_terbit=not report.rantai and who.can("laporan:terbit", opd_id),
        panjang=banyak_baris(naskah) > BARIS_PANJANG,
    )


@bp.post("/susun/<nama>/unduh")
@needs("laporan:susun")
def unduh(nama: str) -> Response:
    """The draft as a file; a long one becomes work for later."""
    asked, ending = _asked(nama), request.form.get("bentuk", "pdf")
    if ending not in WRITERS:
        abort(404)
    naskah = laporan.susun(reading(), actor(), asked, today())
    if banyak_baris(naskah) <= BARIS_PANJANG:
        return unduhan(WRITERS[ending](naskah), f"{nama}-{asked.opd}-{asked.rentang.kode}", ending)
    with writing() as session:
        where = laporan.lingkup(session, actor(), asked.opd, "laporan:susun")
        row = records_jobs.antre(
            session,
            actor(),
            None if where.opd is None else where.opd.id,
            reports.ke_permintaan(asked, ending, today(), naskah.sidik()),
            now(),
            "laporan",
        )
        id_ = row.id
    loop.bangunkan(engine(), gudang())
    return see("laporan.maju", pekerjaan_id=id_)


@bp.post("/susun/<nama>/terbit")
@needs("laporan:terbit")
def terbit(nama: str) -> Response:
    """Issue it; where the newest issue still says the same, that one is shown."""
    with writing() as session:
        found = services.terbit(session, actor(), _asked(nama), penerbit(), now())
        id_, nomor = found.dokumen.id, found.dokumen.nomor
    said = _("Terbit dengan nomor %(n)s.") if found.baru else _("Sudah terbit: %(n)s masih sama.")
    flash(said % {"n": nomor}, "ok")
    return see("dokumen.rinci", dokumen_id=id_)


def _tanpa(
    report: laporan.Laporan, asked: laporan.Permintaan, where: laporan.Lingkup, why: DomainError
) -> tuple[str, int]:
    """The page of a report that the period does not have: why, and back to the choice."""
    page = render_template(
        "pages/laporan/tanpa.html", laporan=report, diminta=asked, lingkup=where, sebab=why.message
    )
    return page, why.status


def _asked(nama: str) -> laporan.Permintaan:
    require(actor(), "laporan:lihat")
    return laporan.Permintaan(
        nama=nama, opd=opd_diminta(actor(), "laporan:susun"), rentang=periode_diminta()
    )
