"""One purchase with what surrounds it, as the checks at entry read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kkpd.core.errors import Finding, Severity
from kkpd.core.money import NOL, Rupiah


@dataclass(frozen=True, slots=True, kw_only=True)
class Fakta:
    """A purchase as it is about to be recorded.

    `status_kartu` is the card's state on the day of the purchase. `batas_pakai` is the last day of
    card use set for the year, `batas_pertama` the cap of a card's first use; None where the setting
    is blank, then it is not checked. `kembar` are ids of purchases with the same card, date, amount
    and merchant; `asal_nilai` is what the refunded purchase cost, less refunds known already,
    `asal_tahun` the year in which it was booked.
    `pajak_dikecualikan`: "ppn", "pph22", where a setting of the day exempts the card.
    """

    tanggal: date
    merchant: str
    uraian: str
    rekening: str
    nilai: Rupiah
    jenis_kartu: str
    status_kartu: str
    kartu_sampai: date | None = None
    mata_uang: str = "IDR"
    volume: int | None = None
    harga_satuan: Rupiah | None = None
    dpp: Rupiah = NOL
    ppn: Rupiah = NOL
    pbjt: Rupiah = NOL
    pph: Rupiah = NOL
    batas_pakai: date | None = None
    batas_pertama: Rupiah | None = None
    pemakaian_pertama: bool = False
    kembar: tuple[int, ...] = ()
    asal_nilai: Rupiah | None = None
    asal_tahun: int | None = None
    pemungut: str = "tidak_ada"
    pph_jenis: str | None = None
    pajak_dikecualikan: frozenset[str] = frozenset()

    @property
    def teks(self) -> str:
        """Merchant and purpose in small letters, with single blanks around every word."""
        return f" {' '.join(f'{self.merchant} {self.uraian}'.casefold().split())} "


def temuan(rule: str, severity: Severity, message: str, dasar: str, **inputs: str) -> Finding:
    """A finding whose inputs end with the source of the rule."""
    return Finding(rule, message, severity, inputs={**inputs, "dasar": dasar})
