"""Cases: what somebody must answer for, the facts it is about, and every step until its outcome."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped

from kkpd.core.choices import (
    BPK_STATUSES,
    CASE_OUTCOMES,
    CASE_STATUSES,
    CASE_STEPS,
    FINDING_SEVERITIES,
)
from kkpd.core.db.columns import Base, kolom, kunci, one_of, reference
from kkpd.core.db.types import Moment, Sen
from kkpd.core.money import Rupiah

_OPEN = text("status <> 'selesai'")


class Case(Base):
    """One cause that somebody must answer for; at most one case of a cause is open at a time."""

    __tablename__ = "kasus"
    __table_args__ = (
        one_of("status", CASE_STATUSES),
        one_of("berat", FINDING_SEVERITIES),
        one_of("hasil", CASE_OUTCOMES, nullable=True),
        one_of("status_bpk", BPK_STATUSES),
        CheckConstraint("bulan BETWEEN 1 AND 12", name="bulan"),
        CheckConstraint("(status = 'selesai') = (ditutup_at IS NOT NULL)", name="ditutup"),
        CheckConstraint("hasil IS NULL OR ditutup_oleh_id IS NOT NULL", name="hasil_orang"),
        CheckConstraint("ditutup_oleh_id <> pemilik_id", name="bukan_pemilik"),
        Index(
            "uq_kasus_sebab_terbuka",
            "opd_id",
            "sebab",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index("ix_kasus_opd_tahun_bulan", "opd_id", "tahun", "bulan"),
        Index("ix_kasus_status_opd", "status", "opd_id"),
    )

    id: Mapped[int] = kunci()
    opd_id: Mapped[int] = reference("opd.id", "OPD yang menindaklanjuti.", index=False)
    tahun: Mapped[int] = kolom("Tahun pembukuan yang pertama dikenai.")
    bulan: Mapped[int] = kolom("Bulan pembukuan yang pertama dikenai.")
    sebab: Mapped[str] = kolom("Yang menyatukan butirnya, mis. kartu:7/judi.", String(200))
    aturan: Mapped[str] = kolom("Aturan terkuat.", String(80))
    berat: Mapped[str] = kolom("info, perhatian atau salah.", String(12))
    nilai: Mapped[Rupiah] = kolom("Uang yang dikenai.", Sen)
    dibuka_at: Mapped[datetime] = kolom("Kapan dibuka.", Moment)
    jatuh_tempo: Mapped[date] = kolom("Hari terakhir menjawab.")
    status: Mapped[str] = kolom("terbuka, dijawab atau selesai.", String(10))
    status_bpk: Mapped[str] = kolom("Status tindak lanjut menurut BPK.", String(30))
    pemilik_id: Mapped[int | None] = reference(
        "orang.id", "Yang harus menjawab; kosong: pejabatnya belum ada.", default=None
    )
    hasil: Mapped[str | None] = kolom("Hasil menurut inspektorat.", String(30), default=None)
    ditutup_at: Mapped[datetime | None] = kolom("Kapan selesai.", Moment, default=None)
    ditutup_oleh_id: Mapped[int | None] = reference(
        "orang.id", "Yang memutuskan; kosong: selesai dengan sendirinya.", default=None
    )
    versi: Mapped[int] = kolom("Berubah pada setiap langkah.", default=1)


class CaseItem(Base):
    """One fact of a case: which rule saw what about which line, purchase or paper."""

    __tablename__ = "kasus_butir"
    __table_args__ = (
        one_of("berat", FINDING_SEVERITIES),
        UniqueConstraint("kasus_id", "aturan", "subjek"),
        Index("ix_kasus_butir_opd_subjek", "opd_id", "subjek"),
    )

    id: Mapped[int] = kunci()
    opd_id: Mapped[int] = reference("opd.id", "OPD.", index=False)
    kasus_id: Mapped[int] = reference("kasus.id", "Kasusnya.", index=False)
    aturan: Mapped[str] = kolom("Kunci aturan.", String(80))
    berat: Mapped[str] = kolom("info, perhatian atau salah.", String(12))
    subjek: Mapped[str] = kolom("Tentang apa, mis. baris_bank:12 atau transaksi:12.", String(200))
    nilai: Mapped[Rupiah] = kolom("Nilai yang dikenai.", Sen)
    bukti: Mapped[dict[str, str]] = kolom("Yang dilihat aturan.", JSON)
    pesan: Mapped[str] = kolom("Satu kalimat.", String(600))
    jernih: Mapped[str] = kolom("Yang menjernihkannya.", String(400))
    dasar: Mapped[str] = kolom("Dasar hukum aturan.", String(300))
    at: Mapped[datetime] = kolom("Kapan ditemukan.", Moment)


class CaseStep(Base):
    """One step of a case: opened, answered, decided, opened again, said. Never changed."""

    __tablename__ = "kasus_langkah"
    __table_args__ = (
        one_of("jenis", CASE_STEPS),
        CheckConstraint(
            "jenis NOT IN ('jawab', 'putus', 'kembalikan', 'buka_lagi', 'komentar')"
            " OR length(isi) >= 5",
            name="isi",
        ),
        Index("ix_kasus_langkah_kasus", "kasus_id", "id"),
    )

    id: Mapped[int] = kunci()
    opd_id: Mapped[int] = reference("opd.id", "OPD.")
    kasus_id: Mapped[int] = reference("kasus.id", "Kasusnya.", index=False)
    jenis: Mapped[str] = kolom("Langkah apa.", String(12))
    isi: Mapped[str] = kolom("Yang dikatakan.", String(1000))
    at: Mapped[datetime] = kolom("Kapan.", Moment)
    oleh_id: Mapped[int | None] = reference("orang.id", "Oleh siapa; kosong: aturan.", default=None)
    nilai_baru: Mapped[str] = kolom(
        "Hasil, status BPK, pemilik baru, atau benih pengambilan acak.", String(80), default=""
    )
    berkas_id: Mapped[int | None] = reference("berkas.id", "Bukti yang dilampirkan.", default=None)
