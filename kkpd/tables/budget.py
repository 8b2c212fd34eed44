"""What may be spent: reference codes, DPA versions, UP decisions, ceilings and dated settings."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped

from kkpd.core.choices import (
    CEILING_KINDS,
    DPA_VERSIONS,
    MOVEMENT,
    PLAN_KINDS,
    UP_KINDS,
    UP_REASONS,
    Kind,
)
from kkpd.core.db.columns import Base, kolom, kunci, one_of, reference
from kkpd.core.db.types import Moment, Sen
from kkpd.core.money import ZERO, Rupiah


class Rekening(Base):
    """An account code of a year's official table; never hard-coded, loaded per year."""

    __tablename__ = "rekening"

    tahun: Mapped[int] = kolom("Tahun berlaku.", primary_key=True, autoincrement=False)
    kode: Mapped[str] = kolom("Kode enam tingkat, 5.1.02.01.01.0024.", String(20), primary_key=True)
    nama: Mapped[str] = kolom("Nama resmi.", String(300))
    deskripsi: Mapped[str] = kolom("Untuk mencatat apa.", default="")


class SubKegiatan(Base):
    """A sub kegiatan of a year."""

    __tablename__ = "sub_kegiatan"

    tahun: Mapped[int] = kolom("Tahun berlaku.", primary_key=True, autoincrement=False)
    kode: Mapped[str] = kolom("Kode, 1.02.02.2.02.0010.", String(30), primary_key=True)
    nama: Mapped[str] = kolom("Nama resmi.", String(400))


class Dpa(Base):
    """One version of an OPD's budget document."""

    __tablename__ = "dpa"
    __table_args__ = (one_of("versi", DPA_VERSIONS), UniqueConstraint("opd_id", "tahun", "urut"))

    id: Mapped[int] = kunci()
    opd_id: Mapped[int] = reference("opd.id", "OPD pemilik.")
    tahun: Mapped[int] = kolom("Tahun anggaran.")
    urut: Mapped[int] = kolom("1 untuk murni, lalu bertambah.")
    versi: Mapped[str] = kolom("murni, pergeseran atau perubahan.", String(20))
    nomor: Mapped[str] = kolom("Nomor DPA.", String(120))
    tanggal: Mapped[date] = kolom("Tanggal DPA.")
    keputusan: Mapped[str] = kolom(
        "Keputusan yang membolehkan pagu di bawah yang terpakai.", String(300), default=""
    )


class DpaBaris(Base):
    """One line of a DPA: the budget of one account in one sub kegiatan from one fund source."""

    __tablename__ = "dpa_baris"
    __table_args__ = (
        UniqueConstraint("dpa_id", "sub_kegiatan", "rekening", "sumber_dana"),
        CheckConstraint("pagu >= 0", name="pagu"),
    )

    id: Mapped[int] = kunci()
    dpa_id: Mapped[int] = reference("dpa.id", "Versi DPA.")
    opd_id: Mapped[int] = reference("opd.id", "OPD pemilik.")
    tahun: Mapped[int] = kolom("Tahun anggaran.")
    sub_kegiatan: Mapped[str] = kolom("Kode sub kegiatan.", String(30))
    rekening: Mapped[str] = kolom("Kode rekening tingkat 6.", String(20))
    sumber_dana: Mapped[str] = kolom("Sumber dana.", String(80))
    pagu: Mapped[Rupiah] = kolom("Pagu.", Sen)


class RencanaDana(Base):
    """One SPD, or one version of the anggaran kas: what may be spent in which month.

    SPDs add up; for the anggaran kas the newest version is valid.
    """

    __tablename__ = "rencana_dana"
    __table_args__ = (
        one_of("jenis", PLAN_KINDS),
        UniqueConstraint("opd_id", "tahun", "jenis", "urut"),
        UniqueConstraint("opd_id", "tahun", "jenis", "nomor"),
    )

    id: Mapped[int] = kunci()
    opd_id: Mapped[int] = reference("opd.id", "OPD pemilik.")
    tahun: Mapped[int] = kolom("Tahun anggaran.")
    jenis: Mapped[str] = kolom("spd atau kas.", String(10))
    urut: Mapped[int] = kolom("Urutan pemuatan, mulai 1.")
    nomor: Mapped[str] = kolom("Nomor SPD atau anggaran kas.", String(120))
    tanggal: Mapped[date] = kolom("Tanggal dokumen.")
    dicatat_at: Mapped[datetime] = kolom("Kapan dimuat.", Moment)
    oleh_id: Mapped[int] = reference("orang.id", "Dimuat oleh.")
    sha256: Mapped[str] = kolom("SHA-256 berkas asalnya.", String(64), default="")


class RencanaDanaBaris(Base):
    """An amount for a sub kegiatan (and account, where the document has that detail) in a month."""

    __tablename__ = "rencana_dana_baris"
    __table_args__ = (
        UniqueConstraint("rencana_id", "sub_kegiatan", "rekening", "bulan"),
        CheckConstraint("nilai >= 0", name="nilai"),
        CheckConstraint("bulan BETWEEN 1 AND 12", name="bulan"),
        Index("ix_rencana_dana_baris_isi", "opd_id", "tahun", "sub_kegiatan", "rekening"),
    )

    id: Mapped[int] = kunci()
    rencana_id: Mapped[int] = reference("rencana_dana.id", "Dokumennya.", index=False)
    opd_id: Mapped[int] = reference("opd.id", "OPD pemilik.", index=False)
    tahun: Mapped[int] = kolom("Tahun anggaran.")
    bulan: Mapped[int] = kolom("Bulan tersedianya.")
    sub_kegiatan: Mapped[str] = kolom("Kode sub kegiatan.", String(30))
    rekening: Mapped[str] = kolom("Kode rekening; kosong: seluruh sub kegiatan.", String(20))
    nilai: Mapped[Rupiah] = kolom("Nilai.", Sen)


class UpKeputusan(Base):
    """A decision on an OPD's UP and its card share, or on extra UP (TUP); valid from a date on.

    The newest UP decision in force is valid; every TUP adds to it during its days (kkpd.md 1.5,
    1.12).
    """

    __tablename__ = "up_keputusan"
    __table_args__ = (
        one_of("jenis", UP_KINDS),
        CheckConstraint("up_kkpd >= 0 AND up_kkpd <= up", name="bagian"),
        CheckConstraint("(jenis = 'tup') = (sampai IS NOT NULL)", name="tup_sampai"),
        CheckConstraint("sampai IS NULL OR sampai >= mulai", name="urut_tanggal"),
    )

    id: Mapped[int] = kunci()
    opd_id: Mapped[int] = reference("opd.id", "OPD penerima.")
    tahun: Mapped[int] = kolom("Tahun anggaran.")
    nomor: Mapped[str] = kolom("Nomor keputusan.", String(120))
    mulai: Mapped[date] = kolom("Berlaku sejak.")
    up: Mapped[Rupiah] = kolom("Uang persediaan seluruhnya.", Sen)
    up_kkpd: Mapped[Rupiah] = kolom("Bagian yang memakai kartu.", Sen)
    dasar_hukum: Mapped[str] = kolom("Dasar hukum.", String(300))
    dicatat_at: Mapped[datetime] = kolom("Kapan dicatat.", Moment)
    oleh_id: Mapped[int] = reference("orang.id", "Dicatat oleh.")
    jenis: Mapped[str] = kolom("up atau tup.", String(5), default="up")
    sampai: Mapped[date | None] = kolom("Hari terakhir TUP.", default=None)
    usulan_id: Mapped[int | None] = reference("up_usulan.id", "Usulan yang dijawab.", default=None)


class UpUsulan(Base):
    """A request to change an OPD's UP KKPD (Pasal 5 huruf d, Pasal 6 huruf a), answered once."""

    __tablename__ = "up_usulan"
    __table_args__ = (
        one_of("alasan", UP_REASONS),
        CheckConstraint("up_kkpd >= 0", name="up_kkpd"),
        CheckConstraint("(ditolak_at IS NULL) = (ditolak_oleh_id IS NULL)", name="ditolak"),
    )

    id: Mapped[int] = kunci()
    opd_id: Mapped[int] = reference("opd.id", "OPD pengusul.")
    tahun: Mapped[int] = kolom("Tahun anggaran.")
    alasan: Mapped[str] = kolom("Alasan dari daftar.", String(30))
    uraian: Mapped[str] = kolom("Penjelasan dan perhitungannya.", String(600))
    up_kkpd: Mapped[Rupiah] = kolom("UP KKPD yang diminta.", Sen)
    at: Mapped[datetime] = kolom("Kapan diusulkan.", Moment)
    oleh_id: Mapped[int] = reference("orang.id", "Pengusul.")
    ditolak_at: Mapped[datetime | None] = kolom("Kapan ditolak.", Moment, default=None)
    ditolak_oleh_id: Mapped[int | None] = reference("orang.id", "Ditolak oleh.", default=None)
    ditolak_alasan: Mapped[str] = kolom("Mengapa ditolak.", String(600), default="")


class Ceiling(Base):
    """A ceiling (law 6): reserved plus posted never exceed the limit; a CHECK holds it.

    `kunci` names the thing: "sub_kegiatan|rekening|sumber_dana" for dpa, "UP" for up_kkpd, the
    card's token for kartu, the payee's name in normal form for penerima, "sub_kegiatan|rekening|03"
    (the month) or "...|sd03" (up to the month) for spd and kas.
    """

    __tablename__ = "ceiling"
    __table_args__ = (
        one_of("jenis", CEILING_KINDS),
        UniqueConstraint("opd_id", "tahun", "jenis", "kunci"),
        CheckConstraint("posted >= 0", name="tidak_negatif"),
        CheckConstraint('reserved + posted <= "limit"', name="tidak_lewat"),
        CheckConstraint('sasaran IS NULL OR sasaran < "limit"', name="sasaran"),
    )

    id: Mapped[int] = kunci()
    opd_id: Mapped[int] = reference("opd.id", "OPD pemilik.")
    tahun: Mapped[int] = kolom("Tahun anggaran.")
    jenis: Mapped[str] = kolom("dpa, spd, kas, up_kkpd, kartu atau penerima.", String(20))
    kunci: Mapped[str] = kolom("Yang dibatasi.", String(200))
    limit: Mapped[Rupiah] = kolom("Batas.", Sen)
    reserved: Mapped[Rupiah] = kolom("Dipesan, jumlah dari gerakannya.", Sen, default=ZERO)
    posted: Mapped[Rupiah] = kolom("Terpakai, jumlah dari gerakannya.", Sen, default=ZERO)
    sasaran: Mapped[Rupiah | None] = kolom(
        "Batas menurut keputusan, bila yang terpakai masih di atasnya; batas turun ke sini.",
        Sen,
        default=None,
    )


class CeilingMovement(Base):
    """One movement on a ceiling; the ceiling's two sums can be recounted from these at any time.

    Indexed by ceiling and by purchase only; another index would slow down every movement.
    """

    __tablename__ = "ceiling_movement"
    __table_args__ = (
        one_of("kind", MOVEMENT),
        CheckConstraint("amount > 0", name="amount"),
        Index("ix_ceiling_movement_transaksi", "transaksi_id", "ceiling_id"),
    )

    id: Mapped[int] = kunci()
    ceiling_id: Mapped[int] = reference("ceiling.id", "Batas yang bergerak.")
    opd_id: Mapped[int] = reference("opd.id", "OPD pemilik.", index=False)
    tahun: Mapped[int] = kolom("Tahun anggaran.")
    transaksi_id: Mapped[int] = kolom("Belanja penyebabnya.")
    kind: Mapped[Kind] = kolom("reserve, post, void atau restore.", String(10))
    amount: Mapped[Rupiah] = kolom("Nilai gerakan.", Sen)
    at: Mapped[datetime] = kolom("Kapan.", Moment)
    oleh_id: Mapped[int] = reference("orang.id", "Oleh siapa.", index=False)


class Setelan(Base):
    """A dated setting with its legal basis (law 15); a change is a new row, never an edit."""

    __tablename__ = "setelan"
    __table_args__ = (Index("ix_setelan_kunci_mulai", "kunci", "mulai"),)

    id: Mapped[int] = kunci()
    kunci: Mapped[str] = kolom("Nama setelan, mis. share_up_kkpd.", String(60))
    nilai: Mapped[str | None] = kolom("Nilai; kosong berarti tidak diperiksa.", String(200))
    mulai: Mapped[date] = kolom("Berlaku sejak.")
    dasar_hukum: Mapped[str] = kolom("Dasar hukum.", String(300))
    dicatat_at: Mapped[datetime] = kolom("Kapan dicatat.", Moment)
    dicatat_oleh_id: Mapped[int | None] = reference("orang.id", "Oleh siapa.", default=None)
    opd_id: Mapped[int | None] = reference(
        "opd.id", "Khusus satu OPD; kosong: semua.", default=None
    )
