"""How many lines and purchases of this very file have no partner, learned while matching it.

The shipped shares are where the search starts; the file's own share is what its probabilities add
up to. A file in which every fifth line is unknown to the ledger asks more of a pair than one in
which all are known. Small files stay near the shipped shares.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kkpd.engines.matching.arrays import F64, I64
from kkpd.engines.matching.weights import Awal

#: The shipped shares weigh like so many rows.
_BERAT = 200
_PUTARAN = 3
_BATAS = (0.005, 0.6)


@dataclass(frozen=True, slots=True)
class Laju:
    """Shares of lines without a purchase and of purchases without a line."""

    tanpa_belanja: float
    tanpa_baris: float

    def geser(self, awal: Awal, isi_b: I64, isi_c: I64) -> F64:
        """What these shares add to the score of links of so many lines and purchases."""
        hasil: F64 = -isi_b * np.log(self.tanpa_belanja / awal.tanpa_belanja)
        hasil = hasil - isi_c * np.log(self.tanpa_baris / awal.tanpa_baris)
        satu = np.log((1 - self.tanpa_belanja) / (1 - awal.tanpa_belanja))
        return np.where((isi_b == 1) & (isi_c == 1), hasil + satu, hasil)

    def perbarui(self, awal: Awal, banyak: tuple[int, int], terkait: tuple[float, float]) -> Laju:
        """The shares when so many of all positive rows (lines, purchases) have a partner."""
        baru = [
            float(np.clip((n - t + _BERAT * mula) / (n + _BERAT), *_BATAS))
            for n, t, mula in zip(
                banyak, terkait, (awal.tanpa_belanja, awal.tanpa_baris), strict=True
            )
        ]
        return Laju(*baru)


def putaran() -> range:
    """Rounds of learning: the shares settle quickly."""
    return range(_PUTARAN)
