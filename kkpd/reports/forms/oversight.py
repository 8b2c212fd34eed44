"""What inspectors and auditors read: ceilings, programmes, evidence, findings, refusals, year end,
and the recapitulation. Each list is a row class and a shape; its document is `listing` over them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kkpd.core.money import Rupiah
from kkpd.engines.paper.forms import NO, ListShape, day, kode, masked_card, money, percent
from kkpd.engines.paper.parts import Column, percentage

_SKPD = Column("skpd", "SKPD", "teks", 140)


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitRow:
    """One OPD's UP: cash and card shares and how the card share is used."""

    skpd: str
    up: Rupiah
    up_tunai: Rupiah
    up_kkpd: Rupiah
    dicadangkan: Rupiah
    terpakai: Rupiah

    @property
    def bagian_kkpd(self) -> int | None:
        """The card's share of the UP, in hundredths of a percent."""
        return percentage(self.up_kkpd, self.up)

    @property
    def sisa(self) -> Rupiah:
        """What is left of the card share."""
        return self.up_kkpd - self.digunakan

    @property
    def digunakan(self) -> Rupiah:
        """What is held of the card share: on a DPT or not yet."""
        return self.dicadangkan + self.terpakai

    @property
    def penggunaan(self) -> int | None:
        """The held part of the card share, in hundredths of a percent."""
        return percentage(self.digunakan, self.up_kkpd)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeRow:
    """Spending of one smart-city programme; its dimension is the heading of its group. `bagian` is
    its share of all spending in hundredths of a percent: the shares of a report are 100 % together.
    """

    program: str
    skpd: str
    transaksi: int
    operasi: Rupiah
    modal: Rupiah
    bagian: int | None = None

    @property
    def jumlah(self) -> Rupiah:
        """Both kinds of spending."""
        return self.operasi + self.modal


@dataclass(frozen=True, slots=True, kw_only=True)
class CompletenessRow:
    """How complete the evidence of one OPD or holder is."""

    skpd: str
    transaksi: int
    lengkap: int
    nilai: Rupiah
    nilai_belum: Rupiah

    @property
    def belum(self) -> int:
        """Purchases without complete evidence."""
        return self.transaksi - self.lengkap

    @property
    def bagian(self) -> int | None:
        """Complete purchases in hundredths of a percent; None where there are none."""
        return self.lengkap * 10_000 // self.transaksi if self.transaksi else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedFinding:
    """One finding with its rule, age in days and state."""

    skpd: str
    tanggal: date
    aturan: str
    temuan: str
    nilai: Rupiah | None
    umur: int
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLine:
    """One case with its money at risk, who answers by when, and how it ended."""

    skpd: str
    nomor: int
    aturan: str
    uraian: str
    nilai: Rupiah
    jatuh_tempo: date
    pemilik: str
    status: str
    hasil: str
    status_bpk: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedRow:
    """One refused charge and its repayment; a refund that lessens the debt is negative."""

    skpd: str
    tanggal: date
    penanggung: str
    uraian: str
    alasan: str
    nilai: Rupiah
    dikembalikan: Rupiah
    tanggal_kembali: date | None

    @property
    def sisa(self) -> Rupiah:
        """What has not come back yet."""
        return self.nilai - self.dikembalikan


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsettledRow:
    """A charge, or a part of one, that the budget bears and has not settled with the bank; on 31
    December *utang belanja* (kkpd.md 1.12).
    """

    skpd: str
    tanggal: date
    kartu_akhir: str
    uraian: str
    rekening: str
    nilai: Rupiah

    @property
    def kartu(self) -> str:
        """The masked card."""
        return masked_card(self.kartu_akhir)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxRow:
    """One purchase with its tax fields; `pemungut` is who collects (seller, marketplace, ...)."""

    tanggal: date
    penjual: str
    npwp: str
    bukti: str
    dpp: Rupiah
    ppn: Rupiah
    pbjt: Rupiah
    pph: Rupiah
    pemungut: str


SHEETS: dict[str, ListShape] = {
    shape.formulir: shape
    for shape in (
        ListShape(
            formulir="batas",
            judul="Penggunaan Batas UP KKPD",
            kolom=(
                NO, _SKPD, money("up", "UP"), money("up_tunai", "UP Tunai"),
                money("up_kkpd", "UP KKPD"),
                percent("bagian_kkpd", "Bagian KKPD", rasio="up_kkpd/up"),
                money("dicadangkan", "Dicadangkan"), money("terpakai", "Terpakai"),
                money("digunakan", "Digunakan"), money("sisa", "Sisa"),
                percent("penggunaan", "Penggunaan", 62, rasio="digunakan/up_kkpd"),
            ),
        ),
        ListShape(
            formulir="program",
            judul="Belanja KKPD menurut Program Smart City",
            kolom=(
                NO, Column("program", "Program", "teks", 150), Column("skpd", "SKPD", "teks", 180),
                Column("transaksi", "Transaksi", "angka", 56), money("operasi", "Belanja Operasi"),
                money("modal", "Belanja Modal"), money("jumlah", "Jumlah"),
                percent("bagian", "Bagian dari Semua Belanja", 62),
            ),
        ),
        ListShape(
            formulir="kelengkapan",
            judul="Kelengkapan Bukti Belanja KKPD",
            kolom=(
                NO, _SKPD, Column("transaksi", "Transaksi", "angka", 56),
                Column("lengkap", "Lengkap", "angka", 56), Column("belum", "Belum", "angka", 56),
                percent("bagian", "Persen Lengkap"), money("nilai", "Nilai"),
                money("nilai_belum", "Nilai Belum Lengkap"),
            ),
        ),
        ListShape(
            formulir="temuan",
            judul="Daftar Temuan",
            kolom=(
                NO, _SKPD, day("tanggal"), kode("aturan", "Aturan", 80),
                Column("temuan", "Temuan", "teks", 220), money("nilai", "Nilai (Rp)"),
                Column("umur", "Umur (hari)", "angka", 40), Column("status", "Status", "teks", 70),
            ),
            kosong="Tidak ada temuan.",
        ),
        ListShape(
            formulir="tindak_lanjut",
            judul="Register Tindak Lanjut",
            kolom=(
                NO, Column("skpd", "SKPD", "teks", 90), Column("nomor", "Nomor", "angka", 34),
                kode("aturan", "Aturan", 62), Column("uraian", "Yang Dilihat", "teks", 156),
                money("nilai", "Nilai (Rp)", 74), day("jatuh_tempo", "Jatuh Tempo"),
                Column("pemilik", "Pemilik", "teks", 80), Column("status", "Status", "teks", 50),
                Column("hasil", "Hasil", "teks", 66), Column("status_bpk", "BPK", "teks", 72),
            ),
            kosong="Tidak ada tindak lanjut.",
        ),
        ListShape(
            formulir="ditolak",
            judul="Belanja yang Ditolak dan Pengembaliannya",
            kolom=(
                NO, Column("skpd", "SKPD", "teks", 100), day("tanggal"),
                Column("penanggung", "Penanggung", "teks", 80),
                Column("uraian", "Uraian", "teks", 110), Column("alasan", "Alasan", "teks", 110),
                money("nilai", "Ditolak", 76), money("dikembalikan", "Dikembalikan", 76),
                day("tanggal_kembali", "Tgl. Kembali"), money("sisa", "Sisa", 76),
            ),
            kosong="Tidak ada belanja yang ditolak.",
        ),
        ListShape(
            formulir="belum_lunas",
            judul="Belanja KKPD yang Belum Diselesaikan pada Akhir Periode",
            kolom=(
                NO, _SKPD, day("tanggal"), kode("kartu", "No KKPD", 60),
                Column("uraian", "Uraian", "teks", 200), kode("rekening", "Kode Rekening", 104),
                money("nilai", "Nilai (Rp)"),
            ),
            kosong="Tidak ada belanja yang belum diselesaikan.",
        ),
        ListShape(
            formulir="pajak",
            judul="Daftar Pajak atas Belanja KKPD",
            kolom=(
                NO, day("tanggal"), Column("penjual", "Penjual", "teks", 130),
                kode("npwp", "NPWP", 96), kode("bukti", "Faktur/Bupot/NTPN", 100),
                money("dpp", "DPP"), money("ppn", "PPN", 70), money("pbjt", "PBJT", 70),
                money("pph", "PPh", 70), Column("pemungut", "Pemungut", "teks", 66),
            ),
        ),
    )
}  # fmt: skip


_GOODS, _MODAL = "Belanja Barang dan Jasa", "Belanja Modal"
_RATIO = "realisasi_{0}/anggaran_{0}"
RECAP = ListShape(
    formulir="rekap",
    judul="Rekapitulasi Laporan Realisasi Belanja Menggunakan KKPD",
    kolom=(
        NO,
        Column("skpd", "SKPD", "teks", 190),
        money("anggaran_barang", "Anggaran", 92, _GOODS),
        money("realisasi_barang", "Realisasi KKPD", 86, _GOODS),
        percent("persen_barang", "Persentase", 56, _GOODS, rasio=_RATIO.format("barang")),
        money("anggaran_modal", "Anggaran", 92, _MODAL),
        money("realisasi_modal", "Realisasi KKPD", 86, _MODAL),
        percent("persen_modal", "Persentase", 56, _MODAL, rasio=_RATIO.format("modal")),
        Column("keterangan", "Keterangan", "teks", 74),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecapRow:
    """One OPD or unit over the period."""

    skpd: str
    anggaran_barang: Rupiah
    realisasi_barang: Rupiah
    anggaran_modal: Rupiah
    realisasi_modal: Rupiah
    keterangan: str = ""

    @property
    def persen_barang(self) -> int | None:
        """Realised share of goods and services, in hundredths of a percent."""
        return percentage(self.realisasi_barang, self.anggaran_barang)

    @property
    def persen_modal(self) -> int | None:
        """Realised share of capital spending, in hundredths of a percent."""
        return percentage(self.realisasi_modal, self.anggaran_modal)
