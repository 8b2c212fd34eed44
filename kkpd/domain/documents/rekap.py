"""Rekapitulasi Realisasi Belanja Menggunakan KKPD: by SKPD, operasi and modal (kkpd.md 1.10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kkpd.domain.documents.bersama import Rangka
from kkpd.domain.documents.daftar import (
    NO,
    Bentuk,
    Penanda,
    bagian_per_seratus,
    daftar,
    persen,
    uang,
)
from kkpd.domain.documents.model import Dokumen
from kkpd.domain.documents.parts import Kolom
from kkpd.domain.documents.tampil import persen as tulis_persen
from kkpd.domain.money import Rupiah, total

_BARANG, _MODAL = "Belanja Barang dan Jasa", "Belanja Modal"
REKAP = Bentuk(
    formulir="rekap",
    judul="Rekapitulasi Laporan Realisasi Belanja Menggunakan KKPD",
    kolom=(
        NO,
        Kolom("skpd", "SKPD", "teks", 190),
        uang("anggaran_barang", "Anggaran", 92, _BARANG),
        uang("realisasi_barang", "Realisasi KKPD", 86, _BARANG),
        persen("persen_barang", "Persentase", 56, _BARANG),
        uang("anggaran_modal", "Anggaran", 92, _MODAL),
        uang("realisasi_modal", "Realisasi KKPD", 86, _MODAL),
        persen("persen_modal", "Persentase", 56, _MODAL),
        Kolom("keterangan", "Keterangan", "teks", 74),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RekapBaris:
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
        return bagian_per_seratus(self.realisasi_barang, self.anggaran_barang)

    @property
    def persen_modal(self) -> int | None:
        """Realised share of capital spending, in hundredths of a percent."""
        return bagian_per_seratus(self.realisasi_modal, self.anggaran_modal)


def rekap(
    rangka: Rangka,
    tahun: int,
    sebutan_periode: str,
    baris: Sequence[RekapBaris],
    penanda: Sequence[Penanda],
) -> Dokumen:
    """The recapitulation; `sebutan_periode` as people say it ("Bulan Oktober 2026")."""
    return daftar(
        REKAP,
        rangka,
        [("", baris)],
        penanda,
        subjudul=(f"Tahun Anggaran {tahun}", sebutan_periode),
        catatan=[_seluruhnya(baris)] if baris else [],
    )


def _seluruhnya(baris: Sequence[RekapBaris]) -> str:
    barang = bagian_per_seratus(
        total(b.realisasi_barang for b in baris), total(b.anggaran_barang for b in baris)
    )
    modal = bagian_per_seratus(
        total(b.realisasi_modal for b in baris), total(b.anggaran_modal for b in baris)
    )
    said = [
        f"{nama} {tulis_persen(bagian)}"
        for nama, bagian in (("belanja barang dan jasa", barang), ("belanja modal", modal))
        if bagian is not None
    ]
    return f"Persentase realisasi seluruhnya: {', '.join(said) or 'tidak ada anggaran'}."
