"""The taxes of the demo's purchases, as on their receipts (kkpd.md 4); all invented.

A receipt shows the price with its tax in it. PPN is 11 % of the base in effect, PBJT 10 %; a
marketplace also keeps PPh 22 of 0.5 %; PPh 23 of 2 % is withheld by the treasurer, card or not.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from kkpd.belanja.fields import RecordPurchase
from kkpd.core.money import ZERO, Rupiah
from kkpd.demo.script import DemoItem

#: For every so many purchases the proof is missing, which the tax list must show.
_NO_PROOF_EVERY: Final = 6


def affected(command: RecordPurchase, item: DemoItem, nomor: int) -> RecordPurchase:
    """The purchase with the tax of its kind; `nomor` makes the proof's number.

    Taxes are kept without a sign, on a refund too.
    """
    seller, paid = replace(command, penjual_npwp=item.npwp), abs(command.nilai)
    proof = "" if nomor % _NO_PROOF_EVERY == 0 else f"26-{nomor:03d}-{paid.sen // 50_000}"
    if item.taxes == "ppn":
        return _ppn(seller, item, paid, proof)
    if item.taxes == "pbjt":
        base = _tax_base(paid, 110)
        return replace(seller, dpp=base, pbjt=paid - base, pemungut="penjual")
    if item.taxes == "pph23":
        return replace(
            seller,
            dpp=paid,
            pph_jenis="pph23",
            pph=_per_mille(paid, 20),
            pemungut="bendahara",
            bukti_pajak=proof and f"BP23-{proof}",
        )
    return replace(seller, pemungut="tidak_ada")


def _ppn(command: RecordPurchase, item: DemoItem, paid: Rupiah, proof: str) -> RecordPurchase:
    base = _tax_base(paid, 111)
    shop = item.kanal == "katalog"
    return replace(
        command,
        dpp=base,
        ppn=paid - base,
        pph_jenis="pph22" if shop else None,
        pph=_per_mille(base, 5) if shop else ZERO,
        pemungut="marketplace" if shop else "penjual",
        bukti_pajak=proof and f"FP-{proof}",
    )


def _tax_base(nilai: Rupiah, percent: int) -> Rupiah:
    """The tax base of a price, whole rupiah, half up; `percent` is price divided by base."""
    return Rupiah.of((nilai.sen * 2 + percent) // (2 * percent))


def _per_mille(nilai: Rupiah, thousandths: int) -> Rupiah:
    """This many thousandths, in whole rupiah, rounded down."""
    return Rupiah.of(nilai.sen * thousandths // 100_000)
