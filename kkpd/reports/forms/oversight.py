"""What inspectors and auditors read: ceilings, programmes, evidence, findings, refusals, year end.

Each list is a row class and a shape; `kkpd.engines.paper.list_form.daftar` makes the document, so
`lembar("temuan", rangka, rows, signers, "Oktober 2026")` is all that a caller needs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from kkpd.core.money import Rupiah
from kkpd.engines.paper.form_frame import Rangka, kartu_tersamar
from kkpd.engines.paper.list_form import (
    NO,
    Bentuk,
    Kelompok,
    Penanda,
    daftar,
    hari,
    kode,
    persen,
    uang,
)
from kkpd.engines.paper.model import Dokumen
from kkpd.engines.paper.parts import Kolom, per_seratus

_SKPD = Kolom("skpd", "SKPD", "teks", 140)


@dataclass(frozen=True, slots=True, kw_only=True)
class BatasBaris:
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
        return per_seratus(self.up_kkpd, self.up)

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
        return per_seratus(self.digunakan, self.up_kkpd)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramBaris:
    """Spending of one smart-city programme; its dimension is the heading of its group."""

    program: str
    skpd: str
    transaksi: int
    operasi: Rupiah
    modal: Rupiah

    @property
    def jumlah(self) -> Rupiah:
        """Both kinds of spending."""
        return self.operasi + self.modal


@dataclass(frozen=True, slots=True, kw_only=True)
class KelengkapanBaris:
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
class TemuanBaris:
    """One finding with its rule, age in days and state."""

    skpd: str
    tanggal: date
    aturan: str
    temuan: str
    nilai: Rupiah | None
    umur: int
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DitolakBaris:
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
class BelumLunasBaris:
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
        return kartu_tersamar(self.kartu_akhir)


@dataclass(frozen=True, slots=True, kw_only=True)
class PajakBaris:
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


LEMBAR: dict[str, Bentuk] = {
    bentuk.formulir: bentuk
    for bentuk in (
        Bentuk(
            formulir="batas",
            judul="Penggunaan Batas UP KKPD",
            kolom=(
                NO, _SKPD, uang("up", "UP"), uang("up_tunai", "UP Tunai"),
                uang("up_kkpd", "UP KKPD"),
                persen("bagian_kkpd", "Bagian KKPD", rasio="up_kkpd/up"),
                uang("dicadangkan", "Dicadangkan"), uang("terpakai", "Terpakai"),
                uang("digunakan", "Digunakan"), uang("sisa", "Sisa"),
                persen("penggunaan", "Penggunaan", 62, rasio="digunakan/up_kkpd"),
            ),
        ),
        Bentuk(
            formulir="program",
            judul="Belanja KKPD menurut Program Smart City",
            kolom=(
                NO, Kolom("program", "Program", "teks", 150), Kolom("skpd", "SKPD", "teks", 180),
                Kolom("transaksi", "Transaksi", "angka", 56), uang("operasi", "Belanja Operasi"),
                uang("modal", "Belanja Modal"), uang("jumlah", "Jumlah"),
            ),
        ),
        Bentuk(
            formulir="kelengkapan",
            judul="Kelengkapan Bukti Belanja KKPD",
            kolom=(
                NO, _SKPD, Kolom("transaksi", "Transaksi", "angka", 56),
                Kolom("lengkap", "Lengkap", "angka", 56), Kolom("belum", "Belum", "angka", 56),
                persen("bagian", "Persen Lengkap"), uang("nilai", "Nilai"),
                uang("nilai_belum", "Nilai Belum Lengkap"),
            ),
        ),
        Bentuk(
            formulir="temuan",
            judul="Daftar Temuan",
            kolom=(
                NO, _SKPD, hari("tanggal"), kode("aturan", "Aturan", 80),
                Kolom("temuan", "Temuan", "teks", 220), uang("nilai", "Nilai (Rp)"),
                Kolom("umur", "Umur (hari)", "angka", 40), Kolom("status", "Status", "teks", 70),
            ),
            kosong="Tidak ada temuan.",
        ),
        Bentuk(
            formulir="ditolak",
            judul="Belanja yang Ditolak dan Pengembaliannya",
            kolom=(
                NO, Kolom("skpd", "SKPD", "teks", 100), hari("tanggal"),
                Kolom("penanggung", "Penanggung", "teks", 80),
                Kolom("uraian", "Uraian", "teks", 110), Kolom("alasan", "Alasan", "teks", 110),
                uang("nilai", "Ditolak", 76), uang("dikembalikan", "Dikembalikan", 76),
                hari("tanggal_kembali", "Tgl. Kembali"), uang("sisa", "Sisa", 76),
            ),
            kosong="Tidak ada belanja yang ditolak.",
        ),
        Bentuk(
            formulir="belum_lunas",
            judul="Belanja KKPD yang Belum Diselesaikan pada Akhir Periode",
            kolom=(
                NO, _SKPD, hari("tanggal"), kode("kartu", "No KKPD", 60),
                Kolom("uraian", "Uraian", "teks", 200), kode("rekening", "Kode Rekening", 104),
                uang("nilai", "Nilai (Rp)"),
            ),
            kosong="Tidak ada belanja yang belum diselesaikan.",
        ),
        Bentuk(
            formulir="pajak",
            judul="Daftar Pajak atas Belanja KKPD",
            kolom=(
                NO, hari("tanggal"), Kolom("penjual", "Penjual", "teks", 130),
                kode("npwp", "NPWP", 96), kode("bukti", "Faktur/Bupot/NTPN", 100),
                uang("dpp", "DPP"), uang("ppn", "PPN", 70), uang("pbjt", "PBJT", 70),
                uang("pph", "PPh", 70), Kolom("pemungut", "Pemungut", "teks", 66),
            ),
        ),
    )
}  # fmt: skip


def lembar(
    formulir: str,
    rangka: Rangka,
    kelompok: Sequence[Kelompok] | Sequence[Any],
    penanda: Sequence[Penanda],
    sebutan_periode: str,
    catatan: Sequence[str] = (),
) -> Dokumen:
    """The frozen list of this form; `kelompok` are (heading, rows), or rows without groups, and
    `catatan` stands under it.
    """
    groups = kelompok if kelompok and isinstance(kelompok[0], tuple) else [("", kelompok)]
    return daftar(
        LEMBAR[formulir], rangka, groups, penanda, subjudul=[sebutan_periode], catatan=catatan
    )
