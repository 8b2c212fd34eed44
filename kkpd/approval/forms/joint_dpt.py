"""DPT gabungan: the DPTs of an SKPD's units on one list (kkpd.md 1.10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kkpd.core.money import Rupiah
from kkpd.engines.paper.form_frame import Frame
from kkpd.engines.paper.list_form import ListShape, Signatory, kode, listing, money
from kkpd.engines.paper.model import FrozenDocument
from kkpd.engines.paper.parts import Column

JOINT_DPT = ListShape(
    formulir="dpt_gabungan",
    judul="Daftar Pembayaran Tagihan KKPD Gabungan",
    kolom=(
        kode("unit", "Unit", 110),
        Column("nama_unit", "Nama Unit", "teks", 170),
        kode("dpt", "DPT Unit", 120),
        money("nilai", "Nilai (Rp)", 100),
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


def joint_dpt_form(
    paper_frame: Frame, bank: str, baris: Sequence[DptUnit], signed_by: Sequence[Signatory]
) -> FrozenDocument:
    """The frozen joint list."""
    return listing(JOINT_DPT, paper_frame, [("", baris)], signed_by, keterangan=[("Bank", bank)])
