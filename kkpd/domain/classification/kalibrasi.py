"""From the model's own belief to the chance that the answer is right, learned on grouped folds.

`kkpd/data/klasifikasi/kalibrasi.csv` holds for each family of lines a rising broken line; the folds
never had an office, a near-copy of a name or a head word on both sides.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import cache

from kkpd.domain.classification import pengetahuan


@cache
def _garis() -> dict[str, tuple[tuple[float, ...], tuple[float, ...]]]:
    points: dict[str, list[tuple[float, float]]] = {}
    for family, raw, sure in pengetahuan.kalibrasi():
        points.setdefault(family, []).append((float(raw), float(sure)))
    return {
        family: (tuple(x for x, _ in line), tuple(y for _, y in line))
        for family, line in points.items()
    }


def yakin(keluarga: str, mentah: float) -> float:
    """The calibrated confidence 0.5..1 of an answer with raw confidence `mentah` 0.5..1."""
    xs, ys = _garis()[keluarga]
    at = bisect_right(xs, mentah)
    if at == 0:
        return ys[0]
    if at == len(xs):
        return ys[-1]
    part = (mentah - xs[at - 1]) / (xs[at] - xs[at - 1])
    return ys[at - 1] + part * (ys[at] - ys[at - 1])
