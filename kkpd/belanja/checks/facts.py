"""A purchase with its context, the input of the checks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kkpd.core.errors import Finding, Severity
from kkpd.core.money import ZERO, Rupiah


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseFacts:
    """A purchase as it is about to be recorded.

    `status_kartu` is the card's state on the day of the purchase. `use_cutoff` is the last day of
    card use set for the year, `first_use_limit` the cap of a card's first use; None where the
    setting is blank, then it is not checked. `twins` are ids of purchases with the same card, date,
    amount and merchant; `origin_left` is the amount of the refunded purchase minus known refunds,
    `origin_year` the year in which it was booked. `exempt_taxes`: "ppn", "pph22", where a setting
    of the day exempts the card.
    """

    tanggal: date
    merchant: str
    uraian: str
    rekening: str
    nilai: Rupiah
    card_kind: str
    status_kartu: str
    card_until: date | None = None
    mata_uang: str = "IDR"
    volume: int | None = None
    harga_satuan: Rupiah | None = None
    dpp: Rupiah = ZERO
    ppn: Rupiah = ZERO
    pbjt: Rupiah = ZERO
    pph: Rupiah = ZERO
    use_cutoff: date | None = None
    first_use_limit: Rupiah | None = None
    is_first_use: bool = False
    twins: tuple[int, ...] = ()
    origin_left: Rupiah | None = None
    origin_year: int | None = None
    pemungut: str = "tidak_ada"
    pph_jenis: str | None = None
    exempt_taxes: frozenset[str] = frozenset()

    @property
    def teks(self) -> str:
        """Merchant and purpose in small letters, with single blanks around every word."""
        return f" {' '.join(f'{self.merchant} {self.uraian}'.casefold().split())} "


def temuan(rule: str, severity: Severity, message: str, dasar: str, **inputs: str) -> Finding:
    """A finding whose inputs end with the source of the rule."""
    return Finding(rule, message, severity, inputs={**inputs, "dasar": dasar})
