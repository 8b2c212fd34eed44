"""Issued documents: lists for an OPD or across them, one with its lines, one found by its hash."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from kkpd.core.document_kinds import ATTACHMENTS, NAMES
from kkpd.core.errors import NotFound
from kkpd.core.moments import Span, parse_span
from kkpd.core.money import Rupiah
from kkpd.core.permissions import Actor, require
from kkpd.ledger import active
from kkpd.models import (
    Arsip,
    Dokumen,
    DokumenBaris,
    Event,
    Opd,
    Orang,
    Pembatalan,
    Penandatanganan,
    Transaksi,
)
from kkpd.records.form_header import ALL_OPDS

#: How many rows a list shows at once.
PAGE_SIZE = 50


def file_name(jenis: str, nomor: str) -> str:
    """A file name for it, without its ending; annexes share the number of their SPP."""
    sheet = f"-{jenis.replace('_', '-')}" if jenis in ATTACHMENTS else ""
    return f"{nomor.replace('/', '-')}{sheet}"


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A document in a list; a document of all OPDs has an empty `opd_slug` and no `opd_id`."""

    id: int
    opd_id: int | None
    opd_slug: str
    opd: str
    jenis: str
    nomor: str
    tanggal: date
    judul: str
    tahun: int
    bulan: int
    total: Rupiah
    oleh: str
    at: datetime
    data_sha256: str
    file_sha256: str
    periode: str
    menggantikan_id: int | None
    is_cancelled: bool

    @property
    def span(self) -> Span:
        """The months that it covers."""
        return parse_span(self.periode)

    @property
    def kind_name(self) -> str:
        """The kind as people say it."""
        return NAMES[self.jenis]


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """A line on a document."""

    transaksi_id: int
    opd_slug: str
    tahun: int
    bulan: int
    tanggal: date
    merchant: str
    uraian: str
    rekening: str
    nilai: Rupiah


def listing(
    session: Session,
    actor: Actor,
    *,
    opd_id: int | None = None,
    periode: tuple[int, int] | None = None,
    jenis: str | None = None,
    sesudah: int | None = None,
    banyak: int = PAGE_SIZE,
) -> list[DocumentRow]:
    """Issued documents, newest first, within what the actor may see; paged by id."""
    require(actor, "laporan:lihat", opd_id)
    statement = _rows().order_by(Dokumen.id.desc()).limit(banyak)
    if opd_id is not None:
        statement = statement.where(Dokumen.opd_id == opd_id)
    elif actor.opd_ids is not None:
        statement = statement.where(Dokumen.opd_id.in_(actor.opd_ids))
    if periode is not None:
        statement = statement.where(Dokumen.tahun == periode[0], Dokumen.bulan == periode[1])
    if jenis:
        statement = statement.where(Dokumen.jenis == jenis)
    if sesudah is not None:
        statement = statement.where(Dokumen.id < sesudah)
    return [_row(row) for row in session.execute(statement)]


def issue_months(session: Session, actor: Actor) -> list[tuple[int, int]]:
    """The months that have issued documents within what the actor may see, newest first."""
    require(actor, "laporan:lihat")
    statement = select(Dokumen.tahun, Dokumen.bulan).distinct()
    if actor.opd_ids is not None:
        statement = statement.where(Dokumen.opd_id.in_(actor.opd_ids))
    rows = session.execute(statement.order_by(Dokumen.tahun.desc(), Dokumen.bulan.desc()))
    return [(tahun, bulan) for tahun, bulan in rows]


def one_item(session: Session, actor: Actor, dokumen_id: int) -> DocumentRow:
    """One document; NotFound for actors who may not see its OPD."""
    row = session.execute(_rows().where(Dokumen.id == dokumen_id)).one_or_none()
    if row is None or not actor.sees_all_of(row[0].opd_id):
        raise NotFound("Dokumen tidak ditemukan.")
    require(actor, "laporan:lihat", row[0].opd_id)
    return _row(row)


def isi(session: Session, dokumen_id: int) -> list[DocumentLine]:
    """The purchase lines that a document carries."""
    rows = session.execute(
        select(
            Transaksi.id,
            Opd.slug,
            Transaksi.tahun,
            Transaksi.bulan,
            Transaksi.tanggal,
            Transaksi.merchant,
            Transaksi.uraian,
            Transaksi.rekening,
            DokumenBaris.nilai,
        )
        .join(DokumenBaris, DokumenBaris.transaksi_id == Transaksi.id)
        .join(Opd, Opd.id == Transaksi.opd_id)
        .where(DokumenBaris.dokumen_id == dokumen_id)
        .order_by(DokumenBaris.id)
    )
    return [DocumentLine(*row) for row in rows]


def carrying(session: Session, transaksi_id: int) -> list[DocumentRow]:
    """The documents that carry a purchase line, oldest first."""
    carried = select(DokumenBaris.dokumen_id).where(DokumenBaris.transaksi_id == transaksi_id)
    rows = session.execute(_rows().where(Dokumen.id.in_(carried)).order_by(Dokumen.id))
    return [_row(row) for row in rows]


def downloaded(session: Session, dokumen_id: int) -> list[tuple[str, datetime]]:
    """Who took the document away and when, newest first."""
    rows = session.execute(
        select(Orang.nama, Event.at)
        .join(Event, Event.aktor == "orang:" + Orang.id.cast(Event.aktor.type))
        .where(Event.jenis == "laporan:unduh", Event.subjek == f"dokumen:{dokumen_id}")
        .order_by(Event.id.desc())
        .limit(20)
    )
    return [(nama, at) for nama, at in rows]


@dataclass(frozen=True, slots=True)
class DocumentRef:
    """Another document that a page links to."""

    id: int
    nomor: str


def replacement(session: Session, dokumen_id: int) -> DocumentRef | None:
    """The document that replaced this one."""
    row = session.execute(
        select(Dokumen.id, Dokumen.nomor)
        .where(Dokumen.menggantikan_id == dokumen_id)
        .order_by(Dokumen.id)
        .limit(1)
    ).one_or_none()
    return None if row is None else DocumentRef(row.id, row.nomor)


def document_ref(session: Session, dokumen_id: int | None) -> DocumentRef | None:
    """The document with this key."""
    row = None if dokumen_id is None else session.get(Dokumen, dokumen_id)
    return None if row is None else DocumentRef(row.id, row.nomor)


@dataclass(frozen=True, slots=True)
class DocumentState:
    """What the public may learn from a hash; nothing of the document's content."""

    status: str
    jenis: str = ""
    nomor: str = ""
    issued_at: datetime | None = None


def check(session: Session, sidik: str) -> DocumentState:
    """The state (terbit, digantikan, dibatalkan, tidak_dikenal) by the hash of the data or of one
    of its files, signed or not.
    """
    files = (
        select(table.dokumen_id).where(table.sha256 == sidik) for table in (Arsip, Penandatanganan)
    )
    found = session.scalars(
        select(Dokumen)
        .where(or_(Dokumen.data_sha256 == sidik, *(Dokumen.id.in_(part) for part in files)))
        .limit(1)
    ).one_or_none()
    if found is None:
        return DocumentState("tidak_dikenal")
    newer = session.scalars(
        select(Dokumen.id).where(Dokumen.menggantikan_id == found.id).limit(1)
    ).first()
    status = "terbit" if newer is None else "digantikan"
    if active.taken_back(session, found.id) is not None:
        status = "dibatalkan"
    return DocumentState(status, NAMES[found.jenis], found.nomor, found.at)


def _rows() -> Any:
    return (
        select(Dokumen, Opd.slug, Opd.nama, Orang.nama, Arsip.sha256, Pembatalan.id)
        .outerjoin(Opd, Opd.id == Dokumen.opd_id)
        .join(Orang, Orang.id == Dokumen.oleh_id)
        .join(Arsip, Arsip.dokumen_id == Dokumen.id)
        .outerjoin(Pembatalan, Pembatalan.dokumen_id == Dokumen.id)
    )


def _row(found: Any) -> DocumentRow:
    row, slug, opd, oleh, digest, void = found
    return DocumentRow(
        id=row.id,
        opd_id=row.opd_id,
        opd_slug=slug or "",
        opd=opd or ALL_OPDS,
        jenis=row.jenis,
        nomor=row.nomor,
        tanggal=row.tanggal,
        judul=row.judul,
        tahun=row.tahun,
        bulan=row.bulan,
        total=row.total,
        oleh=oleh,
        at=row.at,
        data_sha256=row.data_sha256,
        file_sha256=digest,
        periode=row.periode,
        menggantikan_id=row.menggantikan_id,
        is_cancelled=void is not None,
    )
