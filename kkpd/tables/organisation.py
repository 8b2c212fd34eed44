"""The organisation: OPDs, people, users, assignments with dates, sessions and login attempts."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, BigInteger, CheckConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped

from kkpd.core.choices import (
    ASSIGNMENT_STATUSES,
    LOGIN_WAYS,
    PROPOSED,
    REMINDER_RESULTS,
    REMINDER_WAYS,
    ROLES,
)
from kkpd.core.db.columns import Base, kolom, kunci, one_of, reference
from kkpd.core.db.types import Moment


class Opd(Base):
    """A regional government unit; `induk_id` is set for a unit under another OPD."""

    __tablename__ = "opd"

    id: Mapped[int] = kunci()
    kode: Mapped[str] = kolom("Kode SKPD, mis. 1.02.0.00.0.00.01.0000.", String(40), unique=True)
    slug: Mapped[str] = kolom("Nama pendek untuk alamat web, mis. dinkes.", String(40), unique=True)
    nama: Mapped[str] = kolom("Nama resmi.", String(200))
    induk_id: Mapped[int | None] = reference("opd.id", "OPD induk bila ini unit.", default=None)
    npwp: Mapped[str | None] = kolom("NPWP OPD.", String(40), default=None)
    alamat: Mapped[str] = kolom("Alamat untuk kepala surat.", String(300), default="")
    aktif: Mapped[bool] = kolom("Masih dipakai.", default=True)


class Orang(Base):
    """A person; login, card and assignment refer to the person, never to each other."""

    __tablename__ = "orang"

    id: Mapped[int] = kunci()
    nama: Mapped[str] = kolom("Nama lengkap dengan gelar.", String(200))
    nip: Mapped[str | None] = kolom("Nomor induk pegawai.", String(30), unique=True, default=None)
    pangkat: Mapped[str] = kolom("Pangkat/golongan ruang.", String(80), default="")
    jabatan: Mapped[str] = kolom("Jabatan.", String(200), default="")
    surel: Mapped[str | None] = kolom("Alamat surel untuk pengingat.", String(200), default=None)
    opd_id: Mapped[int | None] = reference("opd.id", "OPD tempat bekerja.", default=None)
    aktif: Mapped[bool] = kolom("Masih bekerja.", default=True)


class Penugasan(Base):
    """A role of a person, in one OPD or in all (opd_id NULL), from one date to another.

    It gives nothing unless `status` is `berlaku`: proposed by one person, confirmed by another who
    is not the one who gets it. Without a proposer it was given on the machine itself.
    """

    __tablename__ = "penugasan"
    __table_args__ = (
        one_of("peran", ROLES),
        CheckConstraint("sampai IS NULL OR sampai >= mulai", name="urut_tanggal"),
        CheckConstraint(
            "atas_nama_id IS NULL OR (sampai IS NOT NULL AND length(dasar) > 0"
            " AND atas_nama_id <> orang_id)",
            name="pelimpahan",
        ),
        CheckConstraint("sub_kegiatan = '' OR peran = 'pptk'", name="sub_kegiatan"),
        one_of("status", ASSIGNMENT_STATUSES),
        CheckConstraint(
            "diusulkan_oleh_id IS NULL OR (length(dasar) > 0 AND tanggal_dasar IS NOT NULL)",
            name="dasar",
        ),
        CheckConstraint(
            "status <> 'berlaku' OR diusulkan_oleh_id IS NULL OR (diputus_oleh_id IS NOT NULL"
            " AND diputus_oleh_id <> diusulkan_oleh_id AND diputus_oleh_id <> orang_id)",
            name="dua_orang",
        ),
        CheckConstraint("status <> 'ditolak' OR length(alasan_putusan) >= 5", name="alasan"),
    )

    id: Mapped[int] = kunci()
    orang_id: Mapped[int] = reference("orang.id", "Siapa.")
    peran: Mapped[str] = kolom("Peran menurut kkpd.core.choices.PERAN.", String(20))
    opd_id: Mapped[int | None] = reference("opd.id", "Di OPD mana; kosong: semua.", default=None)
    mulai: Mapped[date] = kolom("Hari pertama berlaku.")
    sampai: Mapped[date | None] = kolom("Hari terakhir berlaku.", default=None)
    dasar: Mapped[str] = kolom("Nomor surat keputusan atau surat kuasa.", String(200), default="")
    atas_nama_id: Mapped[int | None] = reference(
        "orang.id", "Pejabat yang melimpahkan; kosong: jabatan sendiri.", default=None
    )
    sub_kegiatan: Mapped[str] = kolom(
        "Sub kegiatan PPTK; kosong: semua di OPD itu.", String(30), default=""
    )
    tanggal_dasar: Mapped[date | None] = kolom("Tanggal keputusan atau surat.", default=None)
    alasan_mundur: Mapped[str] = kolom(
        "Mengapa berlaku sebelum hari diusulkan.", String(300), default=""
    )
    status: Mapped[str] = kolom("usulan, berlaku, ditolak, ditarik.", String(10), default=PROPOSED)
    diusulkan_oleh_id: Mapped[int | None] = reference(
        "orang.id", "Pengusul; kosong: dari baris perintah.", default=None
    )
    diusulkan_at: Mapped[datetime | None] = kolom("Kapan diusulkan.", Moment, default=None)
    diputus_oleh_id: Mapped[int | None] = reference(
        "orang.id", "Yang mengonfirmasi, menolak atau menarik.", default=None
    )
    diputus_at: Mapped[datetime | None] = kolom("Kapan diputus.", Moment, default=None)
    alasan_putusan: Mapped[str] = kolom("Alasan penolakan.", String(300), default="")


class Pengguna(Base):
    """A login. `demo` logins are refused outside demo mode."""

    __tablename__ = "pengguna"

    id: Mapped[int] = kunci()
    orang_id: Mapped[int] = reference("orang.id", "Orang di balik nama masuk.", unique=True)
    nama_masuk: Mapped[str] = kolom("Nama masuk, huruf kecil.", String(80), unique=True)
    sandi_hash: Mapped[str | None] = kolom(
        "Argon2id; kosong: menunggu kode sekali pakai.", String(200), repr=False
    )
    dibuat_at: Mapped[datetime] = kolom("Kapan dibuat.", Moment)
    demo: Mapped[bool] = kolom("Hanya sah dalam mode demo.", default=False)
    aktif: Mapped[bool] = kolom("Boleh masuk.", default=True)
    bahasa: Mapped[str] = kolom("Bahasa tampilan, id atau en.", String(5), default="id")
    ganti_sandi: Mapped[bool] = kolom("Kata sandi wajib diganti saat masuk.", default=False)


class Sesi(Base):
    """A server-side login session; only the hash of its token is kept."""

    __tablename__ = "sesi"
    __table_args__ = (one_of("cara", LOGIN_WAYS),)

    id: Mapped[int] = kunci()
    token_hash: Mapped[str] = kolom("SHA-256 token sesi.", String(64), unique=True, repr=False)
    pengguna_id: Mapped[int] = reference("pengguna.id", "Milik siapa.")
    dibuat_at: Mapped[datetime] = kolom("Awal batas mutlak.", Moment)
    terlihat_at: Mapped[datetime] = kolom("Awal batas diam.", Moment)
    dicabut_at: Mapped[datetime | None] = kolom("Keluar atau dicabut.", Moment, default=None)
    cara: Mapped[str] = kolom("Dengan apa dibuka.", String(20), default="sandi")
    alamat: Mapped[str] = kolom("Alamat asal saat masuk.", String(45), default="")
    peramban: Mapped[str] = kolom("Peramban saat masuk, diringkas.", String(60), default="")
    token_penyedia: Mapped[str | None] = kolom(
        "Token identitas penyedia, disandikan; hilang saat sesi diakhiri.",
        Text,
        default=None,
        repr=False,
    )


class PercobaanMasuk(Base):
    """A login attempt, kept to limit guessing."""

    __tablename__ = "percobaan_masuk"
    __table_args__ = (Index("ix_percobaan_masuk_kunci_at", "kunci", "at"),)

    id: Mapped[int] = kunci()
    kunci: Mapped[str] = kolom("SHA-256 dari yang dihitung: akun, alamat, perangkat.", String(64))
    at: Mapped[datetime] = kolom("Kapan.", Moment)
    berhasil: Mapped[bool] = kolom("Diterima.", default=False)


class Pemakaian(Base):
    """An act that counts against a quota, of a person or of an OPD; kept for a day."""

    __tablename__ = "pemakaian"
    __table_args__ = (Index("ix_pemakaian_kunci_jenis_at", "kunci", "jenis", "at"),)

    id: Mapped[int] = kunci()
    kunci: Mapped[str] = kolom("Milik siapa: `orang:<id>` atau `opd:<id>`.", String(40))
    jenis: Mapped[str] = kolom("Jenis tindakan.", String(10))
    at: Mapped[datetime] = kolom("Kapan.", Moment)
    ukuran: Mapped[int] = kolom("Bita yang dikirim.", BigInteger, default=0)


class Pengingat(Base):
    """One mail of reminders to a person on a day, or the note that it could not be sent.

    `mulai` is written before the mail is sent and lists its items, so each item is sent once a day
    even when two runs overlap. A `gagal` row with the same number releases them again.
    """

    __tablename__ = "pengingat"
    __table_args__ = (
        one_of("hasil", REMINDER_RESULTS),
        one_of("cara", REMINDER_WAYS),
        UniqueConstraint("orang_id", "tanggal", "ke", "hasil"),
        CheckConstraint("ke > 0", name="ke"),
    )

    id: Mapped[int] = kunci()
    orang_id: Mapped[int] = reference("orang.id", "Siapa yang diingatkan.", index=False)
    tanggal: Mapped[date] = kolom("Hari kerjanya.")
    ke: Mapped[int] = kolom("Surat ke berapa hari itu, mulai 1.")
    hasil: Mapped[str] = kolom("mulai atau gagal.", String(10))
    cara: Mapped[str] = kolom("smtp atau kotak (folder surat).", String(10))
    butir: Mapped[list[str]] = kolom("Tanda hal yang disebut.", JSON)
    at: Mapped[datetime] = kolom("Kapan.", Moment)
    sebab: Mapped[str] = kolom("Mengapa tidak terkirim.", String(200), default="")


class Program(Base):
    """A smart-city programme that purchases can carry."""

    __tablename__ = "program"
    __table_args__ = (UniqueConstraint("opd_id", "nama"),)

    id: Mapped[int] = kunci()
    opd_id: Mapped[int] = reference("opd.id", "OPD penanggung jawab.")
    nama: Mapped[str] = kolom("Nama program, mis. Patogen.", String(120))
    dimensi: Mapped[str] = kolom("Dimensi smart city, mis. smart living.", String(60))
    uraian: Mapped[str] = kolom("Satu kalimat tentang program.", String(300), default="")
