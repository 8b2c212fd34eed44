"""Refunds: when one may be approved, and for how much (Pasal 5 huruf f).

A refund cannot be refused, because the money has come back: it follows its original. For a purchase
that the budget bears it reduces what the budget pays, by no more than was approved. The rest, or
the refund of a refused purchase, reduces what the holder owes.
"""

from __future__ import annotations

from typing import Final

from kkpd.core.errors import Conflict
from kkpd.core.money import ZERO, Rupiah

#: States in which the original is a charge on the budget, and those in which it is on a DPT.
CHARGED: Final = ("disetujui", "dpt", "npd", "spp", "spm", "sp2d", "lunas")
ON_DPT: Final = CHARGED[1:]
#: States in which the holder pays; and those in which the purchase was cancelled.
BORNE_BY_HOLDER: Final = ("ditolak", "dibayar_pribadi")
NOT_CHARGED: Final = ("dibatalkan", *BORNE_BY_HOLDER)
_BASIS: Final = "Pasal 5 huruf f: pengembalian mengurangi belanja yang disetujui"


def budget_part(status: str, disetujui: Rupiah, returned: Rupiah, nilai: Rupiah) -> Rupiah:
    """The part of this refund (negative) that comes back to the budget; the rest is the holder's.

    `status` and `disetujui` are the original's; `returned` (positive) is the sum of its other
    approved refunds. Conflict while the original is not decided.
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
    """The part of a refund (negative) that comes back to the budget when the budget still bears
    `sisa` of the original: at most that.
    """
    return -min(abs(nilai), max(sisa, ZERO))


def check_dpt(status: str, merchant: str, nilai: Rupiah, bulan: str) -> None:
    """Conflict while the original is on no DPT: an amount that was not paid cannot be reduced."""
    if status not in ON_DPT:
        raise Conflict(
            f"Pengembalian {merchant} Rp {nilai} menunggu DPT belanja asalnya. "
            f"Terbitkan DPT {bulan} dahulu.",
            rule=_BASIS,
        )
