"""Counting words against accounts, and writing the table that `classification.rekening` reads."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from kkpd.engines.classify import knowledge as words_codes
from kkpd.engines.classify import tokens as words_tokens
from kkpd.engines.classify.rekening import rekening_features
from train.sumber import Contoh

#: Weights of the sources, smoothing, smallest vote kept, and votes kept a feature.
WEIGHTS = {"barang": 1.0, "paket": 0.5, "rekening": 0.6, "umum": 1.0}
BOBOT_KAMUS = 0.3
FINENESS = 1.0
TERKECIL = 0.5
SUARA = {"u": 6, "h": 6, "b": 3, "t": 6, "c": 3}


def tally(rows: Sequence[Contoh]) -> str:
    """The table as text: head line, accounts with their frequency, one line a feature."""
    seen: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    accounts: dict[str, float] = defaultdict(float)
    features: dict[str, float] = defaultdict(float)
    total = 0.0
    for row in rows:
        weight = WEIGHTS.get(row.asal, BOBOT_KAMUS) * row.weight
        if not weight or not row.rekening:
            continue
        accounts[row.rekening[0]] += weight
        total += weight
        for name in set(
            rekening_features(words_tokens.words_token(row.thing.uraian), row.thing.satuan)
        ):
            seen[name][row.rekening[0]] += weight
            features[name] += weight
    codes = sorted(accounts)
    index = {code: at for at, code in enumerate(codes)}
    lines = ["# kode frekuensi jenis; lalu fitur<TAB>nomor rekening:seperseratus log"]
    lines.append(
        ";".join(
            f"{code} {round(100 * math.log(accounts[code] / total))} "
            f"{words_codes.rekening_kind(code) or 'jasa'}"
            for code in codes
        )
    )
    for name in sorted(seen):
        votes = _votes(name, seen[name], accounts, features[name] / total)
        if votes:
            pairs = (f"{index[code]}:{round(100 * value)}" for code, value in votes)
            lines.append(f"{name}\t{' '.join(pairs)}")
    return "\n".join(lines) + "\n"


def _votes(
    name: str, counts: dict[str, float], accounts: dict[str, float], share: float
) -> list[tuple[str, float]]:
    if name[0] in "bc" and sum(counts.values()) < 1.5:
        return []
    votes = [
        (code, math.log((count + FINENESS * share) / (accounts[code] + FINENESS) / share), count)
        for code, count in counts.items()
    ]
    kept = [vote for vote in votes if vote[1] > TERKECIL]
    kept.sort(key=lambda vote: (-vote[1] * math.log(1 + vote[2]), vote[0]))
    return [(code, value) for code, value, _ in kept[: SUARA[name[0]]]]


def write_out(rows: Sequence[Contoh], path: Path) -> int:
    """Write the table; returns the number of lines."""
    text = tally(rows)
    path.write_text(text, encoding="utf-8")
    return text.count("\n")
