"""Does the bound hold? `python -m benchmarks.audit [POPULATIONS]`: the true error of simulated
populations against the Stringer bound of a sample that was planned and drawn as for an auditor.
"""

from __future__ import annotations

import json
import sys
import time
from fractions import Fraction

import numpy as np

from kkpd.engines.audit import units

CONFIDENCE = 0.95
SEED = 20_260_716


def covered(populations: int, hard: bool, seed: int = SEED) -> tuple[int, float]:
    """In how many populations the true error is within the bound; the mean of bound over book.

    Hard: each error is a whole amount, and together they are about the materiality.
    """
    chance = np.random.default_rng(seed)
    held, width = 0, 0.0
    for turn in range(populations):
        rows = int(chance.integers(200, 2_000))
        book = np.maximum(1, chance.lognormal(16, chance.uniform(0.5, 1.8), rows)).astype(np.int64)
        share = chance.uniform(0.03, 0.15)
        wrong = chance.random(rows) < (share if hard else chance.uniform(0, 0.25))
        taint = np.ones(rows) if hard else chance.uniform(0, 1, rows)
        audited = book - np.where(wrong, (book * taint).astype(np.int64), 0)
        whole = int(book.sum())
        planned = units.plan(whole, int(whole * share), 0, CONFIDENCE)
        taken = units.select(book, planned.interval, turn)
        done = units.evaluate(
            book[taken].tolist(), audited[taken].tolist(), Fraction(planned.interval), CONFIDENCE
        )
        held += int((book - audited).sum()) <= done.upper
        width += done.upper / whole
    return held, width / populations


def main() -> None:
    """Print the share of populations in which the bound holds, one JSON line a kind."""
    populations = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    for hard in (False, True):
        began = time.process_time()
        held, width = covered(populations, hard)
        told = {
            "bench": "audit",
            "kind": "hard" if hard else "mixed",
            "populations": populations,
            "held": held / populations,
            "nominal": CONFIDENCE,
            "bound_over_book": round(width, 4),
            "seed": SEED,
            "cpu_s": round(time.process_time() - began, 1),
        }
        print(json.dumps(told))


if __name__ == "__main__":
    main()
