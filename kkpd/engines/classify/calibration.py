"""From the model's own belief to the chance that it is right: learned on grouped folds.

`kkpd/data/klasifikasi/kalibrasi.csv` holds for each family of lines the slope and the shift of the
log-odds; the folds never had an office or a head word on both sides.
"""

from __future__ import annotations

import math
from functools import cache

from kkpd.engines.classify import knowledge

#: Belief is never surer than this, so that log-odds stay finite.
EDGE = 1e-4
#: Family -> slope and shift of the log-odds.
CalibrationLines = dict[str, tuple[float, float]]


def logit(chance: float) -> float:
    """Log-odds of a chance 0..1, held inside the edges."""
    inside = min(max(chance, EDGE), 1 - EDGE)
    return math.log(inside / (1 - inside))


def shift(chance: float, slope: float, shift: float) -> float:
    """The chance whose log-odds are `slope` times those of `chance`, plus `shift`."""
    return 1 / (1 + math.exp(-(slope * logit(chance) + shift)))


@cache
def _lines() -> CalibrationLines:
    return {row[0]: (float(row[1]), float(row[2])) for row in knowledge.calibration()}


def modal(
    line_family: str, chance: float, calibration_lines: CalibrationLines | None = None
) -> float:
    """The calibrated chance of capital, 0..1, for a line of this family.

    Below the limit only things that know no limit are capital: a low price proves nothing for them,
    so they are never surer there than above it. `calibration_lines` are other lines than the
    shipped.
    """
    lines = _lines() if calibration_lines is None else calibration_lines
    found = shift(chance, *lines[line_family])
    if line_family == "di_bawah" and found > 0.5:
        return min(found, shift(chance, *lines["lain"]))
    return found
