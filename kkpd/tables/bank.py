"""Custody of what the bank sent: files, bills, lines, where each was seen, what was skipped."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped

from kkpd.db.columns import Base, kolom, kunci, rujuk, satu_dari
from kkpd.db.types import Moment, Sen
from kkpd.domain.money import Rupiah
from kkpd.domain.pilihan import JENIS_BARIS, JENIS_BERKAS, JENIS_TAGIHAN


class Berkas(Base):
    """A file kept whole under its SHA-256; the bytes lie in the instance folder."""

    __tablename__ = "berkas"
    __table_args__ = (
        satu_dari("jenis", JENIS_BERKAS),
        UniqueConstraint("opd_id", "jenis", "sha256"),
    )

    id: Mapped[int] = kunci()
    opd_id: Mapped[int] = rujuk("opd.id", "OPD pemilik.")
    jenis: Mapped[str] = kolom("bank, bukti atau arsip.", String(10))
    sha256: Mapped[str] = kolom("SHA-256 isi, heksadesimal.", String(64), index=True)
    ukuran: Mapped[int] = kolom("Banyak bita.")
    media: Mapped[str] = kolom("Jenis media menurut isinya.", String(100))
    nama: Mapped[str] = kolom("Nama asli, nomor kartu disamarkan.", String(255))
    at: Mapped[datetime] = kolom("Kapan diterima.", Moment)
    oleh_id: Mapped[int] = rujuk("orang.id", "Oleh siapa.")


class Tagihan(Base):
    """A bill as an object: the PDF and the XLSX of one bill are one bill (hard-parts 1)."""

    __tablename__ = "tagihan"
    __table_args__ = (
        satu_dari("jenis", JENIS_TAGIHAN),
        UniqueConstraint("opd_id", "identitas"),
        CheckConstraint("bulan BETWEEN 1 AND 12", name="bulan"),
        Index("ix_tagihan_opd_tahun_bulan", "opd_id", "tahun", "bulan"),
    )

    id: Mapped[int] = kunci()
    opd_id: Mapped[int] = rujuk("opd.id", "OPD tertagih.", index=False)
    tahun: Mapped[int] = kolom("Tahun pembukuan.")
    bulan: Mapped[int] = kolom("Bulan pembukuan.")
    jenis: Mapped[str] = kolom("dts (sementara) atau final.", String(10))
    identitas: Mapped[str] = kolom("SHA-256 identitas tagihan.", String(64))
    berkas_id: Mapped[int] = rujuk("berkas.id", "Berkas pertama yang membawanya.")
    at: Mapped[datetime] = kolom("Kapan diterima.", Moment)
    oleh_id: Mapped[int] = rujuk("orang.id", "Oleh siapa.")
    kartu_akhir: Mapped[str | None] = kolom(
        "Kartu bila tagihan satu kartu.", String(4), default=None
    )
    tanggal: Mapped[date | None] = kolom("Tanggal tagihan.", default=None)
    jatuh_tempo: Mapped[date | None] = kolom("Jatuh tempo.", default=None)
    tagihan_lalu: Mapped[Rupiah | None] = kolom("Saldo lalu.", Sen, default=None)
    pembayaran: Mapped[Rupiah | None] = kolom("Pembayaran diterima.", Sen, default=None)
    belanja_baru: Mapped[Rupiah | None] = kolom("Belanja baru.", Sen, default=None)
    total: Mapped[Rupiah | None] = kolom("Total tagihan.", Sen, default=None)


class BarisBank(Base):
    """A line that the bank billed. Raw bank fields only; identity frozen at receipt (law 7)."""

    __tablename__ = "baris_bank"
    __table_args__ = (
        satu_dari("jenis", JENIS_BARIS),
        UniqueConstraint("opd_id", "kunci_dasar", "kejadian"),
        CheckConstraint("kejadian >= 1", name="kejadian"),
        CheckConstraint("kartu_akhir IS NULL OR length(kartu_akhir) = 4", name="kartu_akhir"),
        Index("ix_baris_bank_opd_tahun_bulan", "opd_id", "tahun", "bulan"),
    )

    id: Mapped[int] = kunci()
    opd_id: Mapped[int] = rujuk("opd.id", "OPD tertagih.", index=False)
    tahun: Mapped[int] = kolom("Tahun pembukuan.")
    bulan: Mapped[int] = kolom("Bulan pembukuan; periode terbuka saat diterima.")
    tagihan_id: Mapped[int] = rujuk("tagihan.id", "Tagihan yang membawanya.")
    kunci_dasar: Mapped[str] = kolom("SHA-256 isian mentah bank.", String(64))
    kejadian: Mapped[int] = kolom("Kejadian ke berapa dari isian yang sama.")
    jenis: Mapped[str] = kolom("belanja, refund, biaya, meterai atau pembayaran.", String(12))
    nilai: Mapped[Rupiah] = kolom("Nilai; negatif berarti uang kembali kepada kita.", Sen)
    keterangan: Mapped[str] = kolom("Keterangan menurut bank.", String(500))
    merchant: Mapped[str] = kolom("Nama merchant menurut bank.", String(200))
    berkas_id: Mapped[int] = rujuk("berkas.id", "Berkas asal.")
    baris: Mapped[int] = kolom("Nomor baris dalam berkas, mulai 1.")
    lembar: Mapped[str | None] = kolom("Lembar atau halaman.", String(80), default=None)
    tanggal_transaksi: Mapped[date | None] = kolom("Tanggal transaksi.", default=None)
    tanggal_posting: Mapped[date | None] = kolom("Tanggal pembukuan bank.", default=None)
    kartu_akhir: Mapped[str | None] = kolom("Empat angka terakhir.", String(4), default=None)
    kartu_id: Mapped[int | None] = rujuk("kartu.id", "Kartu bila dikenal.", default=None)
    referensi: Mapped[str | None] = kolom("Referensi bank.", String(80), default=None)
    mcc: Mapped[str | None] = kolom("Kode kategori merchant.", String(4), default=None)
    mata_uang: Mapped[str] = kolom("Mata uang.", String(3), default="IDR")


class SumberBaris(Base):
    """Where a line was seen again: another file, another row, the same line."""

    __tablename__ = "sumber_baris"
    __table_args__ = (UniqueConstraint("baris_bank_id", "berkas_id", "baris"),)

    id: Mapped[int] = kunci()
    opd_id: Mapped[int] = rujuk("opd.id", "OPD tertagih.")
    baris_bank_id: Mapped[int] = rujuk("baris_bank.id", "Baris yang sama.")
    berkas_id: Mapped[int] = rujuk("berkas.id", "Terlihat di berkas.")
    baris: Mapped[int] = kolom("Nomor baris di sana.")
    lembar: Mapped[str | None] = kolom("Lembar di sana.", String(80), default=None)


class Impor(Base):
    """One taking-in of a file: rows in = lines new + lines known + skipped, in the database too."""

    __tablename__ = "impor"
    __table_args__ = (
        CheckConstraint("baris_masuk = baris_baru + baris_lama + baris_lewat", name="tiada_hilang"),
    )

    id: Mapped[int] = kunci()
    opd_id: Mapped[int] = rujuk("opd.id", "OPD tertagih.")
    berkas_id: Mapped[int] = rujuk("berkas.id", "Berkas.")
    tagihan_id: Mapped[int] = rujuk("tagihan.id", "Tagihan.")
    profil: Mapped[str] = kolom("Profil bank yang dipakai.", String(80))
    baris_masuk: Mapped[int] = kolom("Semua baris berkas.")
    baris_baru: Mapped[int] = kolom("Menjadi baris baru.")
    baris_lama: Mapped[int] = kolom("Sudah dikenal.")
    baris_lewat: Mapped[int] = kolom("Dilewati dengan alasan.")
    lewat: Mapped[list[dict[str, str]]] = kolom("Baris yang dilewati dan alasannya.", JSON)
    temuan: Mapped[list[dict[str, str]]] = kolom("Catatan pembacaan.", JSON)
    at: Mapped[datetime] = kolom("Kapan.", Moment)
    oleh_id: Mapped[int] = rujuk("orang.id", "Oleh siapa.")
