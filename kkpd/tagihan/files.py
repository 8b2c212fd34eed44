"""Bank files for pages: what was uploaded, taken in, and skipped with reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from kkpd.core.errors import NotFound
from kkpd.core.money import Rupiah
from kkpd.core.permissions import Actor, require
from kkpd.ledger.active import withdrawn_files
from kkpd.models import Berkas, Impor, ImporKeluar, ImporTagihan, Orang
from kkpd.records.custody import thrown_away
from kkpd.tagihan.reads import PAGE_SIZE, ShownFinding


@dataclass(frozen=True, slots=True)
class ShownFile:
    """A bank file as kept: name, size, hashes (two when card numbers in it were hidden), and its
    taking-in when there was one.
    """

    id: int
    nama: str
    ukuran: int
    sha256: str
    sha256_asli: str | None
    media: str
    at: datetime
    oleh: str
    impor_id: int | None


def pending(session: Session, actor: Actor, opd_id: int) -> tuple[ShownFile, ...]:
    """Files that were uploaded and not taken in yet, the newest first."""
    require(actor, "tagihan:lihat", opd_id)
    return _files(
        session,
        Berkas.opd_id == opd_id,
        Berkas.jenis == "bank",
        Berkas.id.not_in(select(Impor.berkas_id).where(Impor.opd_id == opd_id)),
        ~thrown_away(),
    )


def berkas(session: Session, actor: Actor, opd_id: int, berkas_id: int) -> ShownFile:
    """One kept bank file of this OPD; NotFound for any other."""
    require(actor, "tagihan:lihat", opd_id)
    found = _files(session, Berkas.opd_id == opd_id, Berkas.jenis == "bank", Berkas.id == berkas_id)
    if not found:
        raise NotFound("Berkas ini tidak ada. Periksa alamatnya atau mulai dari menu.")
    return found[0]


def berkas_tagihan(
    session: Session, actor: Actor, opd_id: int, tagihan_id: int
) -> tuple[ShownFile, ...]:
    """Every file that showed this bill."""
    require(actor, "tagihan:lihat", opd_id)
    shown = (
        select(Impor.berkas_id)
        .join(ImporTagihan, ImporTagihan.impor_id == Impor.id)
        .where(ImporTagihan.tagihan_id == tagihan_id, Impor.berkas_id.not_in(withdrawn_files()))
    )
    return _files(session, Berkas.opd_id == opd_id, Berkas.id.in_(shown))


def _files(session: Session, *conditions: ColumnElement[bool]) -> tuple[ShownFile, ...]:
    rows = session.execute(
        select(Berkas, Orang.nama, Impor.id)
        .join(Orang, Orang.id == Berkas.oleh_id)
        .outerjoin(Impor, Impor.berkas_id == Berkas.id)
        .where(*conditions)
        .order_by(Berkas.id.desc())
    )
    return tuple(
        ShownFile(
            id=one.id,
            nama=one.nama,
            ukuran=one.ukuran,
            sha256=one.sha256,
            sha256_asli=one.sha256_asli,
            media=one.media,
            at=one.at,
            oleh=oleh,
            impor_id=impor_id,
        )
        for one, oleh, impor_id in rows
    )


@dataclass(frozen=True, slots=True)
class ShownWithdrawal:
    """When, by whom and why a taking-in was taken out; lines that went and that others kept."""

    alasan: str
    baris: int
    tetap: int
    jumlah: Rupiah
    at: datetime
    oleh: str


@dataclass(frozen=True, slots=True)
class ShownImport:
    """One taking-in with its counts, the bills it shows now, and its withdrawal if any."""

    id: int
    berkas: ShownFile
    jenis: str
    profil: str
    jawaban: Mapping[str, str]
    entry: int
    baru: int
    lama: int
    lewat: int
    at: datetime
    oleh: str
    tagihan_ids: tuple[int, ...]
    keluar: ShownWithdrawal | None


def history(
    session: Session, actor: Actor, opd_id: int, earlier: int = 0
) -> tuple[tuple[ShownImport, ...], int | None]:
    """Takings-in, the newest first, paged by key; the second is the key of the next page."""
    require(actor, "tagihan:lihat", opd_id)
    conditions = [Impor.opd_id == opd_id]
    if earlier:
        conditions.append(Impor.id < earlier)
    rows = _imports(session, conditions, PAGE_SIZE + 1)
    return rows[:PAGE_SIZE], rows[PAGE_SIZE - 1].id if len(rows) > PAGE_SIZE else None


def one_import(session: Session, actor: Actor, opd_id: int, impor_id: int) -> ShownImport:
    """One taking-in of this OPD; NotFound for any other."""
    require(actor, "tagihan:lihat", opd_id)
    found = _imports(session, [Impor.opd_id == opd_id, Impor.id == impor_id], 1)
    if not found:
        raise NotFound("Pengambilan ini tidak ada. Periksa alamatnya atau mulai dari menu.")
    return found[0]


def _imports(
    session: Session, conditions: list[ColumnElement[bool]], limit: int
) -> tuple[ShownImport, ...]:
    rows = session.execute(
        select(Impor, Orang.nama)
        .join(Orang, Orang.id == Impor.oleh_id)
        .where(*conditions)
        .order_by(Impor.id.desc())
        .limit(limit)
    ).all()
    files = {
        one.id: one
        for one in _files(session, Berkas.id.in_([impor.berkas_id for impor, _ in rows]))
    }
    gone = _withdrawals(session, [impor.id for impor, _ in rows])
    bills: dict[int, list[int]] = {}
    for impor_id, tagihan_id in session.execute(
        select(ImporTagihan.impor_id, ImporTagihan.tagihan_id)
        .where(ImporTagihan.impor_id.in_([impor.id for impor, _ in rows if impor.id not in gone]))
        .order_by(ImporTagihan.id)
    ):
        bills.setdefault(impor_id, []).append(tagihan_id)
    return tuple(
        ShownImport(
            impor.id,
            files[impor.berkas_id],
            impor.jenis,
            impor.profil,
            impor.jawaban,
            impor.baris_masuk,
            impor.baris_baru,
            impor.baris_lama,
            impor.baris_lewat,
            impor.at,
            oleh,
            tuple(bills.get(impor.id, ())),
            gone.get(impor.id),
        )
        for impor, oleh in rows
    )


def _withdrawals(session: Session, import_ids: list[int]) -> dict[int, ShownWithdrawal]:
    rows = session.execute(
        select(ImporKeluar, Orang.nama)
        .join(Orang, Orang.id == ImporKeluar.oleh_id)
        .where(ImporKeluar.impor_id.in_(import_ids))
    )
    return {
        row.impor_id: ShownWithdrawal(row.alasan, row.baris, row.tetap, row.jumlah, row.at, oleh)
        for row, oleh in rows
    }


@dataclass(frozen=True, slots=True)
class ShownSkip:
    """A row of the file that is no line, with the reason."""

    baris: int
    lembar: str
    sebab: str
    isi: str


def lewat(session: Session, opd_id: int, impor_id: int) -> tuple[ShownSkip, ...]:
    """The skipped rows of one taking-in, in file order."""
    rows = session.scalars(
        select(Impor.lewat).where(Impor.opd_id == opd_id, Impor.id == impor_id)
    ).one()
    return tuple(
        ShownSkip(int(row["baris"]), row["lembar"], row["sebab"], row["isi"]) for row in rows
    )


def catatan(session: Session, opd_id: int, impor_id: int) -> tuple[ShownFinding, ...]:
    """The findings of reading and of the bill's arithmetic."""
    rows = session.scalars(
        select(Impor.temuan).where(Impor.opd_id == opd_id, Impor.id == impor_id)
    ).one()
    return tuple(
        ShownFinding(row["pesan"], row["berat"], int(row["baris"]) if "baris" in row else None)
        for row in rows
    )
