"""Money that came back: when a refund may be approved, and for how much (Pasal 5 huruf f).

A refund lessens what the budget pays only for a purchase that the budget bears: it follows its
original through the chain, and never gives back more than was approved of it. What came back beyond
that, or of a refused purchase, is the holder's: it lessens what he owes.
"""

from __future__ import annotations

from typing import Final

from kkpd.domain.errors import Conflict, DomainError
from kkpd.domain.money import NOL, Rupiah

#: States in which the original burdens the budget, and those in which a DPT carries it.
DIBEBANKAN: Final = ("disetujui", "dpt", "npd", "spp", "spm", "sp2d", "lunas")
DIMUAT: Final = DIBEBANKAN[1:]
#: States of what is not the government's to pay: the holder's; and what was no purchase at all.
DITANGGUNG: Final = ("ditolak", "dibayar_pribadi")
BUKAN_BEBAN: Final = ("dibatalkan", *DITANGGUNG)
_DASAR: Final = "Pasal 5 huruf f: pengembalian mengurangi belanja yang disetujui"


def periksa(status: str, disetujui: Rupiah, kembali: Rupiah, nilai: Rupiah) -> None:
    """DomainError when this refund (negative) cannot be approved.

    `status` and `disetujui` are of the original, `kembali` (positive) is what other refunds that
    were approved give back of it already.
    """
    if status in BUKAN_BEBAN:
        raise Conflict(
            f"Belanja asalnya {status.replace('_', ' ')}, sehingga pengembaliannya bukan milik "
            "APBD. Tolak pengembalian ini; ia mengurangi tanggungan pemegang "
            "(catat sebagai penyelesaian oleh penyedia).",
            rule=_DASAR,
        )
    if status not in DIBEBANKAN:
        raise Conflict(
            f"Belanja asalnya baru berstatus {status}. Putuskan belanja asal dahulu, "
            "lalu pengembaliannya.",
            rule=_DASAR,
        )
    left = disetujui - kembali
    if abs(nilai) > left:
        much = f"Setujui sebagian: paling banyak Rp -{left}" if left > NOL else "Tolak"
        raise DomainError(
            f"Dari belanja asal disetujui Rp {disetujui}, sudah kembali Rp {kembali}. {much}; "
            "selebihnya mengurangi tanggungan pemegang.",
            rule=_DASAR,
            field="nilai",
        )


def periksa_dpt(status: str, merchant: str, nilai: Rupiah, bulan: str) -> None:
    """Conflict while no DPT carries the original: what was not paid cannot be paid less."""
    if status not in DIMUAT:
        raise Conflict(
            f"Pengembalian {merchant} Rp {nilai} menunggu DPT belanja asalnya. "
            f"Terbitkan DPT {bulan} dahulu.",
            rule=_DASAR,
        )
