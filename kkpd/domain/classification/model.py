"""How strongly the words of a purchase speak for each kind, with the part of every word."""

from __future__ import annotations

import itertools
import math

from kkpd.domain.classification import pengetahuan, teks
from kkpd.domain.classification.barang import Barang

#: Log-odds that one known word gives its kind.
KUAT = 3.0


def skor(barang: Barang) -> tuple[dict[str, float], list[tuple[str, str, float]]]:
    """Log scores per kind, and the words behind them as (word, kind, part)."""
    scores = dict.fromkeys(pengetahuan.jenis(), 0.0)
    parts: list[tuple[str, str, float]] = []
    known = pengetahuan.kata_jenis()
    for field, weight in ((barang.uraian, 1.0), (barang.spesifikasi, 0.3)):
        words = teks.kata(teks.tanpa_nama_kelas(field))
        pairs = [" ".join(pair) for pair in itertools.pairwise(words)]
        for word in (*words, *pairs):
            kind = known.get(word)
            if kind is not None:
                scores[kind] += KUAT * weight
                parts.append((word, kind, KUAT * weight))
    return scores, parts


def peluang(scores: dict[str, float]) -> dict[str, float]:
    """The scores as chances that add up to one."""
    top = max(scores.values())
    powers = {kind: math.exp(score - top) for kind, score in scores.items()}
    total = sum(powers.values())
    return {kind: power / total for kind, power in powers.items()}
