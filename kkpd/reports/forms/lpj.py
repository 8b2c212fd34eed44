"""LPJ: the treasurer's account of the UP KKPD over a period (kkpd.md 1.10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kkpd.core.money import ZERO, Rupiah, total
from kkpd.engines.paper.form_frame import Frame
from kkpd.engines.paper.list_form import NO, ListShape, kode, listing, money, usual_signers
from kkpd.engines.paper.model import FrozenDocument
from kkpd.engines.paper.parts import Column, Person

LPJ = ListShape(
    formulir="lpj",
    judul="Laporan Pertanggungjawaban Uang Persediaan KKPD",
    kolom=(
        NO,
        kode("rekening", "Kode Rekening", 110),
        Column("uraian", "Uraian", "teks", 260),
        money("jumlah", "Jumlah (Rp)", 100),
    ),
    arah="tegak",
    terbilang=True,
)


@dataclass(frozen=True, slots=True)
class LpjRow:
    """One account code and what was charged to it in the period."""

    rekening: str
    uraian: str
    jumlah: Rupiah


@dataclass(frozen=True, slots=True, kw_only=True)
class LpjUp:
    """The free UP KKPD at both ends of the period, the amount that payments to the bank restored,
    and the change of the UP itself.
    """

    start: Rupiah
    finish: Rupiah
    restored: Rupiah = ZERO
    altered: Rupiah = ZERO


def lpj(
    paper_frame: Frame,
    period_label: str,
    up: LpjUp,
    kelompok: Sequence[tuple[str, Sequence[LpjRow]]],
    pa: Person,
    bendahara: Person,
    selaku: str = "Pengguna Anggaran",
) -> FrozenDocument:
    """The frozen LPJ by sub kegiatan. It ends with the way from the first to the last free UP; the
    part that DPTs do not explain are purchases on no DPT yet.
    """
    spent = total(line.jumlah for _, lines in kelompok for line in lines)
    waiting = up.finish - up.start + spent - up.restored - up.altered
    return listing(
        LPJ,
        paper_frame,
        kelompok,
        usual_signers(pa, bendahara, selaku),
        subjudul=[period_label],
        finish=[
            ("Uang Persediaan KKPD awal periode", f"Rp {up.start}"),
            ("Dikurangi DPT periode ini", f"Rp {spent}"),
            ("Ditambah pelunasan kepada bank", f"Rp {up.restored}"),
            ("Perubahan belanja yang belum masuk DPT", f"Rp {waiting}"),
            *([("Perubahan Uang Persediaan KKPD", f"Rp {up.altered}")] if up.altered else []),
            ("Uang Persediaan KKPD akhir periode", f"Rp {up.finish}"),
        ],
    )
