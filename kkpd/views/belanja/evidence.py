"""Evidence of one purchase: sent, shown, withdrawn."""

from __future__ import annotations

from flask import Response, flash, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from kkpd.belanja import detail as belanja_detail
from kkpd.belanja import evidence as belanja_evidence
from kkpd.belanja.inbox import verbs as inbox
from kkpd.core.errors import DomainError, NotFound
from kkpd.views.belanja.base import bp, fetch
from kkpd.web.globals import now, settings
from kkpd.web.page import see
from kkpd.web.request.context import chosen_opd
from kkpd.web.request.converters import Periode
from kkpd.web.request.http import framed
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.refused import stands_on
from kkpd.web.request.transaction import reading, writing
from kkpd.web.stores import store
from kkpd.web.translation import _


def send(transaksi_id: int) -> int:
    """Attach what was sent as `berkas`, all or none; returns how many."""
    files = [one for one in request.files.getlist("berkas") if one.filename]
    if not files:
        raise DomainError(_("Pilih atau ambil fotonya dahulu."), field="berkas")
    sent = opened(files)
    with writing() as session:
        attach_all(session, transaksi_id, sent, request.form.get("jenis", "nota"))
    return len(files)


def opened(files: list[FileStorage]) -> list[tuple[str, bytes]]:
    """Name and bytes of these files, judged before a transaction is open: it may take seconds."""
    most = settings().max_evidence_bytes
    sent = [(one.filename or "bukti", one.stream.read(most + 1)) for one in files]
    for nama, data in sent:
        belanja_evidence.check(data, belanja_evidence.safe_name(nama), most)
    return sent


def wait_in_inbox(files: list[FileStorage]) -> str:
    """Put the files of a refused form into the sender's inbox, so that nobody takes a photo twice;
    the sentence that says so. All or none, and "" where the inbox refuses one: choose them again.
    """
    if not files:
        return ""
    most = settings().max_evidence_bytes
    try:
        with writing() as session:
            for one in files:
                one.stream.seek(0)
                nama, data = one.filename or "bukti", one.stream.read(most + 1)
                seen = belanja_evidence.look(data, belanja_evidence.safe_name(nama), most)
                command = inbox.DropFile(chosen_opd().id, nama, data, seen)
                inbox.drop(session, actor(), store(), command, now())
    except DomainError:
        return ""
    return _(
        "Berkasnya tidak hilang: ia menunggu di Kotak bukti. Sesudah belanja ini tersimpan, "
        "lampirkan dari sana dengan satu klik."
    )


def attach_all(
    session: Session, transaksi_id: int, sent: list[tuple[str, bytes]], jenis: str = "nota"
) -> None:
    """Attach these opened files within the caller's transaction."""
    most = settings().max_evidence_bytes
    for nama, data in sent:
        command = belanja_evidence.AttachEvidence(transaksi_id, nama, data, jenis)
        belanja_evidence.attach(session, actor(), store(), command, max_bytes=most, now=now())


@bp.post("/<int:id>/bukti")
@needs("belanja:catat")
@stands_on("belanja.rinci")
def lampirkan(opd: str, periode: Periode, id: int) -> ResponseReturnValue:
    """Attach one or more files, all or none; a refusal stands on the purchase's own page."""
    fetch(id)
    count = send(id)
    flash(_("%(n)s bukti terlampir.", n=count), "ok")
    return see("belanja.rinci", id=id, _anchor="bukti")


@bp.get("/bukti/<int:bukti_id>")
@needs("bukti:lihat")
def isi_bukti(opd: str, periode: Periode, bukti_id: int) -> Response:
    """The bytes of one file, to be shown beside the form; a holder sees only their own."""
    found = belanja_detail.evidence_bytes(reading(), chosen_opd().id, bukti_id)
    own = found is not None and actor().orang_id in (found.pemegang_id, found.pemakai_id)
    if found is None or not (own or actor().can("belanja:lihat", chosen_opd().id)):
        raise NotFound(_("Bukti tidak ditemukan."))
    response = Response(store().get(found.sha256), mimetype=found.media)
    response.headers.set("Content-Disposition", "inline", filename=found.nama)
    return framed(response)


@bp.post("/<int:id>/bukti/<int:bukti_id>/cabut")
@needs("belanja:catat")
@stands_on("belanja.rinci")
def cabut(opd: str, periode: Periode, id: int, bukti_id: int) -> ResponseReturnValue:
    """Withdraw a wrong file."""
    found = belanja_detail.evidence_bytes(reading(), chosen_opd().id, bukti_id)
    if found is None or found.transaksi_id != id:
        raise NotFound(_("Bukti tidak ditemukan."))
    with writing() as session:
        belanja_evidence.withdraw(session, actor(), bukti_id, request.form.get("alasan", ""), now())
    flash(_("Bukti dicabut. Isinya tetap tersimpan, tetapi tidak lagi dipakai."), "ok")
    return see("belanja.rinci", id=id, _anchor="bukti")
