"""All checks in the order in which their findings are read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from kkpd.domain.checks import kartu, larangan, nilai, pajak
from kkpd.domain.checks.fakta import Fakta
from kkpd.domain.errors import Finding

#: Every rule looks at the whole fact and says one thing or nothing.
ATURAN: Final[tuple[Callable[[Fakta], Finding | None], ...]] = (
    kartu.jenis,
    kartu.keadaan,
    larangan.lingkup,
    larangan.kata,
    larangan.mata_uang,
    larangan.batas_pakai,
    kartu.pertama,
    kartu.kembar,
    nilai.tambahan,
    nilai.hitungan,
    nilai.pajak,
    pajak.dikecualikan,
    pajak.tetap_dipotong,
    nilai.pengembalian,
    nilai.pengembalian_tahun_lalu,
    larangan.akhir_pekan,
)


def periksa(fakta: Fakta) -> list[Finding]:
    """Every finding about this purchase, in the order of ATURAN."""
    return [found for rule in ATURAN if (found := rule(fakta)) is not None]
