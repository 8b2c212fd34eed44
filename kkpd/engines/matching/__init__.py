"""Which bank line is which purchase: same card, explained amount, date window, merchant text.

`match` solves a whole period at once, `candidates` ranks the purchases for one line. Both are pure;
the order of rows never changes an answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kkpd.engines.matching.api import pasangkan
from kkpd.engines.matching.merchant_names import kunci_teks
from kkpd.engines.matching.ranking import peringkat
from kkpd.engines.matching.shapes import (
    Alasan,
    BarisBank,
    Belanja,
    Calon,
    Hasil,
    Jenis,
    Pasangan,
    Status,
)
from kkpd.engines.matching.weights import Bobot, bawaan

__all__ = [
    "Alasan",
    "BarisBank",
    "Belanja",
    "Bobot",
    "Calon",
    "Hasil",
    "Jenis",
    "Pasangan",
    "Status",
    "bawaan",
    "candidates",
    "kunci_teks",
    "match",
]


def match(
    baris: Sequence[BarisBank],
    belanja: Sequence[Belanja],
    bobot: Bobot | None = None,
    *,
    pemegang: Mapping[str, str] | None = None,
    beralasan: bool = True,
) -> Hasil:
    """All links of a period, optimal as a whole; `bobot` is the shipped one when not given.

    `pemegang` names the OPD that holds each card; without it that is read from the purchases.
    Links say their reasons unless `beralasan` is off (wording them costs a fifth of the time).
    """
    return pasangkan(baris, belanja, bobot or bawaan(), pemegang, beralasan=beralasan)


def candidates(
    baris: BarisBank, belanja: Sequence[Belanja], bobot: Bobot | None = None
) -> tuple[Calon, ...]:
    """The purchases that could be this line, best first, each with its reasons."""
    return peringkat(baris, belanja, bobot or bawaan())
