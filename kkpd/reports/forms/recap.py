"""Rekapitulasi Realisasi Belanja Menggunakan KKPD: by SKPD, operasi and modal (kkpd.md 1.10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kkpd.core.money import Rupiah
from kkpd.engines.paper.form_frame import Rangka
from kkpd.engines.paper.list_form import NO, Bentuk, Penanda, daftar, persen, uang
from kkpd.engines.paper.model import Dokumen
from kkpd.engines.paper.parts import Kolom, per_seratus

_BARANG, _MODAL = "Belanja Barang dan Jasa", "Belanja Modal"
_RASIO = "realisasi_{0}/anggaran_{0}"
REKAP = Bentuk(
    formulir="rekap",
    judul="Rekapitulasi Laporan Realisasi Belanja Menggunakan KKPD",
    kolom=(
        NO,
        Kolom("skpd", "SKPD", "teks", 190),
        uang("anggaran_barang", "Anggaran", 92, _BARANG),
        uang("realisasi_barang", "Realisasi KKPD", 86, _BARANG),
        persen("persen_barang", "Persentase", 56, _BARANG, rasio=_RASIO.format("barang")),
        uang("anggaran_modal", "Anggaran", 92, _MODAL),
        uang("realisasi_modal", "Realisasi KKPD", 86, _MODAL),
        persen("persen_modal", "Persentase", 56, _MODAL, rasio=_RASIO.format("modal")),
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
        return per_seratus(self.realisasi_barang, self.anggaran_barang)

    @property
    def persen_modal(self) -> int | None:
        """Realised share of capital spending, in hundredths of a percent."""
        return per_seratus(self.realisasi_modal, self.anggaran_modal)


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
        judul=f"{REKAP.judul} Tahun Anggaran {tahun}",
        subjudul=[sebutan_periode],
    )
