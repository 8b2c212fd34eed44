"""Purchases as people log them, their evidence, their class, and their links with bank lines."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped

from kkpd.core.choices import (
    CHANNELS,
    DIFFERENCE_KINDS,
    KELAS,
    LINK_KINDS,
    LINK_STATUSES,
    PPH,
    PURCHASE_STATUSES,
    TAX_COLLECTORS,
)
from kkpd.core.db.columns import Base, kolom, kunci, one_of, reference
from kkpd.core.db.types import Moment, Sen
from kkpd.core.money import ZERO, Rupiah


class Transaksi(Base):
    """A purchase line: one thing bought, charged to one account. A mixed receipt is several lines
    with the same `nota`. Frozen once it is on a DPR (trigger); a correction is a new line.
    """

    __tablename__ = "transaksi"
    __table_args__ = (
        one_of("status", PURCHASE_STATUSES),
        one_of("kelas", KELAS),
        one_of("kanal", CHANNELS),
        one_of("pemungut", TAX_COLLECTORS),
        one_of("pph_jenis", PPH, nullable=True),
        CheckConstraint("bulan BETWEEN 1 AND 12", name="bulan"),
        CheckConstraint("nilai <> 0", name="nilai"),
        CheckConstraint("ppn >= 0 AND pbjt >= 0 AND pph >= 0", name="pajak"),
        UniqueConstraint("id", "perekam_id", "pemegang_id"),  # target of the approvals' foreign key
        UniqueConstraint("opd_id", "kunci_kirim"),
        Index("ix_transaksi_opd_tahun_bulan", "opd_id", "tahun", "bulan", "status"),
    )

    id: Mapped[int] = kunci()
    opd_id: Mapped[int] = reference("opd.id", "OPD pembeli.", index=False)
    tahun: Mapped[int] = kolom("Tahun pembukuan.")
    bulan: Mapped[int] = kolom("Bulan pembukuan.")
    kartu_id: Mapped[int] = reference("kartu.id", "Kartu yang dipakai.")
    pemegang_id: Mapped[int] = reference("orang.id", "Pemegang KKPD.")
    pemakai_id: Mapped[int] = reference(
        "orang.id", "Pelaksana kuasa pengguna atau pemegang sendiri."
    )
    perekam_id: Mapped[int] = reference("orang.id", "Yang mencatat.")
    tanggal: Mapped[date] = kolom("Tanggal transaksi.")
    merchant: Mapped[str] = kolom("Penyedia.", String(200))
    uraian: Mapped[str] = kolom("Untuk apa.", String(500))
    sub_kegiatan: Mapped[str] = kolom("Kode sub kegiatan.", String(30))
    rekening: Mapped[str] = kolom("Kode rekening tingkat 6.", String(20))
    sumber_dana: Mapped[str] = kolom("Sumber dana.", String(80))
    nilai: Mapped[Rupiah] = kolom("Nilai; negatif untuk pengembalian.", Sen)
    kanal: Mapped[str] = kolom("Saluran pembelian.", String(20))
    dicatat_at: Mapped[datetime] = kolom("Kapan dicatat.", Moment)
    kunci_kirim: Mapped[str] = kolom(
        "Penanda formulir: klik kedua bukan belanja kedua.", String(64)
    )
    status: Mapped[str] = kolom("Keadaan dalam rantai.", String(20), default="tercatat")
    versi: Mapped[int] = kolom("Naik setiap perubahan; menangkal simpan bertabrakan.", default=1)
    kelas: Mapped[str] = kolom("operasi, modal atau ragu.", String(10), default="ragu")
    satuan: Mapped[str] = kolom("Satuan barang.", String(40), default="")
    volume: Mapped[int | None] = kolom("Banyaknya.", default=None)
    harga_satuan: Mapped[Rupiah | None] = kolom("Harga satuan.", Sen, default=None)
    nota: Mapped[str] = kolom("Nomor nota atau bukti.", String(120), default="")
    penjual_npwp: Mapped[str] = kolom("NPWP atau NIK penjual.", String(40), default="")
    dpp: Mapped[Rupiah] = kolom("Dasar pengenaan pajak.", Sen, default=ZERO)
    ppn: Mapped[Rupiah] = kolom("PPN.", Sen, default=ZERO)
    pbjt: Mapped[Rupiah] = kolom("Pajak barang dan jasa tertentu.", Sen, default=ZERO)
    pph_jenis: Mapped[str | None] = kolom("Jenis PPh.", String(10), default=None)
    pph: Mapped[Rupiah] = kolom("PPh.", Sen, default=ZERO)
    pemungut: Mapped[str] = kolom("Yang memungut pajak.", String(20), default="tidak_ada")
    bukti_pajak: Mapped[str] = kolom("Nomor faktur, bupot atau NTPN.", String(80), default="")
    pdn_umk: Mapped[bool] = kolom(
        "Produk dalam negeri dari usaha mikro, kecil atau koperasi (batas penerima).", default=False
    )
    program_id: Mapped[int | None] = reference("program.id", "Program smart city.", default=None)
    asal_id: Mapped[int | None] = reference(
        "transaksi.id", "Belanja asal pengembalian.", default=None
    )


class Bukti(Base):
    """A file of evidence of a purchase. A wrong one is withdrawn by `dicabut_at`, never deleted."""

    __tablename__ = "bukti"
    __table_args__ = (
        CheckConstraint("(dicabut_at IS NULL) = (dicabut_oleh_id IS NULL)", name="dicabut"),
        Index(
            "uq_bukti_hidup",
            "transaksi_id",
            "berkas_id",
            unique=True,
            sqlite_where=text("dicabut_at IS NULL"),
            postgresql_where=text("dicabut_at IS NULL"),
        ),
    )

    id: Mapped[int] = kunci()
    opd_id: Mapped[int] = reference("opd.id", "OPD pembeli.")
    transaksi_id: Mapped[int] = reference("transaksi.id", "Belanja.")
    berkas_id: Mapped[int] = reference("berkas.id", "Berkas.")
    at: Mapped[datetime] = kolom("Kapan dilampirkan.", Moment)
    oleh_id: Mapped[int] = reference("orang.id", "Oleh siapa.")
    jenis: Mapped[str] = kolom("nota, faktur, bast, foto atau lain.", String(20), default="nota")
    dicabut_at: Mapped[datetime | None] = kolom("Kapan dicabut.", Moment, default=None)
    dicabut_oleh_id: Mapped[int | None] = reference("orang.id", "Dicabut oleh.", default=None)


class BuktiMasuk(Base):
    """A file of evidence that waits for its purchase. It ends attached, or discarded with a reason;
    its bytes stay.
    """

    __tablename__ = "bukti_masuk"
    __table_args__ = (
        CheckConstraint("(selesai_at IS NULL) = (selesai_oleh_id IS NULL)", name="selesai"),
        CheckConstraint(
            "(selesai_at IS NOT NULL) = (transaksi_id IS NOT NULL OR length(alasan) >= 5)",
            name="akhir",
        ),
        Index(
            "uq_bukti_masuk_menunggu",
            "berkas_id",
            unique=True,
            sqlite_where=text("selesai_at IS NULL"),
            postgresql_where=text("selesai_at IS NULL"),
        ),
    )

    id: Mapped[int] = kunci()
    opd_id: Mapped[int] = reference("opd.id", "OPD.")
    berkas_id: Mapped[int] = reference("berkas.id", "Berkas.", index=False)
    pemilik_id: Mapped[int] = reference("orang.id", "Yang harus melampirkannya.")
    at: Mapped[datetime] = kolom("Kapan masuk.", Moment)
    oleh_id: Mapped[int] = reference("orang.id", "Oleh siapa.")
    teks: Mapped[str] = kolom("Kata-kata di dalamnya, tanpa nomor kartu.", String(4000), default="")
    difoto: Mapped[date | None] = kolom("Hari foto dibuat menurut kameranya.", default=None)
    transaksi_id: Mapped[int | None] = reference("transaksi.id", "Belanjanya.", default=None)
    alasan: Mapped[str] = kolom("Mengapa dibuang.", String(300), default="")
    selesai_at: Mapped[datetime | None] = kolom(
        "Kapan dilampirkan atau dibuang.", Moment, default=None
    )
    selesai_oleh_id: Mapped[int | None] = reference("orang.id", "Oleh siapa.", default=None)


class PutusanKelas(Base):
    """One decision on a purchase's class, by the engine (oleh_id NULL) or by a person."""

    __tablename__ = "putusan_kelas"
    __table_args__ = (one_of("kelas", KELAS),)

    id: Mapped[int] = kunci()
    opd_id: Mapped[int] = reference("opd.id", "OPD pembeli.")
    transaksi_id: Mapped[int] = reference("transaksi.id", "Belanja.")
    kelas: Mapped[str] = kolom("operasi, modal atau ragu.", String(10))
    keyakinan: Mapped[int] = kolom("Keyakinan dalam perseribu.")
    aturan: Mapped[str] = kolom("Kunci aturan.", String(80))
    alasan: Mapped[str] = kolom("Alasan dalam satu kalimat.", String(600))
    yang_mengubah: Mapped[str] = kolom("Apa yang akan mengubahnya.", String(600))
    bukti: Mapped[list[dict[str, str]]] = kolom("Bagian tiap tanda dan rekening usul.", JSON)
    at: Mapped[datetime] = kolom("Kapan.", Moment)
    oleh_id: Mapped[int | None] = reference("orang.id", "Orang yang memutuskan.", default=None)


class IngatanKelas(Base):
    """What people of an OPD confirmed about an item or a merchant: visible, dated, revocable."""

    __tablename__ = "ingatan_kelas"
    __table_args__ = (
        CheckConstraint("kelas IN ('operasi', 'modal')", name="kelas"),
        CheckConstraint("(dicabut_at IS NULL) = (dicabut_oleh_id IS NULL)", name="dicabut"),
        Index(
            "uq_ingatan_kelas_hidup",
            "opd_id",
            "kunci",
            unique=True,
            sqlite_where=text("dicabut_at IS NULL"),
            postgresql_where=text("dicabut_at IS NULL"),
        ),
    )

    id: Mapped[int] = kunci()
    opd_id: Mapped[int] = reference("opd.id", "OPD yang mengingat.")
    kunci: Mapped[str] = kolom("Kunci barang atau merchant.", String(300))
    kelas: Mapped[str] = kolom("operasi atau modal.", String(10))
    rekening: Mapped[str] = kolom("Rekening yang dipakai saat itu.", String(20))
    putusan_id: Mapped[int] = reference("putusan_kelas.id", "Putusan orang yang diingat.")
    at: Mapped[datetime] = kolom("Kapan.", Moment)
    oleh_id: Mapped[int] = reference("orang.id", "Oleh siapa.")
    dicabut_at: Mapped[datetime | None] = kolom("Kapan dicabut.", Moment, default=None)
    dicabut_oleh_id: Mapped[int | None] = reference("orang.id", "Dicabut oleh.", default=None)


class Cocok(Base):
    """A link between a bank line and a purchase. Undone by setting `dicabut_at`, never deleted."""

    __tablename__ = "cocok"
    __table_args__ = (
        one_of("jenis", LINK_KINDS),
        one_of("status", LINK_STATUSES),
        CheckConstraint("(dicabut_at IS NULL) = (dicabut_oleh_id IS NULL)", name="dicabut"),
        Index(
            "uq_cocok_hidup",
            "baris_bank_id",
            "transaksi_id",
            unique=True,
            sqlite_where=text("dicabut_at IS NULL"),
            postgresql_where=text("dicabut_at IS NULL"),
        ),
    )

    id: Mapped[int] = kunci()
    opd_id: Mapped[int] = reference("opd.id", "OPD.")
    baris_bank_id: Mapped[int] = reference("baris_bank.id", "Baris bank.")
    transaksi_id: Mapped[int] = reference("transaksi.id", "Belanja.")
    nilai: Mapped[Rupiah] = kolom("Bagian belanja yang ditutup baris ini.", Sen)
    jenis: Mapped[str] = kolom("satu, pecah, gabung atau refund.", String(10))
    status: Mapped[str] = kolom("pasti (mesin) atau dipilih (orang).", String(10))
    peluang: Mapped[int] = kolom("Peluang benar dalam persepuluhribu.")
    alasan: Mapped[list[dict[str, str]]] = kolom("Tanda dan bobotnya.", JSON)
    at: Mapped[datetime] = kolom("Kapan.", Moment)
    oleh_id: Mapped[int] = reference("orang.id", "Oleh siapa.")
    dicabut_at: Mapped[datetime | None] = kolom("Kapan diurungkan.", Moment, default=None)
    dicabut_oleh_id: Mapped[int | None] = reference("orang.id", "Diurungkan oleh.", default=None)


class Selisih(Base):
    """A named difference with an owner, on a bank line or on a purchase."""

    __tablename__ = "selisih"
    __table_args__ = (
        one_of("jenis", DIFFERENCE_KINDS),
        CheckConstraint("baris_bank_id IS NOT NULL OR transaksi_id IS NOT NULL", name="tentang"),
        CheckConstraint("(dicabut_at IS NULL) = (dicabut_oleh_id IS NULL)", name="dicabut"),
    )

    id: Mapped[int] = kunci()
    opd_id: Mapped[int] = reference("opd.id", "OPD.")
    tahun: Mapped[int] = kolom("Tahun pembukuan.")
    bulan: Mapped[int] = kolom("Bulan pembukuan.")
    jenis: Mapped[str] = kolom("Jenis selisih.", String(20))
    nilai: Mapped[Rupiah] = kolom("Nilai yang dijelaskan.", Sen)
    catatan: Mapped[str] = kolom("Penjelasan orang.", String(500))
    at: Mapped[datetime] = kolom("Kapan.", Moment)
    oleh_id: Mapped[int] = reference("orang.id", "Oleh siapa.")
    pemilik_id: Mapped[int] = reference("orang.id", "Yang harus menyelesaikan.")
    jatuh_tempo: Mapped[date | None] = kolom("Selesai paling lambat.", default=None)
    baris_bank_id: Mapped[int | None] = reference("baris_bank.id", "Baris bank.", default=None)
    transaksi_id: Mapped[int | None] = reference("transaksi.id", "Belanja.", default=None)
    dicabut_at: Mapped[datetime | None] = kolom("Kapan diurungkan.", Moment, default=None)
    dicabut_oleh_id: Mapped[int | None] = reference("orang.id", "Diurungkan oleh.", default=None)


class AturanCocok(Base):
    """A rule for a bank text: on this card it means that payee, charged to that account.

    Visible, dated, revocable. A declined proposal is a row that is revoked from the start.
    """

    __tablename__ = "aturan_cocok"
    __table_args__ = (
        CheckConstraint("(dicabut_at IS NULL) = (dicabut_oleh_id IS NULL)", name="dicabut"),
        Index(
            "uq_aturan_cocok_hidup",
            "opd_id",
            "kartu_id",
            "kunci",
            unique=True,
            sqlite_where=text("dicabut_at IS NULL"),
            postgresql_where=text("dicabut_at IS NULL"),
        ),
    )

    id: Mapped[int] = kunci()
    opd_id: Mapped[int] = reference("opd.id", "OPD pembuat.", index=False)
    kartu_id: Mapped[int] = reference("kartu.id", "Kartu yang berlaku.", index=False)
    kunci: Mapped[str] = kolom("Teks merchant dalam bentuk bakunya.", String(200))
    teks: Mapped[str] = kolom("Teks merchant seperti ditulis bank.", String(200))
    penerima: Mapped[str] = kolom("Penyedia yang dimaksud.", String(200))
    sub_kegiatan: Mapped[str] = kolom("Kode sub kegiatan.", String(30))
    rekening: Mapped[str] = kolom("Kode rekening tingkat 6.", String(20))
    at: Mapped[datetime] = kolom("Kapan.", Moment)
    oleh_id: Mapped[int] = reference("orang.id", "Oleh siapa.")
    dicabut_at: Mapped[datetime | None] = kolom("Kapan dicabut.", Moment, default=None)
    dicabut_oleh_id: Mapped[int | None] = reference("orang.id", "Dicabut oleh.", default=None)


__all__ = [
    "AturanCocok",
    "Bukti",
    "BuktiMasuk",
    "Cocok",
    "IngatanKelas",
    "PutusanKelas",
    "Selisih",
    "Transaksi",
]
