"""Issued reports: the newest of a period, and whether it still agrees with the books."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.core.errors import DomainError
from kkpd.core.moments import parse_span
from kkpd.core.permissions import Actor
from kkpd.engines.paper import FrozenDocument as Document
from kkpd.ledger import active
from kkpd.models import Arsip, Dokumen, Opd
from kkpd.reports import signatures as reports_signatures
from kkpd.reports.named.registry import ALL, LISTING, Report, ReportRequest, compose


def terakhir(session: Session, opd_id: int | None, jenis: str, periode: str) -> Dokumen | None:
    """The newest issue of this kind for exactly this OPD (None: all) and period."""
    return session.scalars(
        select(Dokumen)
        .where(
            Dokumen.opd_id.is_(None) if opd_id is None else Dokumen.opd_id == opd_id,
            Dokumen.jenis == jenis,
            Dokumen.periode == periode,
        )
        .order_by(Dokumen.id.desc())
        .limit(1)
    ).one_or_none()


def report_of_kind(jenis: str) -> Report | None:
    """The report that is issued as this kind of document; None for papers of the chain."""
    return next(
        (one for one in LISTING.values() if one.dokumen == jenis and not one.of_chain), None
    )


def is_fresh(session: Session, actor: Actor, row: Dokumen) -> bool:
    """Whether making it again today, with its number and date, gives the same data.

    A paper of the chain is a decision, so it never becomes outdated.
    """
    report = report_of_kind(row.jenis)
    if report is None:
        return True
    asked = ReportRequest(
        nama=report.nama, opd=_opd_code(session, row), span=parse_span(row.periode)
    )
    try:
        again = compose(
            session,
            actor,
            asked,
            row.tanggal,
            nomor=row.nomor,
            rancangan=False,
            permission="laporan:lihat",
        )
    except DomainError:  # its content is no longer in the books
        return False
    return again.sidik() == row.data_sha256


def _opd_code(session: Session, row: Dokumen) -> str:
    return ALL if row.opd_id is None else session.get_one(Opd, row.opd_id).slug


def chain_papers(
    session: Session, opd_ids: Sequence[int], asked: ReportRequest, report: Report
) -> list[Dokumen]:
    """The issued papers of the chain that the request is about, replaced ones left out."""
    span = asked.span
    replaced = select(Dokumen.menggantikan_id).where(Dokumen.menggantikan_id.is_not(None))
    rows = session.scalars(
        select(Dokumen)
        .where(
            Dokumen.opd_id.in_(opd_ids),
            Dokumen.jenis == report.dokumen,
            Dokumen.tahun == span.tahun,
            Dokumen.bulan.between(span.start, span.finish),
            Dokumen.id.not_in(replaced),
            active.holds(Dokumen),
        )
        .order_by(Dokumen.id)
    )
    kind = report.judul.removeprefix("DPR ") if report.dokumen == "dpr" else ""
    return [row for row in rows if kind in row.judul]


def document(row: Dokumen) -> Document:
    """The frozen document as it was issued."""
    return Document.from_json(row.data)


def archive_fingerprint(session: Session, dokumen_id: int) -> str:
    """The SHA-256 under which the archive keeps its file, with all its signatures so far."""
    signed = reports_signatures.latest_signed_hash(session, dokumen_id)
    return (
        signed
        or session.scalars(
            select(Arsip.sha256).where(Arsip.dokumen_id == dokumen_id).order_by(Arsip.id).limit(1)
        ).one()
    )
