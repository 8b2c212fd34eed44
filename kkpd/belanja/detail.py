"""One purchase in full: fields with names, evidence, findings, classes, links, ceilings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from kkpd.belanja.fields import FURTHER
from kkpd.core.money import Rupiah
from kkpd.core.permissions import ROLE_NAMES, Role
from kkpd.core.statuses import ways_back
from kkpd.models import (
    BarisBank,
    Berkas,
    Bukti,
    Ceiling,
    CeilingMovement,
    Cocok,
    Kartu,
    Orang,
    Penugasan,
    Program,
    PutusanKelas,
    Rekening,
    SubKegiatan,
    Temuan,
    Transaksi,
)
from kkpd.records.office_holders import in_force


@dataclass(frozen=True, slots=True)
class AttachedEvidence:
    """One file of evidence as the page shows it."""

    id: int
    nama: str
    media: str
    ukuran: int
    sha256: str
    jenis: str
    at: datetime
    oleh: str


@dataclass(frozen=True, slots=True)
class PurchaseFinding:
    """A finding with what its rule looked at."""

    id: int
    aturan: str
    berat: str
    pesan: str
    masukan: tuple[tuple[str, str], ...]
    selesai_at: datetime | None
    selesai_catatan: str


@dataclass(frozen=True, slots=True)
class ClassDecision:
    """A decision about the class, by the engine (`oleh` None) or a person."""

    id: int
    kelas: str
    keyakinan: int
    aturan: str
    alasan: str
    yang_mengubah: str
    bukti: tuple[tuple[str, str], ...]
    rekening: tuple[tuple[str, str, str], ...]
    at: datetime
    oleh: str | None


@dataclass(frozen=True, slots=True)
class BankMatch:
    """The bank line that a purchase is matched with, and its place in the bank's file."""

    match_id: int
    baris_bank_id: int
    tanggal: date | None
    merchant: str
    nilai: Rupiah
    bagian: Rupiah
    status: str
    berkas: str
    sha256: str
    baris: int
    lembar: str | None
    tagihan_id: int
    tahun: int
    bulan: int


@dataclass(frozen=True, slots=True)
class CeilingHold:
    """What the purchase holds on one ceiling."""

    jenis: str
    kunci: str
    reservation: Rupiah
    terpakai: Rupiah

    @property
    def present(self) -> bool:
        """Whether anything is held there now."""
        return bool(self.reservation or self.terpakai)


@dataclass(frozen=True, slots=True)
class PurchaseDetail:
    """A purchase with the names behind its ids."""

    transaksi: Transaksi
    kartu_akhir: str
    card_kind: str
    bank: str
    pemegang: str
    pemakai: str
    recorder: str
    nama_rekening: str
    sub_kegiatan_name: str
    program: str
    bukti: tuple[AttachedEvidence, ...]
    temuan: tuple[PurchaseFinding, ...]
    putusan: tuple[ClassDecision, ...]
    pairings: tuple[BankMatch, ...]
    holds: tuple[CeilingHold, ...]

    @property
    def further(self) -> tuple[tuple[str, str], ...]:
        """(word, content) of the plain fields that the page shows by themselves."""
        return tuple((one.word, getattr(self.transaksi, one.name)) for one in FURTHER)

    @property
    def terakhir(self) -> ClassDecision | None:
        """The current decision."""
        return self.putusan[-1] if self.putusan else None


@dataclass(frozen=True, slots=True)
class EvidenceContent:
    """What is needed to show one file: whose purchase it is, where the bytes lie."""

    transaksi_id: int
    opd_id: int
    pemegang_id: int
    pemakai_id: int
    sha256: str
    media: str
    nama: str


#: The text fields of Rinci, in the order in which `rinci` selects them.
_NAMES: Final = (
    "kartu_akhir",
    "card_kind",
    "bank",
    "pemegang",
    "pemakai",
    "recorder",
    "nama_rekening",
    "sub_kegiatan_name",
    "program",
)


def detail(session: Session, opd_id: int, transaksi_id: int) -> PurchaseDetail | None:
    """The purchase of that OPD; None when it has no such one."""
    holder, user, writer = aliased(Orang), aliased(Orang), aliased(Orang)
    row = session.execute(
        select(
            Transaksi,
            Kartu.nomor_akhir,
            Kartu.jenis,
            Kartu.bank,
            holder.nama,
            user.nama,
            writer.nama,
            Rekening.nama,
            SubKegiatan.nama,
            Program.nama,
        )
        .join(Kartu, Kartu.id == Transaksi.kartu_id)
        .join(holder, holder.id == Transaksi.pemegang_id)
        .join(user, user.id == Transaksi.pemakai_id)
        .join(writer, writer.id == Transaksi.perekam_id)
        .outerjoin(
            Rekening,
            (Rekening.kode == Transaksi.rekening) & (Rekening.tahun == Transaksi.tahun),
        )
        .outerjoin(
            SubKegiatan,
            (SubKegiatan.kode == Transaksi.sub_kegiatan) & (SubKegiatan.tahun == Transaksi.tahun),
        )
        .outerjoin(Program, Program.id == Transaksi.program_id)
        .where(Transaksi.id == transaksi_id, Transaksi.opd_id == opd_id)
    ).one_or_none()
    if row is None:
        return None
    names: dict[str, str] = {field: name or "" for field, name in zip(_NAMES, row[1:], strict=True)}
    return PurchaseDetail(
        transaksi=row[0],
        **names,
        bukti=bukti(session, transaksi_id),
        temuan=_findings(session, opd_id, transaksi_id),
        putusan=_decisions(session, transaksi_id),
        pairings=_pairs(session, transaksi_id),
        holds=_held(session, transaksi_id),
    )


def bukti(session: Session, transaksi_id: int) -> tuple[AttachedEvidence, ...]:
    """The purchase's evidence that was not withdrawn, oldest first."""
    rows = session.execute(
        select(
            Bukti.id,
            Berkas.nama,
            Berkas.media,
            Berkas.ukuran,
            Berkas.sha256,
            Bukti.jenis,
            Bukti.at,
            Orang.nama,
        )
        .join(Berkas, Berkas.id == Bukti.berkas_id)
        .join(Orang, Orang.id == Bukti.oleh_id)
        .where(Bukti.transaksi_id == transaksi_id, Bukti.dicabut_at.is_(None))
        .order_by(Bukti.id)
    )
    return tuple(AttachedEvidence(*row) for row in rows)


def _findings(session: Session, opd_id: int, transaksi_id: int) -> tuple[PurchaseFinding, ...]:
    rows = session.scalars(
        select(Temuan)
        .where(Temuan.opd_id == opd_id, Temuan.subjek == f"transaksi:{transaksi_id}")
        .order_by(Temuan.selesai_at.is_not(None), Temuan.id)
    )
    return tuple(
        PurchaseFinding(
            row.id,
            row.aturan,
            row.berat,
            row.pesan,
            tuple(row.masukan.items()),
            row.selesai_at,
            row.selesai_catatan,
        )
        for row in rows
    )


def _decisions(session: Session, transaksi_id: int) -> tuple[ClassDecision, ...]:
    rows = session.execute(
        select(PutusanKelas, Orang.nama)
        .outerjoin(Orang, Orang.id == PutusanKelas.oleh_id)
        .where(PutusanKelas.transaksi_id == transaksi_id)
        .order_by(PutusanKelas.id)
    )
    return tuple(
        ClassDecision(
            row.id,
            row.kelas,
            row.keyakinan,
            row.aturan,
            row.alasan,
            row.yang_mengubah,
            tuple((part["apa"], part["bagian"]) for part in row.bukti if "apa" in part),
            tuple(
                (part["rekening"], part["nama"], part["skor"])
                for part in row.bukti
                if "rekening" in part
            ),
            row.at,
            nama,
        )
        for row, nama in rows
    )


def _pairs(session: Session, transaksi_id: int) -> tuple[BankMatch, ...]:
    query: Select[*tuple[Any, ...]] = (
        select(
            Cocok.id,
            BarisBank.id,
            BarisBank.tanggal_transaksi,
            BarisBank.merchant,
            BarisBank.nilai,
            Cocok.nilai,
            Cocok.status,
            Berkas.nama,
            Berkas.sha256,
            BarisBank.baris,
            BarisBank.lembar,
            BarisBank.tagihan_id,
            BarisBank.tahun,
            BarisBank.bulan,
        )
        .join(BarisBank, BarisBank.id == Cocok.baris_bank_id)
        .join(Berkas, Berkas.id == BarisBank.berkas_id)
        .where(Cocok.transaksi_id == transaksi_id, Cocok.dicabut_at.is_(None))
        .order_by(Cocok.id)
    )
    return tuple(BankMatch(*row) for row in session.execute(query))


def _held(session: Session, transaksi_id: int) -> tuple[CeilingHold, ...]:
    sums: dict[tuple[str, str], list[int]] = {}
    effect = {"reserve": (1, 0), "post": (-1, 1), "void": (-1, 0), "restore": (0, -1)}
    for jenis, kunci, kind, amount in session.execute(
        select(Ceiling.jenis, Ceiling.kunci, CeilingMovement.kind, CeilingMovement.amount)
        .join(Ceiling, Ceiling.id == CeilingMovement.ceiling_id)
        .where(CeilingMovement.transaksi_id == transaksi_id)
        .order_by(CeilingMovement.id)
    ):
        held = sums.setdefault((jenis, kunci), [0, 0])
        reserved, posted = effect[kind]
        held[0] += reserved * amount.sen
        held[1] += posted * amount.sen
    return tuple(
        CeilingHold(jenis, kunci, Rupiah(held[0]), Rupiah(held[1]))
        for (jenis, kunci), held in sums.items()
    )


def who_gives_back(
    session: Session, transaksi: Transaksi, day: date
) -> tuple[tuple[str, str], ...]:
    """(who, doing what) for a purchase that was put forward: who takes the first step back to where
    it may be changed. Empty where it may be changed, or never again.
    """
    found = []
    for way in ways_back(transaksi.status):
        others = (transaksi.perekam_id, transaksi.pemegang_id) if way.judges else ()
        names = session.execute(
            select(Orang.nama, Penugasan.peran)
            .join(Penugasan, Penugasan.orang_id == Orang.id)
            .where(
                Penugasan.opd_id == transaksi.opd_id,
                Penugasan.peran.in_([str(role) for role in way.roles]),
                Penugasan.sub_kegiatan.in_(("", transaksi.sub_kegiatan)),
                Orang.id.not_in(others),
                in_force(day),
            )
            .order_by(Penugasan.id)
            .limit(3)
        )
        told = [f"{nama} ({ROLE_NAMES[Role(peran)]})" for nama, peran in names]
        roles = [ROLE_NAMES[role] for role in ROLE_NAMES if role in way.roles]
        found.append((" atau ".join(told or roles), way.nama))
    return tuple(found)


def reservation(session: Session, transaksi_id: int) -> dict[tuple[str, str], Rupiah]:
    """What the purchase has reserved, by (kind, key) of the ceiling."""
    return {(one.jenis, one.kunci): one.reservation for one in _held(session, transaksi_id)}


def evidence_bytes(session: Session, opd_id: int, bukti_id: int) -> EvidenceContent | None:
    """A live file of evidence of this OPD; None when there is none."""
    row = session.execute(
        select(
            Transaksi.id,
            Transaksi.opd_id,
            Transaksi.pemegang_id,
            Transaksi.pemakai_id,
            Berkas.sha256,
            Berkas.media,
            Berkas.nama,
        )
        .join(Bukti, Bukti.transaksi_id == Transaksi.id)
        .join(Berkas, Berkas.id == Bukti.berkas_id)
        .where(Bukti.id == bukti_id, Transaksi.opd_id == opd_id, Bukti.dicabut_at.is_(None))
    ).one_or_none()
    return None if row is None else EvidenceContent(*row)
