"""Issuing a document: number, freeze, event, checkpoint, drawing, archive.

The number is gapless and printed by a pattern (dated setting). The event holds the hash of the
frozen data, so the drawn file can carry the proof of its own issue; the file's own hash follows in
the event `laporan:arsip`.

A document of all OPDs has no `opd_id`: its number comes from the administration's chain, and only
those who see every OPD see it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from kkpd.core.db.raw_sql import counting
from kkpd.core.document_kinds import KINDS
from kkpd.core.errors import DomainError, NotFound
from kkpd.core.moments import period_code
from kkpd.core.money import Rupiah
from kkpd.core.permissions import Actor, Role, require
from kkpd.core.proof import events
from kkpd.engines.paper import FrozenDocument as Document
from kkpd.engines.paper import forms
from kkpd.models import Arsip, Dokumen, DokumenBaris, Event, NomorUrut, Opd, Transaksi
from kkpd.records import event_log, log_signing
from kkpd.records import settings as records_settings
from kkpd.records.custody import Store
from kkpd.records.event_log import locked_chain
from kkpd.records.log_signing import KeyHolder

ROMAN: Final = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")

#: Used where no `nomor_<jenis>` setting is in force.
DEFAULT_PATTERN: Final = "{urut:04d}/{jenis}/{opd}/{bulan}/{tahun}"


def render_number(
    layout: str, *, urut: int, jenis: str, opd: str, tahun: int, bulan: int, kode: str = ""
) -> str:
    """The number as printed; an empty `layout` is the kind's own, `kode` the OPD's official code.

    DomainError when the pattern holds an unknown field.
    """
    kind = KINDS[jenis]
    layout = layout or kind.pattern or DEFAULT_PATTERN
    fields = {
        "urut": urut,
        "jenis": kind.short,
        "opd": opd.upper(),
        "kode": kode or opd.upper(),
        "bulan": ROMAN[bulan - 1],
        "tahun": tahun,
    }
    try:
        return layout.format_map(fields)
    except (KeyError, IndexError, ValueError, AttributeError) as error:
        raise DomainError(
            f"Pola nomor “{layout}” tidak dapat dipakai. Isian yang dikenal: "
            "{urut}, {urut:04d}, {jenis}, {opd}, {kode}, {bulan}, {tahun}.",
            field="pola",
        ) from error


@dataclass(frozen=True, slots=True)
class Issuer:
    """What issuing needs beside the plan: the holder of the log's key, drawing, archive.

    `draw` makes the file from the document and its proof (kkpd.engines.paper.sheet).
    """

    signer: KeyHolder
    arsip: Store
    draw: Callable[[Document, events.Proof], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuePlan:
    """A document about to be issued: what it is about, and how to make it once it has a number.

    `lacks` is what is missing besides letterhead and signers; an annex takes the number of its
    paper, `parent`.
    """

    jenis: str
    opd_id: int | None
    tahun: int
    bulan: int
    tanggal: date
    total: Rupiah
    baris: tuple[tuple[int, Rupiah], ...]
    document: Callable[[str], Document]
    kartu_id: int | None = None
    menggantikan_id: int | None = None
    periode: str = ""
    tagihan_id: int | None = None
    lacks: tuple[forms.Lack, ...] = ()
    parent: str = ""


def issue_document(
    session: Session, actor: Actor, role: Role, plan: IssuePlan, penerbit: Issuer, now: datetime
) -> Dokumen:
    """Issue it: row, lines, event with proof and archived file, all or nothing.

    DomainError if the paper would not be valid; it says what is missing and where to enter it.
    """
    if plan.jenis not in KINDS:  # the database keeps no list of them
        raise ValueError(f"no kind of document: {plan.jenis!r}")
    opd = None if plan.opd_id is None else session.get_one(Opd, plan.opd_id)
    urut = next_number(session, plan.opd_id, plan.tahun, plan.jenis)
    printed = plan.parent or _printed(session, plan, opd, urut)
    document = plan.document(printed)
    forms.require_complete(document.judul, _lacks(plan, document))
    data = document.to_json()
    after = events.issue_after(data, document.formulir, document.versi) | {
        "nomor": printed,
        "tahun": plan.tahun,
        "bulan": plan.bulan,
        **({} if plan.tagihan_id is None else {"tagihan": plan.tagihan_id}),
    }
    event, bukti = log_signing.issue(
        session,
        actor,
        role,
        f"dokumen:{plan.jenis}:{urut}/{plan.tahun}",
        opd_id=plan.opd_id,
        after=after,
        keys=penerbit.signer,
        now=now,
    )
    row = _row(plan, actor, urut, document, data, event, now)
    session.add(row)
    session.flush()
    session.add_all(
        DokumenBaris(opd_id=opd.id, dokumen_id=row.id, transaksi_id=transaksi_id, nilai=nilai)
        for transaksi_id, nilai in plan.baris
        if opd is not None
    )
    _archive(session, actor, role, row, penerbit.draw(document, bukti), penerbit, now)
    return row


def lacking(*plans: IssuePlan) -> tuple[forms.Lack, ...]:
    """What these papers would lack if they were issued now, each item once."""
    found = (one for plan in plans for one in _lacks(plan, plan.document(plan.parent)))
    return tuple(dict.fromkeys(found))


def _lacks(plan: IssuePlan, document: Document) -> list[forms.Lack]:
    return [*forms.lacks(document, everything=plan.opd_id is None), *plan.lacks]


def _printed(session: Session, plan: IssuePlan, opd: Opd | None, urut: int) -> str:
    """The number as the OPD's pattern prints it."""
    pattern = records_settings.value(session, f"nomor_{plan.jenis}", plan.tanggal, plan.opd_id)
    return render_number(
        pattern or "",
        urut=urut,
        jenis=plan.jenis,
        opd=ALL if opd is None else opd.slug,
        kode="" if opd is None else opd.kode,
        tahun=plan.tahun,
        bulan=plan.bulan,
    )


def _row(
    plan: IssuePlan,
    actor: Actor,
    urut: int,
    document: Document,
    data: bytes,
    event: Event,
    now: datetime,
) -> Dokumen:
    return Dokumen(
        opd_id=plan.opd_id,
        tahun=plan.tahun,
        bulan=plan.bulan,
        periode=plan.periode or period_code(plan.tahun, plan.bulan),
        jenis=plan.jenis,
        urut=urut,
        nomor=document.nomor,
        tanggal=plan.tanggal,
        judul=document.judul,
        total=plan.total,
        data=data,
        data_sha256=document.sidik(),
        at=now,
        oleh_id=actor.orang_id,
        event_id=event.id,
        kartu_id=plan.kartu_id,
        menggantikan_id=plan.menggantikan_id,
        tagihan_id=plan.tagihan_id,
    )


def _archive(
    session: Session,
    actor: Actor,
    role: Role,
    row: Dokumen,
    file: bytes,
    penerbit: Issuer,
    now: datetime,
) -> None:
    digest = penerbit.arsip.put(file)
    session.add(
        Arsip(opd_id=row.opd_id, dokumen_id=row.id, sha256=digest, ukuran=len(file), at=now)
    )
    event_log.record(
        session,
        actor,
        role,
        "laporan:arsip",
        f"dokumen:{row.id}",
        now=now,
        opd_id=row.opd_id,
        after={"sha256": digest, "ukuran": len(file), "nomor": row.nomor},
    )
    session.flush()


def download(
    session: Session, actor: Actor, dokumen_id: int, sha256: str, now: datetime
) -> Dokumen:
    """Record that the actor downloads the archived file; the view sends it after the commit."""
    row = session.get(Dokumen, dokumen_id)
    if row is None or not actor.sees_all_of(row.opd_id):
        raise NotFound("Dokumen tidak ditemukan.")
    role = _addressee(session, actor, row) or require(actor, "laporan:unduh", row.opd_id)
    event_log.record(
        session,
        actor,
        role,
        "laporan:unduh",
        f"dokumen:{row.id}",
        now=now,
        opd_id=row.opd_id,
        after={"sha256": sha256, "nomor": row.nomor},
    )
    return row


def _addressee(session: Session, actor: Actor, row: Dokumen) -> Role | None:
    """The role of a holder or user who takes a refusal notice about a purchase of his own."""
    own = or_(Transaksi.pemegang_id == actor.orang_id, Transaksi.pemakai_id == actor.orang_id)
    lines = select(DokumenBaris.id).join(Transaksi, Transaksi.id == DokumenBaris.transaksi_id)
    found = session.scalar(lines.where(DokumenBaris.dokumen_id == row.id, own).limit(1))
    if row.jenis != "penolakan" or found is None:
        return None
    return actor.role_for("belanja_saya:lihat", row.opd_id)


#: Replaces the OPD in the number of a document about all OPDs.
ALL: Final = "semua"
_TAKE: Final = counting(
    NomorUrut.metadata.tables["nomor_urut"], ("opd_id", "tahun", "jenis"), "terakhir"
)


def next_number(session: Session, opd_id: int | None, tahun: int, jenis: str) -> int:
    """The next number. The counter's row stays locked until the transaction ends, so a rollback
    returns the number and nobody can have taken the next one.
    """
    if opd_id is None:
        return _next_of_all(session, tahun, jenis)
    connection = session.connection()
    key = {"opd_id": opd_id, "tahun": tahun, "jenis": jenis}
    [(taken,)] = _TAKE[connection.dialect.name].baris(connection, key)
    return int(taken)


def _next_of_all(session: Session, tahun: int, jenis: str) -> int:
    """Documents about all OPDs: the administration's chain, locked, is their counter's lock."""
    locked_chain(session, None)
    last = session.scalar(
        select(func.max(Dokumen.urut)).where(
            Dokumen.opd_id.is_(None), Dokumen.tahun == tahun, Dokumen.jenis == jenis
        )
    )
    return (last or 0) + 1
