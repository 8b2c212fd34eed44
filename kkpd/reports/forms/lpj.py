"""LPJ: the treasurer's account of the UP KKPD over a period (kkpd.md 1.10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kkpd.core.money import NOL, Rupiah, total
from kkpd.engines.paper.form_frame import Rangka
from kkpd.engines.paper.list_form import NO, Bentuk, daftar, kode, mengetahui, uang
from kkpd.engines.paper.model import Dokumen
from kkpd.engines.paper.parts import Kolom, Orang

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


@dataclass(frozen=True, slots=True, kw_only=True)
class LpjUp:
    """The free UP KKPD at both ends of the period, what payments to the bank gave back to it, and
    by how much the UP itself was changed.
    """

    awal: Rupiah
    akhir: Rupiah
    pulih: Rupiah = NOL
    berubah: Rupiah = NOL


def lpj(
    rangka: Rangka,
    sebutan_periode: str,
    up: LpjUp,
    kelompok: Sequence[tuple[str, Sequence[LpjBaris]]],
    pa: Orang,
    bendahara: Orang,
    selaku: str = "Pengguna Anggaran",
) -> Dokumen:
    """The frozen LPJ by sub kegiatan, closed by how the free UP came from its beginning to its end:
    what its DPTs do not explain are purchases that are on none of them yet.
    """
    spent = total(line.jumlah for _, lines in kelompok for line in lines)
    waiting = up.akhir - up.awal + spent - up.pulih - up.berubah
    return daftar(
        LPJ,
        rangka,
        kelompok,
        mengetahui(pa, bendahara, selaku),
        subjudul=[sebutan_periode],
        akhir=[
            ("Uang Persediaan KKPD awal periode", f"Rp {up.awal}"),
            ("Dikurangi DPT periode ini", f"Rp {spent}"),
            ("Ditambah pelunasan kepada bank", f"Rp {up.pulih}"),
            ("Perubahan belanja yang belum masuk DPT", f"Rp {waiting}"),
            *([("Perubahan Uang Persediaan KKPD", f"Rp {up.berubah}")] if up.berubah else []),
            ("Uang Persediaan KKPD akhir periode", f"Rp {up.akhir}"),
        ],
    )
