"""Rekapitulasi Realisasi Belanja Menggunakan KKPD: by SKPD, operasi and modal (kkpd.md 1.10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kkpd.core.money import Rupiah
from kkpd.engines.paper.form_frame import Frame
from kkpd.engines.paper.list_form import NO, ListShape, Signatory, listing, money, percent
from kkpd.engines.paper.model import FrozenDocument
from kkpd.engines.paper.parts import Column, percentage

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


def recap(
    paper_frame: Frame,
    tahun: int,
    period_label: str,
    baris: Sequence[RecapRow],
    signed_by: Sequence[Signatory],
) -> FrozenDocument:
    """The recapitulation; `period_label` as people say it ("Bulan Oktober 2026")."""
    return listing(
        RECAP,
        paper_frame,
        [("", baris)],
        signed_by,
        judul=f"{RECAP.judul} Tahun Anggaran {tahun}",
        subjudul=[period_label],
    )
