"""From the model's own belief to the chance that it is right: learned on grouped folds.

`kkpd/data/klasifikasi/kalibrasi.csv` holds for each family of lines the slope and the shift of the
log-odds; the folds never had an office or a head word on both sides.
"""

from __future__ import annotations

import math
from functools import cache

from kkpd.engines.classify import knowledge as classify_knowledge

#: Belief is never surer than this, so that log-odds stay finite.
TEPI = 1e-4
#: Family -> slope and shift of the log-odds.
Garis = dict[str, tuple[float, float]]


def logit(chance: float) -> float:
    """Log-odds of a chance 0..1, held inside the edges."""
    inside = min(max(chance, TEPI), 1 - TEPI)
    return math.log(inside / (1 - inside))


def geser(chance: float, kemiringan: float, geser: float) -> float:
    """The chance whose log-odds are `kemiringan` times those of `chance`, plus `geser`."""
    return 1 / (1 + math.exp(-(kemiringan * logit(chance) + geser)))


@cache
def _garis() -> Garis:
    return {row[0]: (float(row[1]), float(row[2])) for row in classify_knowledge.kalibrasi()}


def modal(keluarga: str, chance: float, garis: Garis | None = None) -> float:
    """The calibrated chance of capital, 0..1, for a line of this family.

    Below the limit only things that know no limit are capital: a low price proves nothing for
    them, so they are never surer there than above it. `garis` are other lines than the shipped.
    """
    lines = _garis() if garis is None else garis
    found = geser(chance, *lines[keluarga])
    if keluarga == "di_bawah" and found > 0.5:
        return min(found, geser(chance, *lines["lain"]))
    return found
