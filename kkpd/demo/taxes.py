"""What taxes the demo's purchases carry, as their receipts would say (kkpd.md 4): all invented.

A receipt shows the price with its tax in it. PPN is 11 % of the base in effect, PBJT 10 %; a
marketplace also keeps PPh 22 of 0.5 %; PPh 23 of 2 % is withheld by the treasurer, card or not.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from kkpd.belanja.commands import CatatBelanja
from kkpd.core.money import NOL, Rupiah
from kkpd.demo.script import Barang

#: Every so many purchases the proof has not come yet: the tax list must say so.
_TANPA_BUKTI: Final = 6


def kena(command: CatatBelanja, item: Barang, nomor: int) -> CatatBelanja:
    """The purchase with the tax that its kind carries; `nomor` makes the proof's number.

    Taxes are kept without a sign, on a refund too.
    """
    seller, paid = replace(command, penjual_npwp=item.npwp), abs(command.nilai)
    proof = "" if nomor % _TANPA_BUKTI == 0 else f"26-{nomor:03d}-{paid.sen // 50_000}"
    if item.pajak == "ppn":
        return _ppn(seller, item, paid, proof)
    if item.pajak == "pbjt":
        base = _dasar(paid, 110)
        return replace(seller, dpp=base, pbjt=paid - base, pemungut="penjual")
    if item.pajak == "pph23":
        return replace(
            seller,
            dpp=paid,
            pph_jenis="pph23",
            pph=_persen(paid, 20),
            pemungut="bendahara",
            bukti_pajak=proof and f"BP23-{proof}",
        )
    return replace(seller, pemungut="tidak_ada")


def _ppn(command: CatatBelanja, item: Barang, paid: Rupiah, proof: str) -> CatatBelanja:
    base = _dasar(paid, 111)
    shop = item.kanal == "katalog"
    return replace(
        command,
        dpp=base,
        ppn=paid - base,
        pph_jenis="pph22" if shop else None,
        pph=_persen(base, 5) if shop else NOL,
        pemungut="marketplace" if shop else "penjual",
        bukti_pajak=proof and f"FP-{proof}",
    )


def _dasar(nilai: Rupiah, persen: int) -> Rupiah:
    """What of a price is not its tax, whole rupiah, half up; `persen` is price by base."""
    return Rupiah.of((nilai.sen * 2 + persen) // (2 * persen))


def _persen(nilai: Rupiah, permil: int) -> Rupiah:
    """So many thousandths, whole rupiah, down."""
    return Rupiah.of(nilai.sen * permil // 100_000)
