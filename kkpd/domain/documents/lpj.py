"""LPJ: the treasurer's account of the UP KKPD over a period (kkpd.md 1.10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kkpd.domain.documents.bersama import Rangka
from kkpd.domain.documents.daftar import NO, Bentuk, daftar, kode, mengetahui, uang
from kkpd.domain.documents.model import Dokumen
from kkpd.domain.documents.parts import Kolom, Orang
from kkpd.domain.money import NOL, Rupiah, total

LPJ = Bentuk(
    formulir="lpj",
    judul="Laporan Pertanggungjawaban Uang Persediaan KKPD",
    kolom=(
        NO,
        kode("rekening", "Kode Rekening", 110),
        Kolom("uraian", "Uraian", "teks", 260),
        uang("jumlah", "Jumlah (Rp)", 100),
    ),
    arah="tegak",
    terbilang=True,
)


@dataclass(frozen=True, slots=True)
class LpjBaris:
    """One account code and what was charged to it in the period."""

    rekening: str
    uraian: str
    jumlah: Rupiah


def lpj(
    rangka: Rangka,
    sebutan_periode: str,
    up_awal: Rupiah,
    kelompok: Sequence[tuple[str, Sequence[LpjBaris]]],
    pa: Orang,
    bendahara: Orang,
    selaku: str = "Pengguna Anggaran",
    pulih: Rupiah = NOL,
) -> Dokumen:
    """The frozen LPJ by sub kegiatan; `up_awal` is the UP KKPD at the beginning of the period,
    `pulih` what payments to the bank gave back to it in the period.
    """
    spent = total(line.jumlah for _, lines in kelompok for line in lines)
    return daftar(
        LPJ,
        rangka,
        kelompok,
        mengetahui(pa, bendahara, selaku),
        subjudul=[sebutan_periode],
        akhir=[
            ("Uang Persediaan KKPD awal periode", f"Rp {up_awal}"),
            *([("Pulih karena pelunasan dalam periode", f"Rp {pulih}")] if pulih else []),
            ("Uang Persediaan KKPD akhir periode", f"Rp {up_awal - spent + pulih}"),
        ],
    )
