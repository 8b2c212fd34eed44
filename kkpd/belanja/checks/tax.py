"""Who collects tax on a card purchase (kkpd.md 4): the card's exceptions are dated settings."""

from __future__ import annotations

from kkpd.belanja.checks.facts import PurchaseFacts, temuan
from kkpd.core.errors import Finding

#: Taxes without an exception for cards: the treasurer still withholds them.
_STILL_WITHHELD = {"pph21": "PPh 21", "pph23": "PPh 23", "pph4_2": "PPh Pasal 4 ayat (2)"}


def exempt(known_facts: PurchaseFacts) -> Finding | None:
    """The treasurer collects a tax that PMK 59/2022 exempts for cards."""
    if known_facts.pemungut != "bendahara":
        return None
    ppn = bool(known_facts.ppn) and "ppn" in known_facts.exempt_taxes
    pph = known_facts.pph_jenis == "pph22" and "pph22" in known_facts.exempt_taxes
    if not ppn and not pph:
        return None
    names = " dan ".join(name for name, hit in (("PPN", ppn), ("PPh 22", pph)) if hit)
    return temuan(
        "pajak_dikecualikan",
        "perhatian",
        f"Bendahara tidak memungut {names} atas belanja dengan kartu. "
        "Catat pemungutnya penjual atau marketplace, atau kosongkan pajaknya.",
        "PMK 59/2022 Pasal 12 ayat (2) dan Pasal 18 ayat (1) huruf b dan h",
        pemungut=known_facts.pemungut,
        pajak=names,
    )


def still_withheld(known_facts: PurchaseFacts) -> Finding | None:
    """PPh 21, 23 and 4(2) are withheld also on card purchases, by the treasurer."""
    name = _STILL_WITHHELD.get(known_facts.pph_jenis or "")
    if name is None or known_facts.pemungut == "bendahara":
        return None
    return temuan(
        "pph_tetap_dipotong",
        "perhatian",
        f"{name} tetap dipotong bendahara walaupun dibayar dengan kartu. "
        "Atur pemotongannya dengan penyedia, lalu catat bendahara sebagai pemungut.",
        "PMK 59/2022 hanya mengecualikan PPN dan PPh 22",
        pajak=name,
        pemungut=known_facts.pemungut,
    )
