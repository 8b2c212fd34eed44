"""Money that came back: when a refund may be approved, and for how much (Pasal 5 huruf f).

A refund cannot be refused, since the money came back: it follows its original. Of a purchase that
the budget bears it lessens what the budget pays, never by more than was approved of it. What came
back beyond that, or of a refused purchase, is the holder's: it lessens what he owes.
"""

from __future__ import annotations

from typing import Final

from kkpd.core.errors import Conflict
from kkpd.core.money import ZERO, Rupiah

#: States in which the original burdens the budget, and those in which a DPT carries it.
CHARGED: Final = ("disetujui", "dpt", "npd", "spp", "spm", "sp2d", "lunas")
ON_DPT: Final = CHARGED[1:]
#: States of what is not the government's to pay: the holder's; and what was no purchase at all.
BORNE_BY_HOLDER: Final = ("ditolak", "dibayar_pribadi")
NOT_CHARGED: Final = ("dibatalkan", *BORNE_BY_HOLDER)
_BASIS: Final = "Pasal 5 huruf f: pengembalian mengurangi belanja yang disetujui"


def budget_part(status: str, disetujui: Rupiah, returned: Rupiah, nilai: Rupiah) -> Rupiah:
    """What of this refund (negative) comes back to the budget; the rest is the holder's.

    `status` and `disetujui` are of the original, `returned` (positive) is what other refunds that
    were approved give back of it already. Conflict while the original is not decided.
    """
    if status in BORNE_BY_HOLDER:
        return ZERO
    if status not in CHARGED:
        raise Conflict(
            f"Belanja asalnya baru berstatus {status}. Putuskan belanja asal dahulu, "
            "lalu pengembaliannya.",
            rule=_BASIS,
        )
    return refund_to_budget(nilai, disetujui - returned)


def refund_to_budget(nilai: Rupiah, sisa: Rupiah) -> Rupiah:
    """What of a refund (negative) comes back to the budget, where the budget still bears `sisa` of
    its original: never more than that, and nothing where nothing is left.
    """
    return -min(abs(nilai), max(sisa, ZERO))


def check_dpt(status: str, merchant: str, nilai: Rupiah, bulan: str) -> None:
    """Conflict while no DPT carries the original: what was not paid cannot be paid less."""
    if status not in ON_DPT:
        raise Conflict(
            f"Pengembalian {merchant} Rp {nilai} menunggu DPT belanja asalnya. "
            f"Terbitkan DPT {bulan} dahulu.",
            rule=_BASIS,
        )
