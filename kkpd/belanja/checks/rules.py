"""All checks in the order in which their findings are read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from kkpd.belanja.checks import amount, forbidden, tax
from kkpd.belanja.checks import card as checks_card
from kkpd.belanja.checks.facts import Fakta
from kkpd.core.errors import Finding

#: Every rule looks at the whole fact and says one thing or nothing.
ATURAN: Final[tuple[Callable[[Fakta], Finding | None], ...]] = (
    checks_card.jenis,
    checks_card.keadaan,
    forbidden.lingkup,
    forbidden.kata,
    forbidden.mata_uang,
    forbidden.batas_pakai,
    checks_card.pertama,
    checks_card.kembar,
    amount.tambahan,
    amount.hitungan,
    amount.pajak,
    tax.dikecualikan,
    tax.tetap_dipotong,
    amount.pengembalian,
    amount.pengembalian_tahun_lalu,
    forbidden.akhir_pekan,
)


def periksa(fakta: Fakta) -> list[Finding]:
    """Every finding about this purchase, in the order of ATURAN."""
    return [found for rule in ATURAN if (found := rule(fakta)) is not None]
