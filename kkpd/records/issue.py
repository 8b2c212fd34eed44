"""Issuing a document: number, freeze, event, checkpoint, drawing, archive (hard-parts 3).

The event holds the hash of the frozen data, so the drawn file can carry the proof of its own issue;
the file's own hash follows in the event `laporan:arsip`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from kkpd.core import number_pattern as pola
from kkpd.core.authorise import require
from kkpd.core.errors import NotFound
from kkpd.core.moments import kode_periode
from kkpd.core.money import Rupiah
from kkpd.core.permissions import Actor, Peran
from kkpd.core.proof import events
from kkpd.engines.paper import Dokumen as Naskah
from kkpd.engines.paper import completeness, needs
from kkpd.models import Arsip, Dokumen, DokumenBaris, Event, Opd
from kkpd.records import event_log
from kkpd.records import numbers as nomor
from kkpd.records import settings as records_settings
from kkpd.records.custody import Store


@dataclass(frozen=True, slots=True)
class Penerbit:
    """What issuing needs besides the facts: who signs checkpoints, who draws, where files go.

    `gambar` is kkpd.reports.draw, handed in because services and reports do not know each other.
    """

    signer: event_log.Signer
    arsip: Store
    gambar: Callable[[Naskah, events.Bukti], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rencana:
    """A document about to be issued: what it is about, and how it reads once it has a number.

    `kurang` is what it lacks besides letterhead and signers; an annex has the number of its paper,
    `induk`.
    """

    jenis: str
    opd_id: int | None
    tahun: int
    bulan: int
    tanggal: date
    total: Rupiah
    baris: tuple[tuple[int, Rupiah], ...]
    naskah: Callable[[str], Naskah]
    kartu_id: int | None = None
    menggantikan_id: int | None = None
    periode: str = ""
    tagihan_id: int | None = None
    kurang: tuple[needs.Kurang, ...] = ()
    induk: str = ""


def terbitkan(
    session: Session, actor: Actor, role: Peran, rencana: Rencana, penerbit: Penerbit, now: datetime
) -> Dokumen:
    """Issue it; the row, its lines, its event with proof, and the archived file, all or nothing.

    DomainError, naming what is missing and where to enter it, for a paper that would not be valid.
    """
    opd = None if rencana.opd_id is None else session.get_one(Opd, rencana.opd_id)
    urut = nomor.next_number(session, rencana.opd_id, rencana.tahun, rencana.jenis)
    printed = rencana.induk or _printed(session, rencana, opd, urut)
    naskah = rencana.naskah(printed)
    missing = completeness.kurang(naskah, semua=opd is None)
    needs.tuntut(naskah.judul, [*missing, *rencana.kurang])
    data = naskah.to_json()
    after = events.issue_after(data, naskah.formulir, naskah.versi) | {
        "nomor": printed,
        "tahun": rencana.tahun,
        "bulan": rencana.bulan,
        **({} if rencana.tagihan_id is None else {"tagihan": rencana.tagihan_id}),
    }
    event, bukti = event_log.issue(
        session,
        actor,
        role,
        f"dokumen:{rencana.jenis}:{urut}/{rencana.tahun}",
        opd_id=rencana.opd_id,
        after=after,
        signer=penerbit.signer,
        now=now,
    )
    row = _row(rencana, actor, urut, naskah, data, event, bukti, now)
    session.add(row)
    session.flush()
    session.add_all(
        DokumenBaris(opd_id=opd.id, dokumen_id=row.id, transaksi_id=transaksi_id, nilai=nilai)
        for transaksi_id, nilai in rencana.baris
        if opd is not None
    )
    _archive(session, actor, role, row, penerbit.gambar(naskah, bukti), penerbit, now)
    return row


def _printed(session: Session, rencana: Rencana, opd: Opd | None, urut: int) -> str:
    """The number as the OPD's pattern prints it."""
    pattern = records_settings.value(
        session, f"nomor_{rencana.jenis}", rencana.tanggal, rencana.opd_id
    )
    return pola.cetak(
        pattern or "",
        urut=urut,
        jenis=rencana.jenis,
        opd=nomor.SEMUA if opd is None else opd.slug,
        kode="" if opd is None else opd.kode,
        tahun=rencana.tahun,
        bulan=rencana.bulan,
    )


def _row(
    rencana: Rencana,
    actor: Actor,
    urut: int,
    naskah: Naskah,
    data: bytes,
    event: Event,
    bukti: events.Bukti,
    now: datetime,
) -> Dokumen:
    return Dokumen(
        opd_id=rencana.opd_id,
        tahun=rencana.tahun,
        bulan=rencana.bulan,
        periode=rencana.periode or kode_periode(rencana.tahun, rencana.bulan),
        jenis=rencana.jenis,
        urut=urut,
        nomor=naskah.nomor,
        tanggal=rencana.tanggal,
        judul=naskah.judul,
        total=rencana.total,
        data=data,
        data_sha256=naskah.sidik(),
        at=now,
        oleh_id=actor.orang_id,
        event_id=event.id,
        checkpoint_seq=events.Checkpoint.from_bytes(bukti.checkpoint).seq,
        kartu_id=rencana.kartu_id,
        menggantikan_id=rencana.menggantikan_id,
        tagihan_id=rencana.tagihan_id,
    )


def _archive(
    session: Session,
    actor: Actor,
    role: Peran,
    row: Dokumen,
    file: bytes,
    penerbit: Penerbit,
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


def unduh(session: Session, actor: Actor, dokumen_id: int, sha256: str, now: datetime) -> Dokumen:
    """Log that the actor takes the archived file away; the view sends it after the commit."""
    row = session.get(Dokumen, dokumen_id)
    if row is None or not actor.sees_all_of(row.opd_id):
        raise NotFound("Dokumen tidak ditemukan.")
    role = require(actor, "laporan:unduh", row.opd_id)
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
