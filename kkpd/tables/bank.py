"""What the bank sent: files, bills, lines, where each line was seen, what was skipped."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped

from kkpd.core.choices import (
    BILL_KINDS,
    FILE_KINDS,
    JOB_KINDS,
    JOB_STATUSES,
    LINE_KINDS,
)
from kkpd.core.db.columns import Base, kolom, kunci, one_of, reference
from kkpd.core.db.types import Moment, Sen
from kkpd.core.money import Rupiah

#: A hash is compared byte by byte; comparing by a language's rules takes several times as long.
_FINGERPRINT = String(64).with_variant(String(64, collation="C"), "postgresql")


class Berkas(Base):
    """A file kept whole under its SHA-256; the bytes are in the instance folder.

    A row is a receipt. When an import was taken out (ImporKeluar) and the same bytes come again,
    they get a new receipt: a receipt is taken in at most once, and every line names its reading.
    """

    __tablename__ = "berkas"
    __table_args__ = (
        one_of("jenis", FILE_KINDS),
        UniqueConstraint("opd_id", "jenis", "sha256", "giliran"),
        CheckConstraint("giliran >= 1", name="giliran"),
    )

    id: Mapped[int] = kunci()
    opd_id: Mapped[int] = reference("opd.id", "OPD pemilik.")
    jenis: Mapped[str] = kolom("bank, bukti atau arsip.", String(10))
    sha256: Mapped[str] = kolom("SHA-256 isi, heksadesimal.", String(64), index=True)
    ukuran: Mapped[int] = kolom("Banyak bita.")
    media: Mapped[str] = kolom("Jenis media menurut isinya.", String(100))
    nama: Mapped[str] = kolom("Nama asli, nomor kartu disamarkan.", String(255))
    at: Mapped[datetime] = kolom("Kapan diterima.", Moment)
    oleh_id: Mapped[int] = reference("orang.id", "Oleh siapa.")
    sha256_asli: Mapped[str | None] = kolom(
        "SHA-256 berkas sebagaimana dikirim, bila nomor kartu di dalamnya disamarkan.",
        String(64),
        default=None,
    )
    giliran: Mapped[int] = kolom("Penerimaan ke berapa dari isi yang sama, mulai 1.", default=1)
    teks: Mapped[str | None] = kolom(
        "Awal teks yang terbaca pada bukti; kosong: tidak ada yang terbaca, mis. foto.",
        String(2000),
        default=None,
    )


class Tagihan(Base):
    """A bill as an object: the PDF and the XLSX of one bill are one bill.

    A file without a bill's date and total is a list: its lines belong to the one list of their kind
    and month, so it does not matter which file brought them first.
    """

    __tablename__ = "tagihan"
    __table_args__ = (
        one_of("jenis", BILL_KINDS),
        UniqueConstraint("opd_id", "identitas"),
        CheckConstraint("bulan BETWEEN 1 AND 12", name="bulan"),
        Index("ix_tagihan_opd_tahun_bulan", "opd_id", "tahun", "bulan"),
    )

    id: Mapped[int] = kunci()
    opd_id: Mapped[int] = reference("opd.id", "OPD tertagih.", index=False)
    tahun: Mapped[int] = kolom("Tahun pembukuan.")
    bulan: Mapped[int] = kolom("Bulan pembukuan.")
    jenis: Mapped[str] = kolom("dts (sementara) atau final.", String(10))
    identitas: Mapped[str] = kolom(
        "Sidik identitas tagihan; diambil lagi sesudah dikeluarkan: dengan :2, :3.", String(64)
    )
    berkas_id: Mapped[int] = reference("berkas.id", "Berkas pertama yang membawanya.")
    at: Mapped[datetime] = kolom("Kapan diterima.", Moment)
    oleh_id: Mapped[int] = reference("orang.id", "Oleh siapa.")
    kartu_akhir: Mapped[str | None] = kolom(
        "Kartu bila tagihan satu kartu.", String(4), default=None
    )
    tanggal: Mapped[date | None] = kolom("Tanggal tagihan.", default=None)
    jatuh_tempo: Mapped[date | None] = kolom("Jatuh tempo.", default=None)
    tagihan_lalu: Mapped[Rupiah | None] = kolom("Saldo lalu.", Sen, default=None)
    pembayaran: Mapped[Rupiah | None] = kolom("Pembayaran diterima.", Sen, default=None)
    belanja_baru: Mapped[Rupiah | None] = kolom("Belanja baru.", Sen, default=None)
    total: Mapped[Rupiah | None] = kolom("Total tagihan.", Sen, default=None)


class BerkasTagihan(Base):
    """Which file brought lines of which bill, all of one OPD; lines refer to these rows."""

    __tablename__ = "berkas_tagihan"

    opd_id: Mapped[int] = reference("opd.id", "OPD tertagih.", primary_key=True, index=False)
    tagihan_id: Mapped[int] = reference("tagihan.id", "Tagihan.", primary_key=True, index=False)
    berkas_id: Mapped[int] = reference("berkas.id", "Berkas.", primary_key=True, index=False)


class BarisBank(Base):
    """A line that the bank billed. Raw bank fields only; identity frozen at receipt (law 7).

    Its OPD, bill and file are one foreign key of three columns, so they cannot belong to different
    OPDs and the database checks one key a line instead of three. On PostgreSQL a guard checks once
    per statement instead (FROM_KNOWN in kkpd.core.db.guards).
    """

    __tablename__ = "baris_bank"
    __table_args__ = (
        ForeignKeyConstraint(
            ["opd_id", "tagihan_id", "berkas_id"],
            ["berkas_tagihan.opd_id", "berkas_tagihan.tagihan_id", "berkas_tagihan.berkas_id"],
            info={"hanya": "sqlite"},
        ).ddl_if(dialect="sqlite"),
        one_of("jenis", LINE_KINDS),
        UniqueConstraint("opd_id", "kunci_dasar", "kejadian"),
        CheckConstraint("kejadian >= 1", name="kejadian"),
        CheckConstraint("kartu_akhir IS NULL OR length(kartu_akhir) = 4", name="kartu_akhir"),
        Index("ix_baris_bank_opd_tahun_bulan", "opd_id", "tahun", "bulan"),
    )

    id: Mapped[int] = kunci()
    opd_id: Mapped[int] = kolom("OPD tertagih.")
    tahun: Mapped[int] = kolom("Tahun pembukuan.")
    bulan: Mapped[int] = kolom("Bulan pembukuan; periode terbuka saat diterima.")
    tagihan_id: Mapped[int] = kolom("Tagihan yang membawanya.", index=True)
    kunci_dasar: Mapped[str] = kolom(
        "Hari dan sidik isian mentah bank (domain.identity); d: di depan bila DTS.", _FINGERPRINT
    )
    kejadian: Mapped[int] = kolom("Kejadian ke berapa dari isian yang sama.")
    jenis: Mapped[str] = kolom("belanja, refund, biaya, meterai atau pembayaran.", String(12))
    nilai: Mapped[Rupiah] = kolom("Nilai; negatif berarti uang kembali kepada kita.", Sen)
    keterangan: Mapped[str] = kolom("Keterangan menurut bank.", String(500))
    merchant: Mapped[str] = kolom("Nama merchant menurut bank.", String(200))
    berkas_id: Mapped[int] = kolom("Berkas asal.")
    baris: Mapped[int] = kolom("Nomor baris dalam berkas, mulai 1.")
    lembar: Mapped[str | None] = kolom("Lembar atau halaman.", String(80), default=None)
    bulan_asal: Mapped[int | None] = kolom(
        "Bulan semula (202608) bila sudah ditutup saat diterima.", default=None
    )
    tanggal_transaksi: Mapped[date | None] = kolom("Tanggal transaksi.", default=None)
    tanggal_posting: Mapped[date | None] = kolom("Tanggal pembukuan bank.", default=None)
    kartu_akhir: Mapped[str | None] = kolom("Empat angka terakhir.", String(4), default=None)
    kartu_id: Mapped[int | None] = reference(
        "kartu.id", "Kartu bila dikenal.", index=False, default=None
    )
    referensi: Mapped[str | None] = kolom("Referensi bank.", String(80), default=None)
    mcc: Mapped[str | None] = kolom("Kode kategori merchant.", String(4), default=None)
    mata_uang: Mapped[str] = kolom("Mata uang.", String(3), default="IDR")
    jam: Mapped[str | None] = kolom(
        "Jam transaksi menurut bank, mis. 23:15:00; bukan bagian identitas.",
        String(8),
        default=None,
    )


class SumberBaris(Base):
    """Where a line was seen again: another file, another row, the same line."""

    __tablename__ = "sumber_baris"
    __table_args__ = (UniqueConstraint("baris_bank_id", "berkas_id"),)

    id: Mapped[int] = kunci()
    opd_id: Mapped[int] = reference("opd.id", "OPD tertagih.")
    baris_bank_id: Mapped[int] = reference("baris_bank.id", "Baris yang sama.", index=False)
    berkas_id: Mapped[int] = reference("berkas.id", "Terlihat di berkas.")
    tagihan_id: Mapped[int] = reference("tagihan.id", "Sebagai bagian tagihan ini.")
    baris: Mapped[int] = kolom("Nomor baris di sana.")
    lembar: Mapped[str | None] = kolom("Lembar di sana.", String(80), default=None)
    referensi: Mapped[str | None] = kolom(
        "Referensi bank yang baru diketahui dari sana.", String(80), default=None
    )


class DtsFinal(Base):
    """An interim line and the final one it became: of the two only one counts.

    That is the final line, unless the interim one's month was closed before the final came. A pair
    ends when its final line is taken out (BarisKeluar); the interim one may then be paired again.
    """

    __tablename__ = "dts_final"
    __table_args__ = (
        CheckConstraint("gugur_id IN (dts_id, final_id)", name="gugur"),
        CheckConstraint("giliran >= 1", name="giliran"),
    )

    dts_id: Mapped[int] = reference(
        "baris_bank.id", "Baris DTS.", primary_key=True, autoincrement=False, index=False
    )
    final_id: Mapped[int] = reference("baris_bank.id", "Baris final.", index=False, unique=True)
    gugur_id: Mapped[int] = reference("baris_bank.id", "Yang tidak lagi dihitung.")
    opd_id: Mapped[int] = reference("opd.id", "OPD tertagih.")
    selisih: Mapped[Rupiah] = kolom("Nilai final dikurangi nilai DTS.", Sen)
    at: Mapped[datetime] = kolom("Kapan dipasangkan.", Moment)
    oleh_id: Mapped[int] = reference("orang.id", "Oleh siapa.")
    giliran: Mapped[int] = kolom(
        "Pasangan ke berapa dari baris DTS ini.", primary_key=True, autoincrement=False, default=1
    )


class Impor(Base):
    """One import of a file: rows in = new lines + known lines + skipped rows; a CHECK holds it."""

    __tablename__ = "impor"
    __table_args__ = (
        one_of("jenis", BILL_KINDS),
        CheckConstraint("baris_masuk = baris_baru + baris_lama + baris_lewat", name="tiada_hilang"),
        UniqueConstraint("berkas_id"),
    )

    id: Mapped[int] = kunci()
    opd_id: Mapped[int] = reference("opd.id", "OPD tertagih.")
    berkas_id: Mapped[int] = reference("berkas.id", "Berkas.", index=False)
    jenis: Mapped[str] = kolom("dts (sementara) atau final.", String(10))
    profil: Mapped[str] = kolom("Profil bank yang dipakai.", String(80))
    jawaban: Mapped[dict[str, str]] = kolom("Jawaban atas pertanyaan pembacaan.", JSON)
    baris_masuk: Mapped[int] = kolom("Semua baris berkas.")
    baris_baru: Mapped[int] = kolom("Menjadi baris baru.")
    baris_lama: Mapped[int] = kolom("Sudah dikenal.")
    baris_lewat: Mapped[int] = kolom("Dilewati dengan alasan.")
    lewat: Mapped[list[dict[str, str]]] = kolom("Baris yang dilewati dan alasannya.", JSON)
    temuan: Mapped[list[dict[str, str]]] = kolom("Catatan pembacaan.", JSON)
    at: Mapped[datetime] = kolom("Kapan.", Moment)
    oleh_id: Mapped[int] = reference("orang.id", "Oleh siapa.")


class ImporTagihan(Base):
    """What one file contains of one bill: number of lines, their sum, how many were new."""

    __tablename__ = "impor_tagihan"
    __table_args__ = (UniqueConstraint("impor_id", "tagihan_id"),)

    id: Mapped[int] = kunci()
    opd_id: Mapped[int] = reference("opd.id", "OPD tertagih.")
    impor_id: Mapped[int] = reference("impor.id", "Pengambilan.", index=False)
    tagihan_id: Mapped[int] = reference("tagihan.id", "Tagihan.")
    baris: Mapped[int] = kolom("Banyak baris tagihan ini dalam berkas.")
    baru: Mapped[int] = kolom("Di antaranya yang baru.")
    jumlah: Mapped[Rupiah] = kolom("Jumlah belanja, biaya dan pengembalian dalam berkas.", Sen)


class ProfilBank(Base):
    """A bank layout saved in the web; the newest row of a name is valid. The text is a profile
    file.
    """

    __tablename__ = "profil_bank"
    __table_args__ = (Index("ix_profil_bank_nama", "opd_id", "nama"),)

    id: Mapped[int] = kunci()
    opd_id: Mapped[int | None] = reference(
        "opd.id", "OPD yang memakainya; kosong: semua.", index=False
    )
    nama: Mapped[str] = kolom("Nama pendek profil.", String(80))
    toml: Mapped[str] = kolom("Isi profil sebagai TOML.", Text)
    at: Mapped[datetime] = kolom("Kapan disimpan.", Moment)
    oleh_id: Mapped[int] = reference("orang.id", "Oleh siapa.")


class Pekerjaan(Base):
    """Long work: a row in the caller's transaction, claimed by a worker, keyed by its input."""

    __tablename__ = "pekerjaan"
    __table_args__ = (
        one_of("jenis", JOB_KINDS),
        one_of("status", JOB_STATUSES),
        UniqueConstraint("kunci"),
    )

    id: Mapped[int] = kunci()
    opd_id: Mapped[int | None] = reference("opd.id", "OPD; kosong: semua OPD.")
    jenis: Mapped[str] = kolom("baca, impor, laporan atau paket.", String(10))
    kunci: Mapped[str] = kolom("SHA-256 masukannya: klik kedua menemukan yang pertama.", String(64))
    permintaan: Mapped[dict[str, str]] = kolom("Yang harus dikerjakan.", JSON)
    status: Mapped[str] = kolom("antre, berjalan, selesai, gagal atau batal.", String(10))
    selesai: Mapped[int] = kolom("Bagian yang sudah dikerjakan.")
    dari: Mapped[int] = kolom("Semua bagian; nol bila belum diketahui.")
    at: Mapped[datetime] = kolom("Kapan diminta.", Moment)
    oleh_id: Mapped[int] = reference("orang.id", "Diminta oleh.")
    detak_at: Mapped[datetime | None] = kolom("Tanda hidup pekerja.", Moment, default=None)
    pesan: Mapped[str] = kolom("Hasil atau sebab gagal, untuk orang.", String(600), default="")
    impor_id: Mapped[int | None] = reference("impor.id", "Pengambilan.", index=False, default=None)
    hasil_sha256: Mapped[str | None] = kolom("SHA-256 berkas hasil.", String(64), default=None)
    hasil_nama: Mapped[str] = kolom("Nama berkas hasil.", String(200), default="")
