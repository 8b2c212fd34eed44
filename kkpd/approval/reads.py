"""What the six tests look at, and what stands ready for PPTK and PA."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.approval import six_tests
from kkpd.approval.six_tests import Bahan, BarisTagihan, HasilUji, HitunganTagihan
from kkpd.core.authorise import require
from kkpd.core.money import NOL, Rupiah
from kkpd.core.permissions import Actor
from kkpd.ledger import cancelled
from kkpd.ledger.refund_rules import DIBEBANKAN, DITANGGUNG
from kkpd.models import (
    BarisBank,
    Berkas,
    Bukti,
    Cocok,
    Dokumen,
    DokumenBaris,
    Kartu,
    Orang,
    Persetujuan,
    Tagihan,
    Transaksi,
    Uji,
)
from kkpd.organisation.card_history import status_pada
from kkpd.tagihan import known_lines as tagihan_known_lines


@dataclass(frozen=True, slots=True)
class BarisUji:
    """A purchase line as PPTK and PA see it in a list."""

    id: int
    tanggal: date
    merchant: str
    uraian: str
    rekening: str
    nilai: Rupiah
    kelas: str
    status: str
    kartu_id: int
    kartu_akhir: str
    jenis_kartu: str
    pemegang: str
    perekam_id: int
    pemegang_id: int
    versi: int
    tahun: int
    bulan: int
    sub_kegiatan: str

    @property
    def jenis_dpr(self) -> str:
        """Which of the three DPR forms the line belongs to (kkpd.md 1.10)."""
        return jenis_dpr(self.jenis_kartu, self.kelas)


def jenis_dpr(jenis_kartu: str, kelas: str) -> str:
    """perjalanan by the card, else modal or barang_jasa by the class."""
    if jenis_kartu == "perjalanan":
        return "perjalanan"
    return "modal" if kelas == "modal" else "barang_jasa"


def lines(
    session: Session,
    actor: Actor,
    izin: str,
    opd_id: int,
    statuses: Sequence[str],
    periode: tuple[int, int] | None = None,
) -> list[BarisUji]:
    """The OPD's lines in these statuses, oldest first; of one month when `periode` is given."""
    require(actor, izin, opd_id)
    statement = (
        select(Transaksi, Kartu.nomor_akhir, Kartu.jenis, Orang.nama)
        .join(Kartu, Kartu.id == Transaksi.kartu_id)
        .join(Orang, Orang.id == Transaksi.pemegang_id)
        .where(Transaksi.opd_id == opd_id, Transaksi.status.in_(statuses))
        .order_by(Transaksi.kartu_id, Transaksi.tanggal, Transaksi.id)
    )
    if periode is not None:
        statement = statement.where(Transaksi.tahun == periode[0], Transaksi.bulan == periode[1])
    return [_row(*found) for found in session.execute(statement)]


def satu_baris(session: Session, transaksi: Transaksi) -> BarisUji:
    """The line as a list shows it."""
    kartu = session.get_one(Kartu, transaksi.kartu_id)
    holder = session.get_one(Orang, transaksi.pemegang_id)
    return _row(transaksi, kartu.nomor_akhir, kartu.jenis, holder.nama)


def _row(row: Transaksi, last4: str, jenis: str, holder: str) -> BarisUji:
    return BarisUji(
        id=row.id,
        tanggal=row.tanggal,
        merchant=row.merchant,
        uraian=row.uraian,
        rekening=row.rekening,
        nilai=row.nilai,
        kelas=row.kelas,
        status=row.status,
        kartu_id=row.kartu_id,
        kartu_akhir=last4,
        jenis_kartu=jenis,
        pemegang=holder,
        perekam_id=row.perekam_id,
        pemegang_id=row.pemegang_id,
        versi=row.versi,
        tahun=row.tahun,
        bulan=row.bulan,
        sub_kegiatan=row.sub_kegiatan,
    )


def bahan(session: Session, transaksi: Transaksi) -> Bahan:
    """Everything the six tests look at for this line."""
    kartu = session.get_one(Kartu, transaksi.kartu_id)
    matched = session.execute(
        select(BarisBank.merchant, BarisBank.nilai, Cocok.nilai, BarisBank.tagihan_id)
        .join(Cocok, Cocok.baris_bank_id == BarisBank.id)
        .where(Cocok.transaksi_id == transaksi.id, Cocok.dicabut_at.is_(None))
        .order_by(BarisBank.id)
    ).all()
    evidence = session.scalars(
        select(Berkas.nama)
        .join(Bukti, Bukti.berkas_id == Berkas.id)
        .where(Bukti.transaksi_id == transaksi.id, Bukti.dicabut_at.is_(None))
        .order_by(Bukti.id)
    )
    return Bahan(
        merchant=transaksi.merchant,
        penjual_npwp=transaksi.penjual_npwp,
        nilai=transaksi.nilai,
        volume=transaksi.volume,
        harga_satuan=transaksi.harga_satuan,
        dpp=transaksi.dpp,
        ppn=transaksi.ppn,
        pbjt=transaksi.pbjt,
        rekening=transaksi.rekening,
        kelas=transaksi.kelas,
        jenis_kartu=kartu.jenis,
        status_kartu=status_pada(session, kartu, transaksi.tanggal),
        bukti=tuple(evidence),
        baris=tuple(BarisTagihan(name, whole, part) for name, whole, part, _ in matched),
        tagihan=tuple(_bill(session, id_) for id_ in sorted({row.tagihan_id for row in matched})),
    )


def uji_baris(session: Session, transaksi: Transaksi) -> tuple[HasilUji, ...]:
    """What the program says of the line, test by test."""
    return six_tests.uji(bahan(session, transaksi))


def _bill(session: Session, tagihan_id: int) -> HitunganTagihan:
    bill = session.get_one(Tagihan, tagihan_id)
    return HitunganTagihan(
        bill.tagihan_lalu,
        bill.belanja_baru,
        bill.pembayaran,
        bill.total,
        tagihan_known_lines.jumlah_ditagih(session, tagihan_id),
    )


def jawaban_terakhir(session: Session, transaksi_id: int) -> dict[int, Uji]:
    """The newest answer to each of the six tests."""
    rows = session.scalars(select(Uji).where(Uji.transaksi_id == transaksi_id).order_by(Uji.id))
    return {row.nomor: row for row in rows}


def putusan(session: Session, ids: Collection[int]) -> dict[int, tuple[Rupiah, Rupiah]]:
    """Line -> (approved, refused) by the newest decision of PA or KPA, of those where it holds."""
    rows = session.execute(
        select(Transaksi.id, Transaksi.nilai, Persetujuan.keputusan, Persetujuan.nilai)
        .join(Persetujuan, Persetujuan.transaksi_id == Transaksi.id)
        .where(
            Transaksi.id.in_(ids),
            Transaksi.status.in_((*DIBEBANKAN, *DITANGGUNG)),
            Persetujuan.peran.in_(("pa", "kpa")),
        )
        .order_by(Persetujuan.id)
    )
    found: dict[int, tuple[Rupiah, Rupiah]] = {}
    for id_, whole, word, amount in rows:
        approved = amount if word == "setuju" else NOL
        found[id_] = (approved, whole - approved)
    return found


def on_document(session: Session, transaksi_id: int, jenis: str) -> Dokumen | None:
    """The newest document of this kind that carries the line."""
    return session.scalars(
        select(Dokumen)
        .join(DokumenBaris, DokumenBaris.dokumen_id == Dokumen.id)
        .where(
            DokumenBaris.transaksi_id == transaksi_id,
            Dokumen.jenis == jenis,
            cancelled.berlaku(Dokumen),
        )
        .order_by(Dokumen.id.desc())
        .limit(1)
    ).one_or_none()
