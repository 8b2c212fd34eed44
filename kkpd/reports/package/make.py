"""Making an audit package: reports, data, files and proof in one ZIP; each download is an event."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from string import Template
from typing import IO, Final

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from kkpd.core.db.session import EVERY_OPD, reading, writing
from kkpd.core.errors import Conflict, DomainError, NotFound
from kkpd.core.moments import Span, business_day
from kkpd.core.permissions import Actor, require
from kkpd.core.proof import canonical, events
from kkpd.core.proof.canonical import Json
from kkpd.engines.paper.writers import WRITERS
from kkpd.models import Opd
from kkpd.records import event_log, log_signing
from kkpd.records.custody import Store
from kkpd.records.documents import file_name
from kkpd.records.log_signing import CheckpointSigner, KeyHolder
from kkpd.records.report_request import coverage
from kkpd.reports import named
from kkpd.reports.package import contents as isi
from kkpd.reports.package import write
from kkpd.reports.package.write import AuditPackage, data_table


@dataclass(frozen=True, slots=True)
class PackagePoint:
    """The signed head of the OPD's chain that proves a package, and who signs its manifest."""

    head: events.ChainHead
    at: datetime
    signature: bytes
    signer: CheckpointSigner


def mulai(
    session: Session,
    actor: Actor,
    kode: str,
    span: Span,
    keys: KeyHolder,
    now: datetime,
) -> tuple[Opd, PackagePoint]:
    """The OPD of the package, and the oldest checkpoint over all that the package holds.

    If none covers it yet, one is signed now and the next package uses it. The event that a package
    is made comes after it, so that making one changes no package.
    """
    opd = coverage(session, actor, kode, "paket:unduh").opd
    if opd is None:
        raise DomainError("Paket audit dibuat untuk satu OPD. Sebut kodenya.", field="opd")
    role = require(actor, "paket:unduh", opd.id)
    chain = event_log.locked_chain(session, opd.id)
    row = log_signing.sign_chain(session, opd.id, write.bound(session, opd, span), keys, now)
    signer = log_signing.signer_of_today(session, keys, now)
    point = PackagePoint(log_signing.head_of(chain, row), row.at, row.tanda, signer)
    event_log.record(
        session,
        actor,
        role,
        "laporan:paket:buat",
        f"opd:{opd.id}",
        now=now,
        opd_id=opd.id,
        after={"periode": span.kode, "titik_periksa": point.head.size},
    )
    return opd, point


def record_download(
    session: Session, actor: Actor, opd_id: int | None, nama: str, sha256: str, now: datetime
) -> None:
    """Record that the actor downloads the finished package."""
    role = require(actor, "paket:unduh", opd_id)
    event_log.record(
        session,
        actor,
        role,
        "laporan:paket:unduh",
        f"opd:{opd_id}",
        now=now,
        opd_id=opd_id,
        after={"nama": nama, "sha256": sha256},
    )


_EXTENSIONS: Final = {
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/webp": ".webp",
    "application/pdf": ".pdf",
}
_INSTRUCTIONS: Final = Path(__file__).resolve().parents[2] / "data" / "paket" / "PERIKSA.md"
#: Called with the progress: done, of how much.
Progress = Callable[[int, int], None]


def tell_nobody(_done: int, _of: int) -> None:
    """Report no progress."""


def build(
    engine: Engine,
    actor: Actor,
    permintaan: tuple[str, Span],
    tempat: tuple[Store, Store],
    keys: KeyHolder,
    out: IO[bytes],
    now: datetime,
    on_progress: Progress = tell_nobody,
) -> str:
    """Write the package of this OPD (code) and span into `out`; gives the name it should have.

    The same books give the same bytes on any day: the only time in it is that of its checkpoint.
    `tempat` are the store of bank files and evidence, and the archive.
    """
    kode, span = permintaan
    scope = EVERY_OPD if actor.opd_ids is None else actor.opd_ids
    with writing(engine, scope) as session:
        opd, point = mulai(session, actor, kode, span, keys, now)
        _require_something(session, opd, span)
    at = point.at
    with reading(engine, scope) as session, AuditPackage(out, at) as audit_package:
        opd = session.get_one(Opd, opd.id)
        _require_covered(session, opd, span, point)
        steps = list(_steps(session, actor, opd, span, tempat, audit_package, at))
        for done, step in enumerate(steps):
            on_progress(done, len(steps))
            step()
        _proof(session, opd, span, point, audit_package)
        about: dict[str, Json] = {
            "opd": opd.kode,
            "nama_opd": opd.nama,
            "periode": span.kode,
            "tahun": span.tahun,
            "bulan": [span.start, span.finish],
            "per": at.isoformat(timespec="seconds"),
            "titik_periksa": point.head.size,
        }
        audit_package.finish_up(about, instructions(opd.nama, span), point.signer.sign)
    return f"paket-{opd.slug}-{span.kode}.zip"


def _require_something(session: Session, opd: Opd, span: Span) -> None:
    """A package without a purchase, a bill or a paper would prove nothing."""
    if not any(rows for _, _, rows in _main_tables(session, opd, span)):
        raise NotFound(
            f"Tidak ada belanja, tagihan, atau dokumen {opd.nama} untuk {span.nama}. "
            "Periksa OPD dan periodenya.",
            field="periode",
        )


def _require_covered(session: Session, opd: Opd, span: Span, point: PackagePoint) -> None:
    """Check that the books are not newer than the checkpoint."""
    if write.bound(session, opd, span) > point.head.size:
        raise Conflict("Pembukuan berubah saat paket mulai dibuat. Minta paketnya sekali lagi.")


def _main_tables(
    session: Session, opd: Opd, span: Span
) -> Iterator[tuple[str, list[str], list[list[str]]]]:
    for name, columns, rows in isi.data_table(session, opd.id, span):
        if name in ("belanja", "tagihan", "dokumen", "temuan"):
            yield name, columns, rows


def _steps(
    session: Session,
    actor: Actor,
    opd: Opd,
    span: Span,
    tempat: tuple[Store, Store],
    audit_package: AuditPackage,
    now: datetime,
) -> Iterator[Callable[[], None]]:
    """The steps: one file or one report each."""
    berkas, arsip = tempat
    for paper in isi.issue(session, opd.id, span):
        yield lambda one=paper: _issued(audit_package, arsip, one)  # type: ignore[misc]  # bound at once
    for nama in named.LISTING:
        yield lambda one=nama: _draft(session, actor, opd, span, audit_package, one, now)  # type: ignore[misc]  # bound at once
    for name, columns, rows in isi.data_table(session, opd.id, span):
        data = data_table(columns, rows)
        yield lambda n=name, d=data: audit_package.add_in(f"data/{n}.csv", d)  # type: ignore[misc]  # bound at once
    for folder, found in (
        ("bukti", isi.bukti(session, opd.id, span)),
        ("bank", isi.bank(session, opd.id, span)),
    ):
        for file in found:
            yield lambda f=folder, one=file: _kept(audit_package, berkas, f, one)  # type: ignore[misc]  # bound at once


def _issued(audit_package: AuditPackage, arsip: Store, paper: isi.IssuedPaper) -> None:
    """An issued paper; one whose file is gone or changed in the archive is listed instead."""
    name = f"laporan/terbit/{file_name(paper.jenis, paper.nomor)}".replace("\\", "-")
    try:
        pdf = arsip.get(paper.arsip)
    except NotFound:
        audit_package.lost(f"{name}.pdf")
    else:
        audit_package.reporting(paper.nomor, name, paper.data, pdf)
    if paper.signed_hash:
        _stored(audit_package, arsip, f"{name}.bertanda-tangan.pdf", paper.signed_hash)


def _draft(
    session: Session,
    actor: Actor,
    opd: Opd,
    span: Span,
    audit_package: AuditPackage,
    nama: str,
    now: datetime,
) -> None:
    """The report from the books, dated by the checkpoint, in all formats; skipped if empty."""
    asked = named.ReportRequest(nama=nama, opd=opd.kode, span=span)
    try:
        document = named.compose(session, actor, asked, business_day(now), permission="paket:unduh")
    except Conflict:
        raise
    except DomainError:  # the report has no data
        return
    name = f"laporan/rancangan/{nama}"
    for ending, drawn in WRITERS.items():
        audit_package.add_in(f"{name}.{ending}", drawn(document))


def _kept(audit_package: AuditPackage, berkas: Store, folder: str, file: isi.PackedFile) -> None:
    ending = _EXTENSIONS.get(file.media) or Path(file.nama).suffix[:10]
    safe = ending if ending.isascii() and ending[1:].isalnum() else ""
    _stored(audit_package, berkas, f"{folder}/{file.sha256}{safe}", file.sha256)


def _stored(audit_package: AuditPackage, store: Store, name: str, digest: str) -> None:
    """A file of a store, or its name in the list of those that are gone or changed there."""
    try:
        data = store.get(digest)
    except NotFound:
        audit_package.lost(name)
        return
    audit_package.add_in(name, data)


def _proof(
    session: Session,
    opd: Opd,
    span: Span,
    point: PackagePoint,
    audit_package: AuditPackage,
) -> None:
    """The signed checkpoint and the chain's events up to it."""
    found = write.excerpt(session, opd, span, point.head.size)
    head: dict[str, Json] = {
        "v": events.PROOF_VERSION,
        "rantai": found.of_chain,
        "awal": found.start,
        "sebelum": found.earlier,
        "puncak": list(found.puncak),
        "kepala": [point.head.to_list()],
    }
    checkpoint = events.LogCheckpoint.over(point.at, [point.head]).to_bytes()
    audit_package.add_in("rantai/titik_periksa.json", checkpoint)
    audit_package.add_in("rantai/tanda_tangan.txt", point.signature.hex().encode() + b"\n")
    audit_package.add_in("rantai/kunci.txt", point.signer.public_key.hex().encode() + b"\n")
    audit_package.add_in("rantai/rantai.json", canonical.dumps(head))
    audit_package.add_in(
        "rantai/peristiwa.jsonl", b"".join(one + b"\n" for one in found.log_events)
    )


def instructions(opd: str, span: Span) -> str:
    """PERIKSA.md of the package."""
    text = _INSTRUCTIONS.read_text(encoding="utf-8")
    return Template(text).substitute(opd=opd, periode=span.nama)
