"""The chain's papers: periods, tests, approvals, issued documents, numbers, findings."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped

from kkpd.core.choices import (
    DISBURSEMENT_STEPS,
    FINDING_SEVERITIES,
    PERIODE_ACTIONS,
    ROLES,
    RULINGS,
    STATUS_PERIODE,
    TEST_ANSWERS,
    TEST_COUNT,
    TEST_RESULTS,
)
from kkpd.core.db.columns import Base, kolom, kunci, one_of, reference
from kkpd.core.db.types import Moment, Sen
from kkpd.core.money import Rupiah


class Periode(Base):
    """A month of an OPD. Facts enter only while it is open (trigger); periods close in order."""

    __tablename__ = "periode"
    __table_args__ = (
        one_of("status", STATUS_PERIODE),
        CheckConstraint("bulan BETWEEN 1 AND 12", name="bulan"),
    )

    opd_id: Mapped[int] = reference("opd.id", "OPD.", primary_key=True, index=False)
    tahun: Mapped[int] = kolom("Tahun.", primary_key=True, autoincrement=False)
    bulan: Mapped[int] = kolom("Bulan.", primary_key=True, autoincrement=False)
    status: Mapped[str] = kolom("terbuka, ditutup, dikonfirmasi, ditinjau.", String(15))
    sejak: Mapped[datetime] = kolom("Keadaan ini sejak.", Moment)
    oleh_id: Mapped[int] = reference("orang.id", "Oleh siapa.")


class TindakanPeriode(Base):
    """An act on a month: closed, confirmed, reviewed, opened again. Dated, never changed."""

    __tablename__ = "tindakan_periode"
    __table_args__ = (
        one_of("tindakan", PERIODE_ACTIONS),
        CheckConstraint("bulan BETWEEN 1 AND 12", name="bulan"),
        CheckConstraint("tindakan <> 'buka' OR length(alasan) >= 5", name="alasan"),
        Index("ix_tindakan_periode_opd_tahun_bulan", "opd_id", "tahun", "bulan"),
    )

    id: Mapped[int] = kunci()
    opd_id: Mapped[int] = reference("opd.id", "OPD.", index=False)
    tahun: Mapped[int] = kolom("Tahun.")
    bulan: Mapped[int] = kolom("Bulan.")
    tindakan: Mapped[str] = kolom("tutup, konfirmasi, tinjau atau buka.", String(15))
    alasan: Mapped[str] = kolom("Alasan atau catatan; wajib untuk membuka.", String(600))
    at: Mapped[datetime] = kolom("Kapan.", Moment)
    oleh_id: Mapped[int] = reference("orang.id", "Oleh siapa.")
    dokumen_id: Mapped[int | None] = reference(
        "dokumen.id", "Berita Acara Rekonsiliasi yang terbit atau dikonfirmasi.", default=None
    )


def _not_recorder() -> tuple[ForeignKeyConstraint, CheckConstraint, CheckConstraint]:
    """The recorder and the card holder never judge the same line; the database checks it too (law
    10).
    """
    return (
        ForeignKeyConstraint(
            ["transaksi_id", "perekam_id", "pemegang_id"],
            ["transaksi.id", "transaksi.perekam_id", "transaksi.pemegang_id"],
        ),
        CheckConstraint("penguji_id <> perekam_id", name="bukan_perekam"),
        CheckConstraint("penguji_id <> pemegang_id", name="bukan_pemegang"),
    )


class Uji(Base):
    """One of the six tests of Art. 5 (e) on one line: what the program saw and what the person
    answered.
    """

    __tablename__ = "uji"
    __table_args__ = (
        *_not_recorder(),
        one_of("hasil", TEST_RESULTS),
        one_of("jawaban", TEST_ANSWERS),
        CheckConstraint(f"nomor BETWEEN 1 AND {TEST_COUNT}", name="nomor"),
        Index("ix_uji_transaksi", "transaksi_id", "nomor"),
    )

    id: Mapped[int] = kunci()
    opd_id: Mapped[int] = reference("opd.id", "OPD.")
    transaksi_id: Mapped[int] = kolom("Belanja yang diuji.")
    perekam_id: Mapped[int] = kolom("Salinan perekam.")
    pemegang_id: Mapped[int] = kolom("Salinan pemegang.")
    penguji_id: Mapped[int] = reference("orang.id", "PA atau KPA yang menguji.")
    nomor: Mapped[int] = kolom("Uji ke-1 sampai ke-6.")
    hasil: Mapped[str] = kolom("Menurut program: sesuai, tidak_sesuai, menunggu.", String(15))
    masukan: Mapped[dict[str, str]] = kolom("Yang dilihat program.", JSON)
    jawaban: Mapped[str] = kolom("Menurut orang: lulus atau tidak.", String(10))
    at: Mapped[datetime] = kolom("Kapan.", Moment)


class Verifikasi(Base):
    """An SPP that the PPK-SKPD found complete, with the checklist; without it no SPM is issued."""

    __tablename__ = "verifikasi"

    id: Mapped[int] = kunci()
    opd_id: Mapped[int] = reference("opd.id", "OPD.")
    dokumen_id: Mapped[int] = reference("dokumen.id", "SPP-nya.", unique=True, index=False)
    jawaban: Mapped[dict[str, dict[str, str]]] = kolom(
        "Tiap butir: menurut program, kalimatnya, dan jawaban orang.", JSON
    )
    at: Mapped[datetime] = kolom("Kapan.", Moment)
    oleh_id: Mapped[int] = reference("orang.id", "PPK-SKPD yang memverifikasi.")


class Persetujuan(Base):
    """A decision on a line by PPTK, PA or KPA. The newest row of a role is valid."""

    __tablename__ = "persetujuan"
    __table_args__ = (
        *_not_recorder(),
        one_of("peran", ROLES),
        one_of("keputusan", RULINGS),
        CheckConstraint("keputusan <> 'tolak' OR length(alasan) >= 5", name="alasan"),
        Index("ix_persetujuan_transaksi", "transaksi_id", "peran"),
    )

    id: Mapped[int] = kunci()
    opd_id: Mapped[int] = reference("opd.id", "OPD.")
    transaksi_id: Mapped[int] = kolom("Belanja yang diputuskan.")
    perekam_id: Mapped[int] = kolom("Salinan perekam.")
    pemegang_id: Mapped[int] = kolom("Salinan pemegang.")
    penguji_id: Mapped[int] = reference("orang.id", "Yang memutuskan.")
    peran: Mapped[str] = kolom("Sebagai pptk, pa atau kpa.", String(20))
    keputusan: Mapped[str] = kolom("setuju atau tolak.", String(10))
    nilai: Mapped[Rupiah] = kolom("Nilai yang disetujui atau ditolak.", Sen)
    alasan: Mapped[str] = kolom("Alasan; wajib bila menolak.", String(600))
    at: Mapped[datetime] = kolom("Kapan.", Moment)


class Dokumen(Base):
    """An issued document: frozen data as canonical JSON, numbered without gaps, never changed."""

    __tablename__ = "dokumen"
    __table_args__ = (
        UniqueConstraint("opd_id", "tahun", "jenis", "urut"),
        Index(
            "uq_dokumen_semua",
            "tahun",
            "jenis",
            "urut",
            unique=True,
            sqlite_where=text("opd_id IS NULL"),
            postgresql_where=text("opd_id IS NULL"),
        ),
        Index("ix_dokumen_opd_tahun_bulan", "opd_id", "tahun", "bulan"),
    )

    id: Mapped[int] = kunci()
    opd_id: Mapped[int | None] = reference("opd.id", "OPD; kosong: semua OPD.", index=False)
    tahun: Mapped[int] = kolom("Tahun anggaran.")
    bulan: Mapped[int] = kolom("Bulan pembukuan; bulan terakhir bila lebih dari satu.")
    periode: Mapped[str] = kolom("2026-10, 2026-T3 atau 2026.", String(7))
    jenis: Mapped[str] = kolom("Jenis dokumen.", String(20))
    urut: Mapped[int] = kolom("Nomor urut tanpa sela per OPD, jenis dan tahun.")
    nomor: Mapped[str] = kolom("Nomor dokumen sebagaimana tercetak.", String(120))
    tanggal: Mapped[date] = kolom("Tanggal dokumen.")
    judul: Mapped[str] = kolom("Judul.", String(300))
    total: Mapped[Rupiah] = kolom("Jumlah dokumen.", Sen)
    data: Mapped[bytes] = kolom("Data beku, JSON kanonik RFC 8785.", LargeBinary, repr=False)
    data_sha256: Mapped[str] = kolom("SHA-256 data.", String(64), unique=True)
    at: Mapped[datetime] = kolom("Kapan terbit.", Moment)
    oleh_id: Mapped[int] = reference("orang.id", "Diterbitkan oleh.")
    event_id: Mapped[int | None] = reference("event.id", "Peristiwa terbitnya.", default=None)
    checkpoint_seq: Mapped[int | None] = reference(
        "checkpoint.seq", "Titik periksa dokumen yang terbit dengan versi 0.1.0.", default=None
    )
    kartu_id: Mapped[int | None] = reference(
        "kartu.id", "Kartu bila dokumen satu kartu.", default=None
    )
    menggantikan_id: Mapped[int | None] = reference("dokumen.id", "Dokumen lama.", default=None)
    tagihan_id: Mapped[int | None] = reference(
        "tagihan.id", "Tagihan yang dibayar DPT ini.", default=None
    )


class DokumenBaris(Base):
    """A purchase line on a document, with its amount there."""

    __tablename__ = "dokumen_baris"
    __table_args__ = (UniqueConstraint("dokumen_id", "transaksi_id"),)

    id: Mapped[int] = kunci()
    opd_id: Mapped[int] = reference("opd.id", "OPD.")
    dokumen_id: Mapped[int] = reference("dokumen.id", "Dokumen.")
    transaksi_id: Mapped[int] = reference("transaksi.id", "Belanja.")
    nilai: Mapped[Rupiah] = kolom("Nilai pada dokumen.", Sen)


class Arsip(Base):
    """The drawn file of an issued document, kept in the archive under its SHA-256."""

    __tablename__ = "arsip"

    id: Mapped[int] = kunci()
    opd_id: Mapped[int | None] = reference("opd.id", "OPD; kosong: semua OPD.")
    dokumen_id: Mapped[int] = reference("dokumen.id", "Dokumen.")
    sha256: Mapped[str] = kolom("SHA-256 berkas.", String(64), unique=True)
    ukuran: Mapped[int] = kolom("Banyak bita.")
    at: Mapped[datetime] = kolom("Kapan.", Moment)


class Penandatanganan(Base):
    """One electronic signature on an issued document; the signed file is kept in the archive.

    Each is an incremental update of the file before it, so the newest holds them all.
    """

    __tablename__ = "penandatanganan"
    __table_args__ = (
        UniqueConstraint("dokumen_id", "urut"),
        UniqueConstraint("dokumen_id", "orang_id"),
        CheckConstraint("urut > 0", name="urut"),
    )

    id: Mapped[int] = kunci()
    opd_id: Mapped[int | None] = reference("opd.id", "OPD; kosong: semua OPD.")
    dokumen_id: Mapped[int] = reference("dokumen.id", "Dokumen.", index=False)
    urut: Mapped[int] = kolom("Tanda tangan ke berapa.")
    orang_id: Mapped[int] = reference("orang.id", "Yang menandatangani.")
    selaku: Mapped[str] = kolom("Dalam jabatan apa, sebagaimana tercetak.", String(200))
    sha256: Mapped[str] = kolom("SHA-256 berkas bertanda tangan.", String(64), unique=True)
    ukuran: Mapped[int] = kolom("Banyak bita.")
    pemilik: Mapped[str] = kolom("Nama pada sertifikat.", String(200))
    penerbit: Mapped[str] = kolom("Penerbit sertifikat.", String(200))
    sertifikat_sha256: Mapped[str] = kolom("SHA-256 sertifikat.", String(64))
    tingkat: Mapped[str] = kolom("PAdES B-B atau PAdES B-T.", String(20))
    at: Mapped[datetime] = kolom("Kapan dicatat.", Moment)
    cap_waktu: Mapped[datetime | None] = kolom("Cap waktu, bila ada.", Moment, default=None)


class Pencairan(Base):
    """A step of payment that another office or the bank documents: SP2D, the debit to the bank."""

    __tablename__ = "pencairan"
    __table_args__ = (
        one_of("langkah", DISBURSEMENT_STEPS),
        Index("ix_pencairan_dpt_langkah", "dpt_id", "langkah"),
        CheckConstraint("length(nomor) > 0", name="nomor"),
    )

    id: Mapped[int] = kunci()
    opd_id: Mapped[int] = reference("opd.id", "OPD.")
    tahun: Mapped[int] = kolom("Tahun anggaran.")
    dpt_id: Mapped[int] = reference("dokumen.id", "DPT yang dibayar.", index=False)
    langkah: Mapped[str] = kolom("sp2d atau bayar.", String(10))
    nomor: Mapped[str] = kolom("Nomor SP2D atau bukti pendebetan.", String(120))
    tanggal: Mapped[date] = kolom("Tanggalnya.")
    nilai: Mapped[Rupiah] = kolom("Nilai.", Sen)
    at: Mapped[datetime] = kolom("Kapan dicatat.", Moment)
    oleh_id: Mapped[int] = reference("orang.id", "Oleh siapa.")


class NomorUrut(Base):
    """The last number given, per OPD, year and kind; its row is locked while a number is taken."""

    __tablename__ = "nomor_urut"

    opd_id: Mapped[int] = reference("opd.id", "OPD.", primary_key=True, index=False)
    tahun: Mapped[int] = kolom("Tahun.", primary_key=True, autoincrement=False)
    jenis: Mapped[str] = kolom("Jenis dokumen.", String(20), primary_key=True)
    terakhir: Mapped[int] = kolom("Nomor terakhir.")


class Temuan(Base):
    """A finding about a fact, with its rule and inputs; settled once, by a person, with a note."""

    __tablename__ = "temuan"
    __table_args__ = (
        one_of("berat", FINDING_SEVERITIES),
        UniqueConstraint("opd_id", "aturan", "subjek"),
        Index("ix_temuan_opd_tahun_bulan", "opd_id", "tahun", "bulan"),
    )

    id: Mapped[int] = kunci()
    opd_id: Mapped[int] = reference("opd.id", "OPD.", index=False)
    tahun: Mapped[int] = kolom("Tahun pembukuan.")
    bulan: Mapped[int] = kolom("Bulan pembukuan.")
    aturan: Mapped[str] = kolom("Kunci aturan.", String(80))
    berat: Mapped[str] = kolom("info, perhatian atau salah.", String(12))
    subjek: Mapped[str] = kolom("Tentang apa, mis. transaksi:12.", String(80))
    pesan: Mapped[str] = kolom("Satu kalimat.", String(600))
    masukan: Mapped[dict[str, str]] = kolom("Yang dilihat aturan.", JSON)
    at: Mapped[datetime] = kolom("Kapan ditemukan.", Moment)
    selesai_at: Mapped[datetime | None] = kolom("Kapan selesai.", Moment, default=None)
    selesai_oleh_id: Mapped[int | None] = reference("orang.id", "Diselesaikan oleh.", default=None)
    selesai_catatan: Mapped[str] = kolom("Bagaimana selesai.", String(500), default="")
