"""Evidence as the browser sends it: read, and attached in one transaction."""

from __future__ import annotations

from flask import request
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from kkpd.belanja import evidence as belanja_evidence
from kkpd.core.errors import DomainError
from kkpd.web.globals import now, settings
from kkpd.web.request.permissions import actor
from kkpd.web.request.transaction import writing
from kkpd.web.stores import store
from kkpd.web.translation import _


def sent_files(field: str) -> list[FileStorage]:
    """The files really sent under this name (browsers send an empty one for none)."""
    return [one for one in request.files.getlist(field) if one.filename]


def kirim(transaksi_id: int) -> int:
    """Attach what was sent as `berkas`, all or none; returns how many."""
    files = sent_files("berkas")
    if not files:
        raise DomainError(_("Pilih atau ambil fotonya dahulu."), field="berkas")
    with writing() as session:
        lampirkan(session, transaksi_id, files, request.form.get("jenis", "nota"))
    return len(files)


def lampirkan(
    session: Session, transaksi_id: int, files: list[FileStorage], jenis: str = "nota"
) -> None:
    """Attach these files within the caller's transaction."""
    most = settings().max_evidence_bytes
    for one in files:
        data = one.stream.read(most + 1)  # one byte more than allowed is enough to say so
        sent = belanja_evidence.AttachEvidence(transaksi_id, one.filename or "bukti", data, jenis)
        belanja_evidence.lampirkan(session, actor(), store(), sent, max_bytes=most, now=now())
