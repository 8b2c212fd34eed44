"""The card holder's own purchases, on a phone: photograph the receipt, say what it was for."""

from __future__ import annotations

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from kkpd.approval import reads as approval_reads
from kkpd.belanja import choices as belanja_choices
from kkpd.belanja import detail as belanja_detail
from kkpd.belanja import doubles, lists
from kkpd.belanja import evidence as bukti
from kkpd.belanja import verbs as belanja_verbs
from kkpd.belanja.lists import PurchaseCriteria
from kkpd.core.errors import DomainError, NotFound
from kkpd.core.statuses import CHANGEABLE
from kkpd.models import Dokumen
from kkpd.oversight.talk import conversation
from kkpd.records import documents
from kkpd.records import issue as records_issue
from kkpd.reports import signatures
from kkpd.reports.named import issued
from kkpd.views.belanja.base import fetch, own
from kkpd.views.belanja.ceiling_preview import weigh
from kkpd.views.belanja.detail import read_history
from kkpd.views.belanja.evidence import attach_all, opened, send, wait_in_inbox
from kkpd.views.belanja.form import PurchaseForm, prepare, purchase_command
from kkpd.views.belanja.talk import told
from kkpd.web.desk import talk
from kkpd.web.document_html import bagian
from kkpd.web.downloads import downloaded
from kkpd.web.forms import uploads
from kkpd.web.globals import now, today
from kkpd.web.page import see
from kkpd.web.request.context import chosen_opd
from kkpd.web.request.converters import Periode
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.quotas import counted
from kkpd.web.request.refused import drawn, stands_on
from kkpd.web.request.transaction import reading, writing
from kkpd.web.stores import arsip
from kkpd.web.translation import _

bp = own


@bp.get("/")
@needs("belanja_saya:lihat")
def index(opd: str, periode: Periode) -> str:
    """Own purchases of the year, newest first, with what is still missing on each."""
    wanted = PurchaseCriteria(
        opd_id=chosen_opd().id, tahun=periode.tahun, pemegang_id=actor().orang_id
    )
    page = lists.listing(reading(), wanted, sesudah=request.args.get("sesudah"), bound=20)
    without = PurchaseCriteria(
        opd_id=chosen_opd().id,
        tahun=periode.tahun,
        pemegang_id=actor().orang_id,
        status="tercatat",
        bukti="tanpa",
    )
    return render_template(
        "pages/belanja_saya/index.html",
        halaman=page,
        lacks=lists.jumlah(reading(), without),
        kartu=belanja_choices.kartu(reading(), chosen_opd().id, actor().orang_id),
    )


@bp.get("/baru")
@needs("belanja_saya:catat")
def baru(opd: str, periode: Periode) -> str:
    """The short form."""
    return _page(_form(periode))


@bp.post("/baru")
@needs("belanja_saya:catat")
def catat(opd: str, periode: Periode) -> ResponseReturnValue:
    """Record an own purchase with its photo in one transaction, or only weigh it (Periksa)."""
    form = _form(periode)
    if request.form.get("tindakan") == "periksa":
        return _page(form)
    try:
        form.check()
        sent = opened(uploads(form.bukti))
        with writing() as session:
            row = belanja_verbs.record(
                session, actor(), purchase_command(form, chosen_opd().id), now()
            )
            doubles.ask(session, [row], sure=form.tetap.data)
            attach_all(session, row.id, sent)
            saved = row.id
    except DomainError as refusal:
        waits = wait_in_inbox(uploads(form.bukti))
        return drawn(form.at_fields(refusal), _page(form), waits)
    return see("belanja_saya.rinci", id=saved, tersimpan=1)


@bp.get("/<int:id>")
@needs("belanja_saya:lihat")
def rinci(opd: str, periode: Periode, id: int) -> str:
    """One own purchase: what is known, what is missing, its evidence."""
    return _detail_page(id)


def _detail_page(id: int) -> str:
    found = fetch(id)
    return render_template(
        "pages/belanja_saya/rinci.html",
        r=found,
        t=found.transaksi,
        keputusan=approval_reads.decisions(reading(), [id]).get(id),
        boleh_bukti=found.transaksi.status in bukti.ALLOWED_STATUSES,
        dapat_diubah=found.transaksi.status in CHANGEABLE,
        give_back=belanja_detail.who_gives_back(reading(), found.transaksi, today()),
        history=read_history(id),
        baru_disimpan="tersimpan" in request.args,
        **told(found.transaksi),
    )


@bp.post("/<int:id>/bukti")
@needs("belanja_saya:catat")
@stands_on("belanja_saya.rinci")
def kirim_bukti(opd: str, periode: Periode, id: int) -> ResponseReturnValue:
    """Attach more photos to an own purchase."""
    fetch(id)
    count = send(id)
    flash(_("%(n)s bukti terlampir.", n=count), "ok")
    return see("belanja_saya.rinci", id=id)


@bp.post("/<int:id>/bukti/<int:bukti_id>/cabut")
@needs("belanja_saya:catat")
@stands_on("belanja_saya.rinci")
def cabut_bukti(opd: str, periode: Periode, id: int, bukti_id: int) -> ResponseReturnValue:
    """Withdraw a wrong photo of an own purchase."""
    if bukti_id not in {one.id for one in fetch(id).bukti}:
        raise NotFound(_("Bukti tidak ditemukan."))
    with writing() as session:
        bukti.withdraw(session, actor(), bukti_id, request.form.get("alasan", ""), now())
    flash(_("Bukti dicabut."), "ok")
    return see("belanja_saya.rinci", id=id)


@bp.post("/<int:id>/tanya")
@needs("belanja_saya:lihat")
@stands_on("belanja_saya.rinci")
def tanya(opd: str, periode: Periode, id: int) -> ResponseReturnValue:
    """Ask somebody about an own purchase."""
    fetch(id)
    talk.ask("belanja", id)
    return see("belanja_saya.rinci", id=id, _anchor="percakapan")


@bp.post("/<int:id>/jawab")
@needs("belanja_saya:lihat")
@stands_on("belanja_saya.rinci")
def jawab(opd: str, periode: Periode, id: int) -> ResponseReturnValue:
    """Answer a question about an own purchase."""
    fetch(id)
    talk.answer("belanja", id)
    return see("belanja_saya.rinci", id=id, _anchor="percakapan")


@bp.get("/<int:id>/surat")
@needs("belanja_saya:lihat")
def surat(opd: str, periode: Periode, id: int) -> str:
    """The refusal notice that is addressed to this holder, as it was issued."""
    paper, line = _notice(id), fetch(id).transaksi
    frozen = bagian(issued.document(paper))
    return render_template(
        "pages/belanja_saya/surat.html", paper=paper, bagian=list(frozen), t=line
    )


@bp.post("/<int:id>/surat/unduh")
@needs("belanja_saya:lihat")
@counted("ekspor")
@stands_on("belanja_saya.surat")
def unduh_surat(opd: str, periode: Periode, id: int) -> Response:
    """The same as the PDF that was kept, with its signatures; an event, as of every download."""
    paper = _notice(id)
    kept = signatures.newest_hash(reading(), paper.id)
    data, name = arsip().get(kept), documents.file_name(paper.jenis, paper.nomor)
    with writing() as session:
        records_issue.download(session, actor(), paper.id, kept, now())
    return downloaded(data, name, "pdf")


def _notice(transaksi_id: int) -> Dokumen:
    fetch(transaksi_id)
    found = conversation.notice(reading(), transaksi_id)
    if found is None:
        raise NotFound(_("Surat pemberitahuan penolakannya belum terbit."))
    return found


def _form(periode: Periode) -> PurchaseForm:
    return prepare(
        reading(),
        chosen_opd().id,
        periode.tahun,
        day=today(),
        pemegang_id=actor().orang_id,
    )


def _page(form: PurchaseForm) -> str:
    weighed = weigh(
        reading(), chosen_opd().id, form.form_values(), day=today(), only_of=actor().orang_id
    )
    cards = belanja_choices.kartu(reading(), chosen_opd().id, actor().orang_id)
    return render_template("pages/belanja_saya/isian.html", form=form, weigh=weighed, kartu=cards)
