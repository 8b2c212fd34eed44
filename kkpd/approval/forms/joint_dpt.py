"""DPT gabungan: the DPTs of an SKPD's units on one list (kkpd.md 1.10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kkpd.core.money import Rupiah
from kkpd.engines.paper.form_frame import Rangka
from kkpd.engines.paper.list_form import Bentuk, Penanda, daftar, kode, uang
from kkpd.engines.paper.model import Dokumen
from kkpd.engines.paper.parts import Kolom

DPT_GABUNGAN = Bentuk(
    formulir="dpt_gabungan",
    judul="Daftar Pembayaran Tagihan KKPD Gabungan",
    kolom=(
        kode("unit", "Unit", 110),
        Kolom("nama_unit", "Nama Unit", "teks", 170),
        kode("dpt", "DPT Unit", 120),
        uang("nilai", "Nilai (Rp)", 100),
    ),
    arah="tegak",
    terbilang=True,
)


@dataclass(frozen=True, slots=True)
class DptUnit:
    """One unit's DPT: code and name of the unit, number and amount of the DPT."""

    unit: str
    nama_unit: str
    dpt: str
    nilai: Rupiah


def dpt_gabungan(
    rangka: Rangka, bank: str, baris: Sequence[DptUnit], penanda: Sequence[Penanda]
) -> Dokumen:
    """The frozen joint list."""
    return daftar(DPT_GABUNGAN, rangka, [("", baris)], penanda, keterangan=[("Bank", bank)])
