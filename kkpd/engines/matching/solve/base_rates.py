"""How many lines and purchases of this very file have no partner, learned while matching it.

The shipped shares are where the search starts; the file's own share is what its probabilities add
up to. A file in which every fifth line is unknown to the ledger asks more of a pair than one in
which all are known. Small files stay near the shipped shares.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kkpd.engines.matching.arrays import F64, I64
from kkpd.engines.matching.weights import StartShares

#: The shipped shares weigh like so many rows.
_PRIOR_WEIGHT = 200
_ROUNDS = 3
_LIMIT = (0.005, 0.6)


@dataclass(frozen=True, slots=True)
class BaseRates:
    """Shares of lines without a purchase and of purchases without a line."""

    without_purchase: float
    without_line: float

    def shift(self, start: StartShares, line_counts: I64, purchase_counts: I64) -> F64:
        """What these shares add to the score of links of so many lines and purchases."""
        hasil: F64 = -line_counts * np.log(self.without_purchase / start.without_purchase)
        hasil = hasil - purchase_counts * np.log(self.without_line / start.without_line)
        one_item = np.log((1 - self.without_purchase) / (1 - start.without_purchase))
        return np.where((line_counts == 1) & (purchase_counts == 1), hasil + one_item, hasil)

    def renew(
        self, start: StartShares, banyak: tuple[int, int], linked: tuple[float, float]
    ) -> BaseRates:
        """The shares when so many of all positive rows (lines, purchases) have a partner."""
        baru = [
            float(np.clip((n - t + _PRIOR_WEIGHT * starting) / (n + _PRIOR_WEIGHT), *_LIMIT))
            for n, t, starting in zip(
                banyak, linked, (start.without_purchase, start.without_line), strict=True
            )
        ]
        return BaseRates(*baru)


def rounds() -> range:
    """Rounds of learning: the shares settle quickly."""
    return range(_ROUNDS)
